"""From words and layout to the claims of the document type that fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.claims import Claim, DocumentTypeSpec, Extraction, FieldSpec
from pipeline.extracting.candidates import claim_of
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.currency import currency
from pipeline.extracting.document_date import document_date
from pipeline.extracting.document_number import document_number
from pipeline.extracting.invoice_totals import totals_rule
from pipeline.extracting.issuer_name import name_confidence, names_of
from pipeline.extracting.kind import choose_type
from pipeline.extracting.letterhead import address_candidate, address_of
from pipeline.extracting.parties import recipient, supplier
from pipeline.extracting.receipt_total import receipt_total
from pipeline.extracting.view import View, view_of
from pipeline.layout.model import Layout
from pipeline.words import PageWords

FALLBACK_ROWS = 8  # where an address is not found, names are sought in these
Rule = Callable[[Context, FieldSpec], Ranked]


def generic(context: Context, field: FieldSpec) -> Ranked:
    """The label-neighbour rule: what stands after, right of or below a label."""
    found = context.neighbourhood.candidates(field, month_first=context.month_first)
    if not found:
        return Ranked((), 0.0)
    return Ranked(tuple(found), min(0.9, 0.85 * found[0].score))


def letterhead_name(context: Context, field: FieldSpec) -> Ranked:
    head = context.head
    run = address_of(head)
    limit = run[0] if run else FALLBACK_ROWS
    found = names_of(head, limit) or names_of(head, FALLBACK_ROWS)
    if not found:
        return Ranked((), 0.0)
    return Ranked(tuple(found), name_confidence(found, above_address=run is not None))


def letterhead_address(context: Context, field: FieldSpec) -> Ranked:
    run = address_of(context.head)
    if run is None:
        return Ranked((), 0.0)
    return Ranked((address_candidate(context.head, run),), 0.93)


RULES: Mapping[str, Rule] = {
    "document_date": document_date,
    "receipt_total": receipt_total,
    "letterhead_name": letterhead_name,
    "letterhead_address": letterhead_address,
    "document_number": document_number,
    "supplier": supplier,
    "recipient": recipient,
    "currency": currency,
    "net_total": totals_rule,
    "tax_total": totals_rule,
    "gross_total": totals_rule,
}


def extract(
    pages: Sequence[PageWords],
    layout: Layout,
    document_types: Sequence[DocumentTypeSpec],
) -> Extraction:
    """Choose the type by content and make the claims of its header fields."""
    view = view_of(pages, layout)
    spec, sureness = choose_type(view, document_types)
    if spec is None:
        return Extraction("", sureness, ())
    return Extraction(spec.name, sureness, header_claims(view, spec))


def header_claims(view: View, spec: DocumentTypeSpec) -> tuple[Claim, ...]:
    context = Context(view, spec)
    claims = []
    for field in spec.fields:
        rule = RULES.get(str(field.hints.get("role", "")), generic)
        ranked = rule(context, field)
        claim = claim_of(field, list(ranked.candidates), ranked.confidence)
        if claim is not None:
            claims.append(claim)
    return tuple(claims)
