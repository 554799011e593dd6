"""The ground step: every claim gets the region whose words say its value."""

from __future__ import annotations

from pipeline.extracting.grounding import ground
from pipeline.steps.base import Determinism, Output, StepInput, StepResult
from pipeline.steps.document import DOCUMENT, extraction_of, pages_of


class GroundStep:
    name = "ground"
    version = "1.0.0"
    reads: tuple[str, ...] = ("extraction", "ocr")
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        """One output: the extraction with checked regions."""
        found = ground(extraction_of(given, "extraction"), pages_of(given))
        words = tuple((output.kind, output.slot) for output in given.outputs("ocr"))
        output = Output(
            kind="grounding",
            slot=DOCUMENT,
            payload=found.extraction.as_json(),
            inputs=(("extraction", DOCUMENT), *words),
        )
        return StepResult(
            outputs=(output,),
            quality={"grounded": found.grounded, "ungrounded": found.ungrounded},
        )
