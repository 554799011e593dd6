"""PDF pages to picture files. Meant to run inside the sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pdf2image import convert_from_path
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from PIL import Image

from pipeline.reading.errors import UnreadableError, UnreadableReason
from pipeline.reading.pdf import PdfPage

_POINTS_PER_INCH = 72
_LOWEST_DPI = 1
# One page that never ends is told from many that take their time.
_SECONDS = 9.0
_SECONDS_A_PAGE = 1.0


def dpi_within(page: PdfPage, *, dpi: int, max_pixels: float, max_side: int) -> int:
    """The resolution asked for, or the highest that keeps the page within bounds."""
    inches = page.width / _POINTS_PER_INCH, page.height / _POINTS_PER_INCH
    by_side = max_side / max(*inches, 1e-6)
    by_area = (max_pixels / max(inches[0] * inches[1], 1e-12)) ** 0.5
    return max(int(min(dpi, by_side, by_area)), _LOWEST_DPI)


def render(
    path: Path,
    pages: Sequence[PdfPage],
    folder: Path,
    *,
    dpi: int,
    max_pixels: float,
    max_side: int,
    quality: int = 88,
    seconds: float = 60,
) -> dict[int, Path]:
    """JPEG files of the pages by page number; a page that cannot be drawn is left out.

    Raises UnreadableError.
    """
    drawn: dict[int, Path] = {}

    def resolution(page: PdfPage) -> int:
        return dpi_within(page, dpi=dpi, max_pixels=max_pixels, max_side=max_side)

    for chosen, group in groupby(pages, key=resolution):
        numbers = [page.page for page in group]
        for first, last in _runs(numbers):
            time = min(seconds, _SECONDS + _SECONDS_A_PAGE * (last - first + 1))
            files = _draw(path, folder, first, last, chosen, quality, time)
            drawn.update(_by_page(files))
    return drawn


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in pixels of a picture that we made."""
    with Image.open(picture, formats=("JPEG",)) as opened:
        return opened.size


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each unbroken run of page numbers."""
    keyed = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    for _, run in keyed:
        pages = [page for _, page in run]
        yield pages[0], pages[-1]


def _draw(
    path: Path,
    folder: Path,
    first: int,
    last: int,
    dpi: int,
    quality: int,
    seconds: float,
) -> list[Path]:
    try:
        files = convert_from_path(
            path,
            dpi=dpi,
            output_folder=folder,
            output_file=f"at{dpi}-",
            first_page=first,
            last_page=last,
            fmt="jpeg",
            jpegopt={"quality": quality, "progressive": False, "optimize": False},
            use_cropbox=True,
            paths_only=True,
            timeout=max(int(seconds), 1),
        )
    except PDFPopplerTimeoutError:
        raise UnreadableError(UnreadableReason.TIMED_OUT) from None
    except PDFInfoNotInstalledError:
        raise UnreadableError(UnreadableReason.TOOL_MISSING) from None
    except (PDFPageCountError, PDFSyntaxError):
        raise UnreadableError(UnreadableReason.BROKEN) from None
    paths = [Path(str(file)) for file in files]
    return [path for path in paths if _whole(path)]


def _whole(picture: Path) -> bool:
    """A drawing that was cut short lacks JPEG's end marker."""
    with picture.open("rb") as file:
        file.seek(max(picture.stat().st_size - 2, 0))
        return file.read() == b"\xff\xd9"


def _by_page(files: Sequence[Path]) -> dict[int, Path]:
    """pdftoppm ends each file's name with the page's number."""
    return {int(file.stem.rpartition("-")[2]): file for file in files}
