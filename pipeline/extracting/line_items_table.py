"""Line items from a table with a heading: which value of a row is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.regions import BoundingBox, Region
from pipeline.extracting.money import find_money, plain
from pipeline.layout.columns import column_kind
from pipeline.layout.model import Layout, Line, TableRegion
from pipeline.layout.tables import is_value
from pipeline.words import PageWords, Word, text_of

CENT = Decimal("0.01")
TOLERANCE = Decimal("0.02")  # what quantity times price may be off by rounding
NEAR = 0.045  # page widths; how far a value may stand from its column
LONGEST = 40  # letters of a number with its marks
DESCRIPTION_LINES = 4
MARK = re.compile(
    r"^(?:[€$£₹¥]|EUR|USD|GBP|CHF|RM|Rs\.?|[-+\u2212\u2013])$", re.IGNORECASE
)
SIGNS = "+-\u2212\u2013"
LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a row: normalised, as printed, where, and how surely it was read."""

    value: str
    raw: str
    region: Region
    confidence: float


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line item; multiplies says that quantity times unit price is the amount."""

    amount: Found
    quantity: Found | None = None
    unit_price: Found | None = None
    description: Found | None = None
    multiplies: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Which of a table's columns is which: places from the left, None if not there."""

    amount: int
    quantity: int | None
    unit_price: int | None
    description: int | None


def table_rows(
    pages: Sequence[PageWords],
    layout: Layout,
    labels: Mapping[str, Sequence[str]],
) -> list[ItemRow]:
    """The items of all tables that have a heading, in reading order."""
    by_number = {page.page: page for page in pages}
    rows: list[ItemRow] = []
    for laid_out in layout.pages:
        page = by_number.get(laid_out.page)
        for table in laid_out.tables if page else ():
            columns = columns_of(table, labels)
            if page is None or columns is None:
                continue
            for lines in table.rows[1:]:
                row = item_of(page, [laid_out.lines[i] for i in lines], table, columns)
                if row is not None:
                    rows.append(row)
    return rows


def columns_of(
    table: TableRegion, labels: Mapping[str, Sequence[str]]
) -> Columns | None:
    """Tell the columns apart by their headings and order; None without amounts."""
    kinds = [column_kind(column.header, labels) for column in table.columns]
    places: dict[str, list[int]] = {}
    for place, kind in enumerate(kinds):
        places.setdefault(kind, []).append(place)
    amounts, prices = places.get("amount", []), places.get("price", [])
    units, texts = places.get("unit_price", []), places.get("description", [])
    counts = places.get("quantity", [])
    if amounts:
        amount, units = amounts[-1], units or prices
        if not counts and len(amounts) > 1 and texts and amounts[0] < texts[0]:
            counts = amounts[:1]
    elif prices or units:
        amount = (prices or units)[-1]
        units = [place for place in (units or prices) if place != amount]
    else:
        return None
    texts = [place for place in texts if place < amount] or texts
    return Columns(amount, last(counts), last(units), last(texts))


def last(places: Sequence[int]) -> int | None:
    return places[-1] if places else None


def item_of(
    page: PageWords, lines: Sequence[Line], table: TableRegion, columns: Columns
) -> ItemRow | None:
    """One row's values; None where there is no amount."""
    values: dict[int, list[Word]] = {}
    for line in lines:
        for place, words in dict(values_of(page, line, table)).items():
            values.setdefault(place, words)
    amount = money_of(page, values.get(columns.amount), needs_cents=True)
    if amount is None:
        return None
    quantity = price = None
    if columns.quantity is not None:
        quantity = number_of(page, values.get(columns.quantity))
    if columns.unit_price is not None:
        price = money_of(page, values.get(columns.unit_price), needs_cents=False)
    if quantity is None:
        quantity = count_before(page, values, columns, amount, price)
    return ItemRow(
        amount=amount,
        quantity=quantity,
        unit_price=price,
        description=description_of(page, lines, table, columns),
        multiplies=multiplies(quantity, price, amount),
    )


def count_before(
    page: PageWords,
    values: Mapping[int, list[Word]],
    columns: Columns,
    amount: Found,
    price: Found | None,
) -> Found | None:
    """A quantity without its own heading: a number that multiplies price to amount."""
    for place, words in sorted(values.items()):
        if place in (columns.amount, columns.unit_price) or price is None:
            continue
        number = number_of(page, words)
        if number and Decimal(number.value) != 1 and multiplies(number, price, amount):
            return number
    return None


def multiplies(quantity: Found | None, price: Found | None, amount: Found) -> bool:
    """Whether quantity times price gives the amount, signs and rounding aside."""
    if quantity is None or price is None:
        return False
    product = abs(Decimal(quantity.value) * Decimal(price.value))
    return abs(product - abs(Decimal(amount.value))) <= TOLERANCE


def values_of(
    page: PageWords, line: Line, table: TableRegion
) -> Iterator[tuple[int, list[Word]]]:
    """The numbers of a line with the column that each stands in, marks included."""
    words = [page.words[i] for i in line.words]
    used = -1
    for at, word in enumerate(words):
        if at <= used or not is_value(word.text):
            continue
        place = place_of(word.bbox, table)
        if place is None and at + 1 < len(words) and len(words[at + 1].text) <= 5:
            with_unit = BoundingBox.around((word.bbox, words[at + 1].bbox))
            place = place_of(with_unit, table)
        if place is None:
            continue
        start, end = at, at + 1
        while start - 1 > used and MARK.match(words[start - 1].text):
            start -= 1
        while end < len(words) and continues(words[end], words[end - 1], page):
            end += 1
        used = end - 1
        yield place, words[start:end]


def continues(word: Word, before: Word, page: PageWords) -> bool:
    """Whether a word goes on with the number before it: a mark, or a group of three."""
    if MARK.match(word.text) and word.text not in SIGNS:
        return True
    gap = (word.bbox.left - before.bbox.right) * page.width
    close = gap < 0.5 * word.bbox.height * page.height
    grouped = re.match(r"^\d{3}(?:[.,]\d+)?$", word.text) is not None
    return close and grouped and re.match(r"^-?\d{1,3}$", before.text) is not None


def place_of(box: BoundingBox, table: TableRegion) -> int | None:
    """The column that a value stands in: by its left, its right edge or its middle."""
    best, best_miss = None, NEAR
    for place, column in enumerate(table.columns):
        miss = min(
            abs(box.left - column.left),
            abs(box.right - column.right),
            abs(box.center[0] - (column.left + column.right) / 2),
        )
        if miss < best_miss:
            best, best_miss = place, miss
    return best


def money_of(
    page: PageWords, words: Sequence[Word] | None, *, needs_cents: bool
) -> Found | None:
    """The words as an amount; a bare whole number is none where cents are needed."""
    if not words:
        return None
    text = text_of(words)
    if len(text) > LONGEST:
        return None
    found = [match for match in find_money(text) if not match.percent]
    if needs_cents:
        found = [match for match in found if match.has_cents or match.mark]
    if not found:
        return None
    return Found(plain(found[-1].value), text, region_of(page, words), sureness(words))


def number_of(page: PageWords, words: Sequence[Word] | None) -> Found | None:
    """The words as a plain decimal number."""
    if not words:
        return None
    text = text_of(words)
    if len(text) > LONGEST:
        return None
    found = [match for match in find_money(text) if not match.percent]
    if not found:
        return None
    value = f"{found[0].value:f}"
    if "." in value:
        value = value.rstrip("0").rstrip(".")
    return Found(value, text, region_of(page, words), sureness(words))


def description_of(
    page: PageWords, lines: Sequence[Line], table: TableRegion, columns: Columns
) -> Found | None:
    """The words of the description's column, from the row's first line on."""
    left, right = text_edges(table, columns)
    chosen: list[Word] = []
    bottom, taken = 0.0, 0
    for line in lines:
        words = [page.words[i] for i in line.words]
        inside = [w for w in words if left <= w.bbox.center[0] <= right]
        while inside and is_elsewhere(inside[0], table, columns):
            inside.pop(0)
        if not any(LETTERS.search(w.text) for w in inside):
            continue
        height = min(w.bbox.height for w in inside)
        top = min(w.bbox.top for w in inside)
        if chosen and (top - bottom > 0.6 * height or taken == DESCRIPTION_LINES):
            break
        chosen.extend(inside)
        taken += 1
        bottom = max(w.bbox.bottom for w in inside)
    if not chosen:
        return None
    text = text_of(chosen)
    return Found(text, text, region_of(page, chosen), sureness(chosen))


def is_elsewhere(word: Word, table: TableRegion, columns: Columns) -> bool:
    """Whether a word is the value of another column than the description's."""
    place = place_of(word.bbox, table) if is_value(word.text) else None
    return place is not None and place != columns.description


def text_edges(table: TableRegion, columns: Columns) -> tuple[float, float]:
    """From where to where a table's descriptions stand."""
    place = columns.description
    numbers = [columns.amount, columns.quantity, columns.unit_price]
    if place is None:
        lefts = [table.columns[p].left for p in numbers if p is not None]
        return 0.0, min(lefts)
    left = table.columns[place].left - 0.02
    if place == 0:
        left = 0.0
    following = table.columns[place + 1 :]
    return left, min((column.left for column in following), default=1.0)


def region_of(page: PageWords, words: Sequence[Word]) -> Region:
    return Region(page.page, BoundingBox.around(word.bbox for word in words))


def sureness(words: Sequence[Word]) -> float:
    """How sure the reader was of the least certain word, 0..1."""
    return min(word.confidence for word in words)
