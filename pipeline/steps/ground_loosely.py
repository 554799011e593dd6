"""The ground step for values that were read off the picture, not off the words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.engines.vision_chat.grounding import Said, likeness_of
from pipeline.extracting.grounding import ground_claim, text_under
from pipeline.steps.base import Determinism, Output, StepInput, StepResult
from pipeline.steps.document import DOCUMENT, extraction_of, pages_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.claims import Claim
    from pipeline.words import PageWords


class GroundLoosely:
    """As the plain one, but a region stays whose words nearly say the value.

    A model and a word reader may read one letter differently. The plain step would take
    the region away just where a person has to look, and needs it.
    """

    name = "ground"
    version = "1.0.0+pictures"
    reads: tuple[str, ...] = ("extraction", "ocr")
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        """One output: the extraction with checked regions."""
        extraction, pages = extraction_of(given, "extraction"), pages_of(given)
        claims = tuple(_grounded(claim, pages) for claim in extraction.claims)
        words = tuple((output.kind, output.slot) for output in given.outputs("ocr"))
        output = Output(
            kind="grounding",
            slot=DOCUMENT,
            payload=replace(extraction, claims=claims).as_json(),
            inputs=(("extraction", DOCUMENT), *words),
        )
        grounded = sum(claim.region is not None for claim in claims)
        return StepResult(
            outputs=(output,),
            quality={"grounded": grounded, "ungrounded": len(claims) - grounded},
        )


def _grounded(claim: Claim, pages: Sequence[PageWords]) -> Claim:
    if claim.region is not None:
        said = Said(claim.value_type, claim.value, claim.raw)
        if likeness_of(said, text_under(claim.region, pages)):
            return claim
    return ground_claim(claim, pages)
