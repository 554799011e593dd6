"""Every page's words: the file's own where they can be trusted, else by OCR."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.reading.embedded import look_at, needs_ocr, trustworthy
from pipeline.reading.errors import UnreadableReason
from pipeline.reading.upright import set_upright, surely_read
from pipeline.steps.base import Determinism, Output, StepError, StepInput, StepResult
from pipeline.steps.reading_calls import call_reader, limits_of
from pipeline.steps.slots import UPRIGHT
from pipeline.words import PageWords, Word

if TYPE_CHECKING:
    from pipeline.engines.base import OcrEngine

DEFAULTS: Mapping[str, Any] = {
    "max_pages": 50,
    "seconds": 6,  # for the file's own words
    "memory_mb": 768,
    "ocr_seconds": 600,  # for all pages together
    "turn": True,  # scans that lie on a side or upside down; before 1.1.0 left so
}
# Why a file's own words cannot be had on a busy machine that a quiet one would read.
BY_THE_MACHINE = frozenset(
    {
        UnreadableReason.TIMED_OUT,
        UnreadableReason.TOO_MUCH_MEMORY,
        UnreadableReason.TOOL_MISSING,
        UnreadableReason.INTERNAL_ERROR,
    }
)

NO_WORSE = 0.9  # a page that was turned reads at least so well


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as read, whether that was from its picture, and that picture set upright
    if it did not lie so.
    """

    words: PageWords
    by_ocr: bool
    upright: Path | None = None


class Ocr:
    """One `ocr` output a page, slot "page=N", its payload PageWords.as_json().

    Of a page that did not lie upright also a `page_image`, slot "page=N upright": the
    boxes of its words refer to that one.

    Raises StepError with an UnreadableReason, and EngineError.
    """

    name = "ocr"
    version = "1.1.0"
    reads: tuple[str, ...] = ("page_image",)
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        params = {**DEFAULTS, **given.params}
        embedded, failed = _embedded(given, params)
        pictures = _pictures(given)
        if not pictures and not embedded:
            raise StepError(UnreadableReason.BROKEN, "no page to read")
        engine = _LazyEngine(
            given, float(params["ocr_seconds"]), turn=bool(params["turn"])
        )
        pages = [
            _read(number, embedded.get(number), pictures.get(number), engine)
            for number in sorted(embedded.keys() | pictures.keys())
        ]
        return StepResult(
            outputs=tuple(output for page in pages for output in _outputs(page)),
            quality=_quality(pages),
            detail=_detail(pages, failed),
            model_id=engine.model_id,
            repeatable=failed not in BY_THE_MACHINE,
        )


class _LazyEngine:
    """Looks the engine up, and with it loads its models, only for a page in need."""

    def __init__(self, given: StepInput, seconds: float, *, turn: bool) -> None:
        self._given = given
        self._turn = turn
        self._ends = time.monotonic() + seconds
        self._engine: OcrEngine | None = None

    @property
    def model_id(self) -> str:
        return self._engine.model_id if self._engine else ""

    def read(self, picture: Path, page: int) -> _Page:
        """The page by OCR, from its picture set upright where it does not lie so."""
        engine = self._ready()
        if not self._turn or not hasattr(engine, "read_as_it_lies"):
            return _Page(engine.read(picture, page=page), by_ocr=True)
        words, turns = engine.read_as_it_lies(picture, page=page)
        if turns:
            upright = self._given.workdir / f"upright-{page}.jpg"
            set_upright(picture, turns, upright)
            again, more = self._ready().read_as_it_lies(upright, page=page)
            # Else the first look was wrong.
            if not more and surely_read(again) >= NO_WORSE * surely_read(words):
                return _Page(again, by_ocr=True, upright=upright)
        return _Page(words, by_ocr=True)

    def _ready(self) -> Any:
        if time.monotonic() > self._ends:
            raise StepError(UnreadableReason.TIMED_OUT, "OCR took too long")
        if self._engine is None:
            self._engine = self._given.engine("ocr")
        return self._engine


def _embedded(
    given: StepInput, params: Mapping[str, Any]
) -> tuple[dict[int, PageWords], str]:
    """The PDF's own words by page, or why they cannot be had: pictures remain then."""
    if given.source.mime_type != "application/pdf":
        return {}, ""
    limits = limits_of(
        seconds=float(params["seconds"]), memory_mb=int(params["memory_mb"])
    )
    arguments = {
        "path": str(given.original),
        "max_pages": int(params["max_pages"]),
        "seconds": limits.seconds - 1,
    }
    try:
        found = call_reader("pdf_words", arguments, limits)
    except StepError as error:
        return {}, str(error.reason)
    pages = [PageWords.from_json(page) for page in found]
    return {page.page: page for page in pages}, ""


def _pictures(given: StepInput) -> dict[int, Path]:
    return {
        int(output.slot.removeprefix("page=")): output.file
        for output in given.outputs("page_image")
        if output.file
    }


def _read(
    number: int, own: PageWords | None, picture: Path | None, engine: _LazyEngine
) -> _Page:
    if own is None:
        own = PageWords(number, 0, 0, (), "none")
    if picture is None:
        return _Page(own, by_ocr=False)
    # Without a shape there was no PDF page to look into.
    if own.width:
        look = look_at(picture, own)
        if not needs_ocr(own, look):
            return _Page(own, by_ocr=False)
        seen = engine.read(picture, number)
        if len(seen.words.words) < len(own.words) and trustworthy(own, look):
            return _Page(own, by_ocr=False)
        return seen
    return engine.read(picture, number)


def _outputs(page: _Page) -> Iterator[Output]:
    slot = f"page={page.words.page}"
    inputs = (("page_image", slot),) if page.by_ocr else ()
    if page.upright is not None:
        yield Output(
            kind="page_image",
            slot=f"{slot}{UPRIGHT}",
            file=page.upright,
            media_type="image/jpeg",
            inputs=inputs,
        )
    yield Output(kind="ocr", slot=slot, payload=page.words.as_json(), inputs=inputs)


def _detail(pages: Sequence[_Page], failed: str) -> dict[str, Any]:
    detail: dict[str, Any] = {"embedded_failed": failed} if failed else {}
    if turned := [page.words.page for page in pages if page.upright]:
        detail["turned"] = turned
    return detail


def _quality(pages: Sequence[_Page]) -> dict[str, Any]:
    words = [word for page in pages for word in page.words.words]
    by_ocr = sum(page.by_ocr for page in pages)
    quality: dict[str, Any] = {
        "words": len(words),
        "pages_ocr": by_ocr,
        "pages_embedded": sum(page.words.origin == "embedded" for page in pages),
        "pages_empty": sum(page.words.origin == "none" for page in pages),
    }
    if words:
        quality["char_conf_mean"] = round(_confidence(words), 4)
    return quality


def _confidence(words: Sequence[Word]) -> float:
    """Mean over all letters, each with its word's confidence."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters
