"""What becomes of a reading: accepted, or asked of a person. Gates reject earlier."""

from __future__ import annotations

from dataclasses import replace

from pipeline.claims import Claim, Extraction
from pipeline.extracting.acceptance import decide
from pipeline.steps.base import Determinism, Outcome, StepInput, StepResult


class DispositionStep:
    name = "disposition"
    version = "1.0.0"
    reads: tuple[str, ...] = ("grounding", "field")
    reads_types = True
    keeps = False
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        extraction = _extraction(given)
        spec = next(
            (t for t in given.document_types if t.name == extraction.document_type),
            None,
        )
        if spec is None:
            return StepResult(
                outcome=Outcome.HUMAN_REVIEW, reason="unknown_document_type"
            )
        disposition, reason = decide(extraction, spec, params=given.params)
        return StepResult(outcome=Outcome(disposition), reason=reason)


def _extraction(given: StepInput) -> Extraction:
    """The extraction as verify left it: its claims are the field outputs."""
    grounding = given.outputs("grounding")[0].payload or {}
    claims = tuple(
        replace(
            Claim.from_json({**(output.payload or {}), "region": None}),
            region=output.region,
        )
        for output in given.outputs("field")
    )
    return replace(Extraction.from_json({**grounding, "claims": []}), claims=claims)
