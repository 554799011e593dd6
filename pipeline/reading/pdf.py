"""What a PDF says of itself: pages, their upright sizes, and its own words.

Meant to run inside the sandbox. Words and pictures both follow the crop box, so that
a word's page fractions hold on the rendered page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.regions import BoundingBox
from pipeline.reading.errors import UnreadableError, UnreadableReason
from pipeline.reading.poppler import run_tool
from pipeline.words import PageWords, Word

_PAGES = re.compile(rb"^Pages:\s+(\d+)", re.MULTILINE)
_SIZE = re.compile(rb"^Page\s+(\d+) size:\s+([\d.e+-]+) x ([\d.e+-]+)", re.MULTILINE)
_ROTATION = re.compile(rb"^Page\s+(\d+) rot:\s+(-?\d+)", re.MULTILINE)
_MARK = re.compile(
    r'<page width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)">'
    r'|<word xMin="(?P<left>[-\d.]+)" yMin="(?P<top>[-\d.]+)"'
    r' xMax="(?P<right>[-\d.]+)" yMax="(?P<bottom>[-\d.]+)">(?P<text>[^<]*)</word>'
)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page as it is shown; width and height of the upright crop box in points."""

    page: int
    width: float
    height: float


def count_pages(path: Path, *, seconds: float = 10) -> int:
    """Raises UnreadableError; a PDF without a page is broken."""
    found = _PAGES.search(run_tool("pdfinfo", [str(path)], seconds=seconds))
    pages = int(found[1]) if found else 0
    if not pages:
        raise UnreadableError(UnreadableReason.BROKEN)
    return pages


def page_sizes(path: Path, *, last: int, seconds: float = 10) -> tuple[PdfPage, ...]:
    """Pages 1 to last, as far as they can be found. Raises UnreadableError."""
    arguments = ["-f", "1", "-l", str(last), str(path)]
    printed = run_tool("pdfinfo", arguments, seconds=seconds)
    rotations = _ROTATION.findall(printed)
    turned = {int(page) for page, angle in rotations if int(angle) % 180}
    return tuple(
        _upright(int(page), float(width), float(height), turned=int(page) in turned)
        for page, width, height in _SIZE.findall(printed)
    )


def embedded_words(
    path: Path, pages: tuple[PdfPage, ...], *, seconds: float = 20
) -> tuple[PageWords, ...]:
    """The words that the file itself carries, one PageWords a page, in poppler's order.

    A page without words has origin "none". Raises UnreadableError.
    """
    options = ["-q", "-cropbox", "-bbox-layout", "-l", str(len(pages))]
    printed = run_tool("pdftotext", [*options, str(path), "-"], seconds=seconds)
    marks = _MARK.finditer(printed.decode("utf-8", errors="replace"))
    found: dict[int, list[Word]] = {page.page: [] for page in pages}
    shapes = {page.page: page for page in pages}
    number = 0
    for mark in marks:
        if mark["width"]:
            number += 1
        elif number in found:
            found[number].extend(_word(mark, shapes[number]))
    return tuple(
        PageWords(
            page=page.page,
            width=page.width,
            height=page.height,
            words=tuple(found[page.page]),
            origin="embedded" if found[page.page] else "none",
        )
        for page in pages
    )


def _upright(page: int, width: float, height: float, *, turned: bool) -> PdfPage:
    if turned:
        width, height = height, width
    return PdfPage(page=page, width=width, height=height)


def _word(mark: re.Match[str], page: PdfPage) -> Iterator[Word]:
    """The word, unless it is empty or its middle lies off the page."""
    text = html.unescape(mark["text"]).strip()
    left, right = (float(mark[edge]) / page.width for edge in ("left", "right"))
    top, bottom = (float(mark[edge]) / page.height for edge in ("top", "bottom"))
    on_page = 0 <= (left + right) / 2 <= 1 and 0 <= (top + bottom) / 2 <= 1
    if text and on_page:
        yield Word(text=text, bbox=BoundingBox.clamped(left, top, right, bottom))
