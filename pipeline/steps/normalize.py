"""Every page as one upright RGB picture, whatever the original was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.reading.errors import UnreadableReason
from pipeline.steps.base import Determinism, Output, StepError, StepInput, StepResult
from pipeline.steps.reading_calls import call_reader, limits_of

DEFAULTS: Mapping[str, float] = {
    "dpi": 150,
    "max_page_pixels": 2_200_000,  # of a page picture: A4 at 150 dpi
    "max_side": 4000,  # pixels
    "max_pages": 50,
    "max_pixels": 100_000_000,  # of a page of the original
    "jpeg_quality": 88,
    "seconds": 30,  # for all pages; see pipeline.reading.pictures for one
    "memory_mb": 768,
}


class Normalize:
    """One `page_image` a page, slot "page=N"; detail["pages"] has the sizes in pixels.

    Raises StepError with an UnreadableReason.
    """

    name = "normalize"
    version = "1.0.0"
    reads: tuple[str, ...] = ()
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        params = {**DEFAULTS, **given.params}
        drawn = _draw(given, params)
        if not drawn:
            raise StepError(UnreadableReason.BROKEN, "no page could be drawn")
        outputs = tuple(
            Output(
                kind="page_image",
                slot=f"page={page['page']}",
                file=Path(page["file"]),
                media_type="image/jpeg",
            )
            for page in drawn
        )
        sizes = {
            str(page["page"]): {"width": page["width"], "height": page["height"]}
            for page in drawn
        }
        return StepResult(
            outputs=outputs, quality={"pages": len(drawn)}, detail={"pages": sizes}
        )


def _draw(given: StepInput, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    limits = limits_of(
        seconds=float(params["seconds"]), memory_mb=int(params["memory_mb"])
    )
    arguments: dict[str, Any] = {
        "path": str(given.original),
        "folder": str(given.workdir),
        "max_pages": int(params["max_pages"]),
        "max_page_pixels": float(params["max_page_pixels"]),
        "max_side": int(params["max_side"]),
        "quality_percent": int(params["jpeg_quality"]),
    }
    if given.source.mime_type == "application/pdf":
        arguments["dpi"] = int(params["dpi"])
        # The tool ends before the sandbox does, so that its pages so far are kept.
        arguments["seconds"] = limits.seconds - 1
        pages: list[dict[str, Any]] = call_reader("draw_pdf", arguments, limits)
    else:
        arguments["mime_type"] = given.source.mime_type
        arguments["max_pixels"] = float(params["max_pixels"])
        pages = call_reader("draw_image", arguments, limits)
    return pages
