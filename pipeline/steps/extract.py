"""The extract step: words and layout in, claims out, by the engine of the version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.claims import Extraction
from pipeline.extracting.charge_lines import APART, LINES, with_charges
from pipeline.steps.base import Determinism, Output, StepInput, StepResult
from pipeline.steps.document import DOCUMENT, layout_of, pages_of, read_inputs

if TYPE_CHECKING:
    from pipeline.engines.base import ExtractEngine


# Where charges below the table belong; before 1.1.0 they always stood apart.
DEFAULTS: Mapping[str, str] = {"charges": APART}


class ExtractStep:
    name = "extract"
    version = "1.1.0"
    reads: tuple[str, ...] = ("ocr", "layout")
    reads_types = True
    keeps = True
    determinism = Determinism.BITWISE
    defaults = DEFAULTS

    def run(self, given: StepInput) -> StepResult:
        """One output: the claims as the engine made them."""
        engine: ExtractEngine = given.engine("extract")
        read = pages_of(given), layout_of(given), given.document_types
        extraction = engine.extract(*read)
        if {**DEFAULTS, **given.params}["charges"] == LINES:
            extraction = with_charges(extraction, *read)
        output = Output(
            kind="extraction",
            slot=DOCUMENT,
            payload=extraction.as_json(),
            inputs=read_inputs(given),
        )
        return StepResult(
            outputs=(output,),
            quality=quality_of(extraction),
            detail={"document_type": extraction.document_type},
            model_id=engine.model_id,
        )


def quality_of(extraction: Extraction) -> dict[str, float | int]:
    """How many header fields and lines were found, and how sure the type is."""
    slots = [claim.slot for claim in extraction.claims]
    lines = {slot.split(".")[0] for slot in slots if slot.startswith("lines[")}
    return {
        "fields_found": sum(not slot.startswith("lines[") for slot in slots),
        "lines_found": len(lines),
        "type_confidence": round(extraction.type_confidence, 4),
    }
