"""Line items: the rows of an invoice's or a receipt's table, as claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.claims import Claim, DocumentTypeSpec, ValueType
from pipeline.extracting.line_items_free import free_rows
from pipeline.extracting.line_items_table import Found, ItemRow, table_rows
from pipeline.extracting.money import find_money
from pipeline.layout.columns import squeezed
from pipeline.layout.model import Layout
from pipeline.layout.tables import label_of
from pipeline.words import PageWords

ROUNDING = Decimal("0.05")  # what a printed sum may differ from the sum of its rows
ALONE, SUMS_UP, MULTIPLIES = 0.6, 0.25, 0.1  # confidence, and what each check adds
LONGEST = 400  # letters of a line in which totals are looked for
MOST_SURE = 0.97
LESS_SURE = 0.1  # descriptions: no check speaks for where they end
DISCOUNT = re.compile(r"^(?:rabatt|nachlass|skonto|discount|remise|korting|sconto)")
TYPES = {
    "description": ValueType.TEXT,
    "quantity": ValueType.NUMBER,
    "unit_price": ValueType.MONEY,
    "amount": ValueType.MONEY,
}


def line_claims(
    pages: Sequence[PageWords], layout: Layout, spec: DocumentTypeSpec
) -> tuple[Claim, ...]:
    """Claims for every line item that the document lists, in reading order.

    Slots are lines[i].description, .quantity, .unit_price and .amount; an item has an
    amount always, and of the others what is printed. Rows without a table's heading
    are only taken where they add up to a printed total, or multiply.
    """
    sums = printed_sums(pages, layout)
    rows = table_rows(pages, layout, spec.line_columns)
    if not any(row.description for row in rows):
        # A table of figures alone sums up taxes, or what was paid.
        rows = []
    rows = without_discounts(rows, sums) if rows else free_rows(pages, layout, sums)
    adds_up = is_printed(sum_of(rows), sums)
    return tuple(
        claim
        for number, row in enumerate(rows)
        for claim in claims_of(number, row, adds_up=adds_up)
    )


def claims_of(number: int, row: ItemRow, *, adds_up: bool) -> Iterator[Claim]:
    """The claims of one row."""
    base = min(ALONE + SUMS_UP * adds_up + MULTIPLIES * row.multiplies, MOST_SURE)
    found_by_name: dict[str, Found | None] = {
        "description": row.description,
        "quantity": row.quantity,
        "unit_price": row.unit_price,
        "amount": row.amount,
    }
    for name, found in found_by_name.items():
        if found is None:
            continue
        sure = base - LESS_SURE if name == "description" else base
        yield Claim(
            slot=f"lines[{number}].{name}",
            value=found.value,
            raw=found.raw,
            value_type=TYPES[name],
            confidence=sure * found.confidence,
            region=found.region,
        )


def printed_sums(pages: Sequence[PageWords], layout: Layout) -> list[Decimal]:
    """The amounts on lines that call themselves a total or subtotal."""
    by_number = {page.page: page for page in pages}
    sums: list[Decimal] = []
    for laid_out in layout.pages:
        page = by_number.get(laid_out.page)
        for line in laid_out.lines:
            if page is not None and label_of(page, line) in ("total", "subtotal"):
                found = [m for m in find_money(line.text[:LONGEST]) if m.has_cents]
                sums.extend(match.value for match in found)
    return sums


def without_discounts(rows: list[ItemRow], sums: Sequence[Decimal]) -> list[ItemRow]:
    """The rows, less those that take something off where only the others add up."""
    others = [row for row in rows if not takes_off(row)]
    if len(others) == len(rows) or is_printed(sum_of(rows), sums):
        return rows
    return others if is_printed(sum_of(others), sums) else rows


def takes_off(row: ItemRow) -> bool:
    """Whether a row is a discount."""
    text = row.description.value if row.description else ""
    return DISCOUNT.match(squeezed(text)) is not None


def sum_of(rows: Sequence[ItemRow]) -> Decimal:
    return sum((Decimal(row.amount.value) for row in rows), Decimal(0))


def is_printed(value: Decimal, sums: Sequence[Decimal]) -> bool:
    return any(abs(value - one) <= ROUNDING for one in sums)
