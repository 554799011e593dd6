"""The extract step for engines that look at pictures of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines.service_error import ServiceError
from pipeline.engines.vision_chat.engine import Seen, Wishes
from pipeline.engines.vision_chat.understanding import Document
from pipeline.steps.base import Determinism, Outcome, Output, StepInput, StepResult
from pipeline.steps.document import DOCUMENT, layout_of, pages_of, read_inputs
from pipeline.steps.extract import quality_of
from pipeline.steps.slots import UPRIGHT

if TYPE_CHECKING:
    from pipeline.engines.vision_chat.engine import VisionChatEngine

PROMPT = (
    "You read pictures of business documents. Give each value exactly as it is printed,"
    " with its own signs and order. Give null for a value that is not in the picture:"
    " never work one out, and never guess. List line items from top to bottom, one for"
    " each printed row."
)
DEFAULTS: Mapping[str, Any] = {
    "prompt": PROMPT,
    "crops": True,
    "boxes": True,
    "longest_side": 1568,  # pixels of a picture that is sent
    "most_pages": 10,
    "most_output": 4096,  # tokens of one answer; twice as many if one is cut off
    "most_tokens": 100_000,  # of a document
    "most_micro_usd": 0,
}


class ExtractFromPictures:
    """Beside the claims, every answer of the service as it came (`model_answer`).

    The plain extract step is not shown pictures, so that a picture that only looks
    different changes nothing for engines that do not look at it.
    """

    name = "extract"
    version = "1.0.0+pictures"
    reads: tuple[str, ...] = ("ocr", "layout", "page_image")
    reads_types = True
    keeps = True
    determinism = Determinism.BITWISE
    defaults = DEFAULTS

    def run(self, given: StepInput) -> StepResult:
        """Answers are kept also where they cannot be used: they are paid for."""
        engine: VisionChatEngine = given.engine("extract")
        wishes = Wishes(**{**DEFAULTS, **given.params})
        document = Document(pages_of(given), layout_of(given), given.document_types)
        seen = engine.look(document, pictures_of(given), wishes)
        failed = seen.failure
        read = (*read_inputs(given), *_pictures(given))
        result = StepResult(
            outcome=Outcome.FAILED if failed else Outcome.OK,
            outputs=tuple(_outputs(seen, read)),
            reason=failed.reason if failed else "",
            quality=_quality(seen),
            detail=_detail(seen, failed),
            model_id=engine.model_id,
            vision_tokens=seen.used.tokens,
            micro_usd=seen.used.cost(seen.tariff.price) or 0,
        )
        if failed is not None and not failed.permanent:
            failed.so_far = result
            raise failed
        return result


def pictures_of(given: StepInput) -> dict[int, Path]:
    """By page, the one that lies upright: words refer to that."""
    found: dict[int, Path] = {}
    for output in given.outputs("page_image"):
        page = int(output.slot.removeprefix("page=").removesuffix(UPRIGHT))
        if output.file and (page not in found or output.slot.endswith(UPRIGHT)):
            found[page] = output.file
    return found


def _pictures(given: StepInput) -> tuple[tuple[str, str], ...]:
    return tuple((o.kind, o.slot) for o in given.outputs("page_image"))


def _outputs(seen: Seen, read: tuple[tuple[str, str], ...]) -> Iterator[Output]:
    slots = [f"answer={number}" for number, _ in enumerate(seen.answers, start=1)]
    for slot, answer in zip(slots, seen.answers, strict=True):
        yield Output("model_answer", slot, payload=answer.as_json(), inputs=read)
    if seen.extraction is not None:
        answers = tuple(("model_answer", slot) for slot in slots)
        yield Output(
            kind="extraction",
            slot=DOCUMENT,
            payload=seen.extraction.as_json(),
            inputs=(*read, *answers),
        )


def _quality(seen: Seen) -> dict[str, Any]:
    figures = seen.used.figures(seen.tariff.price)
    if seen.extraction is None:
        return figures
    claims = seen.extraction.claims
    nowhere = sum(claim.region is None for claim in claims)
    return {**quality_of(seen.extraction), **figures, "values_nowhere": nowhere}


def _detail(seen: Seen, failed: ServiceError | None) -> dict[str, Any]:
    reported = sorted({answer.reported for answer in seen.answers})
    detail: dict[str, Any] = {"reported_models": reported}
    if seen.tariff.price is None:
        detail["cost"] = "unknown"
    if seen.extraction is not None:
        detail["document_type"] = seen.extraction.document_type
    if failed is not None:
        detail["failure"] = failed.reason
    return detail
