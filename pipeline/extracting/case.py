"""What the checks look at, and how they say what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from pipeline.claims import LINE_SLOT, Claim, Extraction, FieldSpec
from pipeline.extracting.context import Context
from pipeline.extracting.reasons import VerifyReason


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of a claim: it agrees, contradicts, or (None) only warns."""

    slot: str
    reason: VerifyReason
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class LineItem:
    """The figures of one line; None where missing or no number."""

    prefix: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True)
class Case:
    """The claims of a document, and the document that they came from."""

    extraction: Extraction
    context: Context
    today: date

    def by_role(self, role: str) -> tuple[FieldSpec, Claim] | None:
        for field in self.context.spec.fields:
            if field.hints.get("role") == role:
                claim = self.extraction.claim(field.name)
                return (field, claim) if claim else None
        return None

    def amount(self, role: str) -> tuple[str, Decimal] | None:
        """The slot and the value of the role's claim."""
        found = self.by_role(role)
        value = decimal_or_none(found[1].value) if found else None
        return (found[1].slot, value) if found and value is not None else None

    def confidence(self, slot: str) -> float:
        claim = self.extraction.claim(slot)
        return claim.confidence if claim else 0.0

    def other_amounts(self, slot: str) -> set[Decimal]:
        """The amounts printed outside of the claim's own region."""
        claim = self.extraction.claim(slot)
        region = claim.region if claim else None
        return {
            Decimal(amount.value)
            for amount in self.context.amounts
            if region is None
            or amount.page != region.page
            or amount.bbox.iou(region.bbox) < 0.5
        }


def line_items(extraction: Extraction) -> list[LineItem]:
    """The lines in order; a line without any figure is left out."""
    lines: dict[int, dict[str, Decimal | None]] = {}
    for claim in extraction.claims:
        match = LINE_SLOT.fullmatch(claim.slot)
        if match and match["column"] != "description":
            value = decimal_or_none(claim.value)
            lines.setdefault(int(match["number"]), {})[match["column"]] = value
    return [_item(number, lines[number]) for number in sorted(lines)]


def decimal_or_none(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _item(number: int, line: Mapping[str, Decimal | None]) -> LineItem:
    return LineItem(
        f"lines[{number}]",
        line.get("quantity"),
        line.get("unit_price"),
        line.get("amount"),
    )
