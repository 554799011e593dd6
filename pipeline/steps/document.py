"""What the steps after reading share: the document's words, layout and claims."""

from __future__ import annotations

from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.layout.codec import layout_from_json
from pipeline.layout.model import Layout
from pipeline.steps.base import Output, StepError, StepInput
from pipeline.words import PageWords

DOCUMENT = "document"
# Ends the slot of a page picture that the ocr step set upright.
UPRIGHT = " upright"


def pages_of(given: StepInput) -> list[PageWords]:
    """The words of all pages in page order. Raises StepError if none were read."""
    outputs = given.outputs("ocr")
    if not outputs:
        raise StepError("no_words", "no page of the document was read")
    pages = [PageWords.from_json(payload_of(output)) for output in outputs]
    return sorted(pages, key=lambda page: page.page)


def layout_of(given: StepInput) -> Layout:
    """The document's layout. Raises StepError if no layout was made."""
    return layout_from_json(payload_of(only(given, "layout")))


def extraction_of(given: StepInput, kind: str) -> Extraction:
    """The claims of an earlier step. Raises StepError if there are none."""
    return Extraction.from_json(payload_of(only(given, kind)))


def spec_of(given: StepInput, extraction: Extraction) -> DocumentTypeSpec | None:
    name = extraction.document_type
    return next((spec for spec in given.document_types if spec.name == name), None)


def read_inputs(given: StepInput) -> tuple[tuple[str, str], ...]:
    """Words and layout, as lineage names them."""
    read = [*given.outputs("ocr"), *given.outputs("layout")]
    return tuple((output.kind, output.slot) for output in read)


def only(given: StepInput, kind: str) -> Output:
    outputs = given.outputs(kind)
    if not outputs:
        raise StepError("missing_input", f"no {kind} was made before")
    return outputs[-1]


def payload_of(output: Output) -> dict[str, object]:
    if output.payload is None:
        raise StepError("missing_input", f"{output.kind} has no payload")
    return output.payload
