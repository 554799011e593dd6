"""Charges that are printed below the table, as line items of their own.

Where freight stands between subtotal and total, bookkeepers differ: some want it among
the lines, some apart. A version says which, by a parameter of its extract step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.claims import LINE_SLOT, Claim, DocumentTypeSpec, Extraction, ValueType
from pipeline.extracting.bridge import Printed, printed_between, row_of
from pipeline.extracting.context import Context
from pipeline.extracting.view import span_of, view_of
from pipeline.layout.model import Layout
from pipeline.words import PageWords

APART, LINES = "apart", "lines"
# As sure as a line that no check speaks for.
CONFIDENCE = 0.85


def with_charges(
    found: Extraction,
    pages: Sequence[PageWords],
    layout: Layout,
    document_types: Sequence[DocumentTypeSpec],
) -> Extraction:
    """The extraction with a line more for each charge between net and gross amount."""
    spec = next((s for s in document_types if s.name == found.document_type), None)
    if spec is None or not spec.line_columns:
        return found
    context = Context(view_of(pages, layout), spec)
    rows = [_row_of(context, found, role) for role in ("net_total", "gross_total")]
    net_row, gross_row = rows
    if net_row is None or gross_row is None:
        return found
    lines = [LINE_SLOT.fullmatch(claim.slot) for claim in found.claims]
    number = max((int(line["number"]) + 1 for line in lines if line), default=0)
    charges = [
        one
        for one in printed_between(context, net_row, gross_row)
        if one.kind == "charge"
    ]
    more = [
        claim
        for place, charge in enumerate(charges, start=number)
        for claim in _line(place, charge)
    ]
    return replace(found, claims=(*found.claims, *more))


def _row_of(context: Context, found: Extraction, role: str) -> int | None:
    for field in context.spec.fields:
        claim = found.claim(field.name)
        if field.hints.get("role") == role and claim and claim.region:
            return row_of(context, claim.region)
    return None


def _line(number: int, charge: Printed) -> Iterator[Claim]:
    label = span_of(charge.hit.segment, charge.hit.start, charge.hit.end)
    amount = charge.amount
    for column, value, raw, region, value_type in (
        ("description", label.text, label.text, label.region, ValueType.TEXT),
        ("amount", amount.value, amount.raw, amount.spans[0].region, ValueType.MONEY),
    ):
        yield Claim(
            slot=f"lines[{number}].{column}",
            value=value,
            raw=raw,
            value_type=value_type,
            confidence=CONFIDENCE * min(label.read_confidence, amount.read_confidence),
            region=region,
        )
