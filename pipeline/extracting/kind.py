"""Which document type a document is, by the words in it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType
from pipeline.extracting.labels import LabelIndex
from pipeline.extracting.view import View

FEWEST_SIGNS = 2.0  # score below which a document is of no known type
ENOUGH_KEYWORDS = 3  # fewer different keywords than this make the choice less sure
SLIP_TYPE = 0.0145  # page widths a letter; so few letters a line have only till slips
SLIP = 3.0  # what that counts for, in keywords, for types with a receipt's total
EVERY_FIELD = 0.5  # what a field's label counts for, against 1 for a keyword


def choose_type(
    view: View, document_types: Sequence[DocumentTypeSpec]
) -> tuple[DocumentTypeSpec | None, float]:
    """The type that most different keywords speak for, and how sure that is (0..1).

    The keywords of all types compete like labels do: the longest one counts. A narrow
    slip speaks for a receipt.
    """
    if not document_types or not view.rows:
        return None, 0.0
    words = keyword_index(document_types)
    slip = is_slip(view)
    found = {hit.label for hit in words.hits(view)}
    scores = []
    for spec in document_types:
        keywords = {w for w in found if words.rank(w, spec.name) is not None}
        labels = LabelIndex(spec)
        fields = {
            name
            for hit in labels.hits(view)
            for name, _ in labels.fields.get(hit.label, ())
        }
        score = len(keywords) + EVERY_FIELD * len(fields)
        score += SLIP if slip and is_receipt(spec) else 0.0
        scores.append((len(keywords), score, spec))
    scores.sort(key=lambda score: -score[1])
    keywords_found, best, spec = scores[0]
    if not keywords_found or best < FEWEST_SIGNS:
        return None, 0.0
    second = scores[1][1] if len(scores) > 1 else 0.0
    sureness = min(0.99, best / (best + second))
    return spec, sureness * min(1.0, keywords_found / ENOUGH_KEYWORDS)


def keyword_index(document_types: Sequence[DocumentTypeSpec]) -> LabelIndex:
    """The keywords of all types as if each type were a field."""
    fields = tuple(
        FieldSpec(spec.name, ValueType.TEXT, spec.keywords) for spec in document_types
    )
    return LabelIndex(DocumentTypeSpec(name="", keywords=(), fields=fields))


def is_slip(view: View) -> bool:
    """Whether the first page is so narrow that only few letters fit on a line."""
    number = view.rows[0].page
    words = [
        word
        for row in view.page_rows(number)
        for segment in row.segments
        for word in segment.words
    ]
    return median(word.bbox.width / len(word.text) for word in words) > SLIP_TYPE


def is_receipt(spec: DocumentTypeSpec) -> bool:
    return any(field.hints.get("role") == "receipt_total" for field in spec.fields)
