"""What is printed between net and gross amount: taxes, charges and discounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from catalog.regions import Region
from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate, money_in
from pipeline.extracting.context import Context
from pipeline.extracting.labels import LabelHit
from pipeline.extracting.values import squeeze
from pipeline.extracting.view import Segment

CLOSE = Decimal("0.02")  # the roundings of the parts may add up to this


@dataclass(frozen=True, slots=True)
class Bridge:
    """The printed amounts between net and gross, with the signs that they count by."""

    taxes: tuple[Decimal, ...]
    others: tuple[Decimal, ...]

    def spans(self, net: Decimal, gross: Decimal) -> bool:
        """Whether net and all amounts add up to gross, give or take two cents."""
        parts = (*self.taxes, *self.others)
        return bool(parts) and abs(net + sum(parts) - gross) <= CLOSE


@dataclass(frozen=True, slots=True)
class Printed:
    """A labelled amount. kind: tax, charge or discount."""

    kind: str
    hit: LabelHit
    amount: Candidate

    @property
    def signed(self) -> Decimal:
        value = Decimal(self.amount.value)
        return -abs(value) if self.kind == "discount" else value


def bridge_between(context: Context, net_row: int, gross_row: int) -> Bridge:
    """The labelled amounts of the rows between two rows, each row counted once."""
    printed = list(printed_between(context, net_row, gross_row))
    return Bridge(
        taxes=tuple(one.signed for one in printed if one.kind == "tax"),
        others=tuple(one.signed for one in printed if one.kind != "tax"),
    )


def printed_between(
    context: Context, net_row: int, gross_row: int
) -> Iterator[Printed]:
    """In reading order, the first of each row."""
    seen: set[int] = set()
    for hit in context.neighbourhood.hits:
        row = hit.segment.row
        if not net_row < row < gross_row or row in seen:
            continue
        kind = _kind(context, hit)
        amount = _amount(context, hit) if kind else None
        if amount is not None:
            seen.add(row)
            yield Printed(kind, hit, amount)


def row_of(context: Context, region: Region) -> int | None:
    """The number of the row that the middle of a region stands in."""
    for row in context.view.page_rows(region.page):
        if any(region.bbox.holds_center_of(s.bbox) for s in row.segments):
            return row.number
        if any(s.bbox.holds_center_of(region.bbox) for s in row.segments):
            return row.number
    return None


def _kind(context: Context, hit: LabelHit) -> str:
    for field in context.spec.fields:
        for kind in ("discount", "charge"):
            if hit.label in _labels(field, kind):
                return kind
        if field.hints.get("role") == "tax_total":
            is_tax = context.neighbourhood.index.rank(hit.label, field.name) is not None
            if is_tax:
                return "tax"
    return ""


def _labels(field: FieldSpec, hint: str) -> set[str]:
    return {squeeze(label) for label in field.hints.get(hint, ())}


def _amount(context: Context, hit: LabelHit) -> Candidate | None:
    """The last amount of the label's row that stands after the label."""
    row = context.view.rows[hit.segment.row]
    found = [
        amount
        for segment in row.segments[hit.segment.place :]
        for amount in _amounts(segment, hit)
        if amount.marked
    ]
    return found[-1] if found else None


def _amounts(segment: Segment, hit: LabelHit) -> Iterator[Candidate]:
    start = hit.end if segment is hit.segment else 0
    return money_in(segment, start, segment.text)
