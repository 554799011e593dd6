"""The cheap look at the door: may this original come in, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pipeline.reading.images import READERS
from pipeline.steps.base import Determinism, Outcome, StepError, StepInput, StepResult
from pipeline.steps.reading_calls import call_reader, limits_of


class GateReason(StrEnum):
    UNSUPPORTED_TYPE = "unsupported_type"
    EMPTY_FILE = "empty_file"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TIMED_OUT = "timed_out"
    TOO_MUCH_MEMORY = "too_much_memory"
    BLANK = "blank"
    BLURRED = "blurred"
    TOO_SMALL = "too_small"
    TOO_DARK = "too_dark"


GATE_MESSAGES: Mapping[GateReason, str] = {
    GateReason.UNSUPPORTED_TYPE: (
        "This type of file cannot be read: upload a PDF or a picture (JPEG, PNG, TIFF,"
        " HEIC, WebP)."
    ),
    GateReason.EMPTY_FILE: "The file holds nothing: upload it again.",
    GateReason.ENCRYPTED: (
        "The PDF asks for a password: save a copy without one and upload that."
    ),
    GateReason.BROKEN: (
        "The file is damaged: export or scan it anew and upload the new file."
    ),
    GateReason.TOO_MANY_PAGES: (
        "The document has too many pages: split it and upload the parts."
    ),
    GateReason.TOO_MANY_PIXELS: (
        "The picture is too large: scan or export it at a lower resolution."
    ),
    GateReason.TIMED_OUT: (
        "The file takes too long to open: print it to a new PDF and upload that."
    ),
    GateReason.TOO_MUCH_MEMORY: (
        "The file needs too much memory to open: export it at a lower resolution."
    ),
    GateReason.BLANK: "The page looks empty: check that the right side was scanned.",
    GateReason.BLURRED: (
        "The picture is blurred: take it again with a steady hand and in focus."
    ),
    GateReason.TOO_SMALL: (
        "The picture has too few pixels to be read: scan it at 150 dpi or more."
    ),
    GateReason.TOO_DARK: "The picture is too dark: take it again in better light.",
}

DEFAULTS: Mapping[str, float] = {
    "max_pages": 50,
    "max_pixels": 100_000_000,  # a page
    "min_side_px": 100,
    "min_pixels": 40_000,  # a page
    "max_blur": 0.82,  # see PageQuality; letters of a usual receipt cannot be told
    "min_light": 0.25,
    "min_ink": 0.0002,
    "min_contrast": 0.1,
    "seconds": 6,
    "memory_mb": 768,
}


class InputGate:
    """Accepts or rejects; its quality figures are those of the first pages' worst."""

    name = "input_gate"
    version = "1.0.0"
    reads: tuple[str, ...] = ()
    reads_types = False
    keeps = False
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        params = {**DEFAULTS, **given.params}
        if not given.source.bytes:
            return _rejected(GateReason.EMPTY_FILE, {})
        try:
            figures = _inspect(given, params)
        except StepError as error:
            if error.reason not in set(GateReason):
                raise
            return _rejected(GateReason(error.reason), {})
        if figures is None:
            return _rejected(GateReason.UNSUPPORTED_TYPE, {})
        reasons = [_reason(page, params) for page in figures["page_qualities"]]
        quality = _quality(figures)
        # One good page is enough: a document may have an empty back.
        if reasons and all(reasons) and reasons[0]:
            quality["res"] = "low" if reasons[0] == GateReason.TOO_SMALL else "ok"
            return _rejected(reasons[0], quality)
        return StepResult(outcome=Outcome.ACCEPT, quality=quality)


def _inspect(given: StepInput, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The file's figures, or None for a type that cannot be read."""
    limits = limits_of(
        seconds=float(params["seconds"]), memory_mb=int(params["memory_mb"])
    )
    arguments: dict[str, Any] = {
        "path": str(given.original),
        "max_pages": int(params["max_pages"]),
    }
    if given.source.mime_type == "application/pdf":
        arguments["seconds"] = limits.seconds - 1
        result: dict[str, Any] = call_reader("inspect_pdf", arguments, limits)
        return result
    if given.source.mime_type in READERS:
        arguments["mime_type"] = given.source.mime_type
        arguments["max_pixels"] = float(params["max_pixels"])
        result = call_reader("inspect_image", arguments, limits)
        return result
    return None


def _reason(page: Mapping[str, float], params: Mapping[str, Any]) -> GateReason | None:
    """What is wrong with a page's picture, the plainest fault first."""
    width, height = page["width"], page["height"]
    if min(width, height) < params["min_side_px"]:
        return GateReason.TOO_SMALL
    if width * height < params["min_pixels"]:
        return GateReason.TOO_SMALL
    if page["light"] < params["min_light"]:
        return GateReason.TOO_DARK
    # Nothing sharp and nothing soft: paper. Blurred beyond any edge, it has contrast.
    empty = page["blur"] >= 1 and page["contrast"] < params["min_contrast"]
    if empty or (page["ink"] < params["min_ink"] and page["blur"] >= 1):
        return GateReason.BLANK
    return GateReason.BLURRED if page["blur"] > params["max_blur"] else None


def _quality(figures: Mapping[str, Any]) -> dict[str, Any]:
    pages = figures["page_qualities"]
    quality: dict[str, Any] = {"pages": figures["pages"], "res": "ok"}
    if "words" in figures:
        quality["words"] = figures["words"]
    if pages:
        quality["blur"] = max(page["blur"] for page in pages)
        quality["light"] = min(page["light"] for page in pages)
        quality["ink"] = max(page["ink"] for page in pages)
        quality["width"], quality["height"] = pages[0]["width"], pages[0]["height"]
    return quality


def _rejected(reason: GateReason, quality: dict[str, Any]) -> StepResult:
    return StepResult(outcome=Outcome.REJECT, reason=reason, quality=quality)
