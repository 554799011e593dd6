"""What the sandbox is asked to do with an original: JSON-able in, JSON-able out.

Every function reads untrusted bytes. Each raises UnreadableError, whose reason is what
the caller is told, and nothing else.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from pipeline.reading import images, pdf, pictures, quality
from pipeline.reading.errors import UnreadableError, UnreadableReason

_LOOK_DPI = 100  # letters of ten points are still sharp
_LOOK_BOUNDS = images.Bounds(
    max_pixels=quality.MEASURED_SIDE**2, max_side=quality.MEASURED_SIDE
)
_LOOK_PAGES = 3  # pages of a scan that are looked at before it is let in


def inspect_image(
    path: str, mime_type: str, max_pixels: float, max_pages: int
) -> dict[str, Any]:
    """{"pages", "page_qualities"}: figures of the first pages, as PageQuality."""
    with images.open_picture(Path(path), mime_type, max_pixels=max_pixels) as picture:
        pages = images.count_frames(picture, mime_type)
        _bound_pages(pages, max_pages)
        figures = []
        for frame in range(min(pages, _LOOK_PAGES)):
            images.go_to_frame(picture, frame, max_pixels=max_pixels)
            full_size = picture.size
            grey = images.read_grey(picture, _LOOK_BOUNDS)
            figures.append(quality.measure(grey, full_size=full_size).as_json())
    return {"pages": pages, "page_qualities": figures}


def inspect_pdf(path: str, max_pages: int, seconds: float) -> dict[str, Any]:
    """{"pages", "words", "page_qualities"}: figures only where the file holds no words,
    for a page with words cannot be blank or blurred.
    """
    original = Path(path)
    if not original.stat().st_size:
        raise UnreadableError(UnreadableReason.EMPTY_FILE)
    pages = pdf.count_pages(original, seconds=seconds)
    _bound_pages(pages, max_pages)
    shapes = pdf.page_sizes(original, last=pages, seconds=seconds)
    embedded = pdf.embedded_words(original, shapes, seconds=seconds)
    words = sum(len(page.words) for page in embedded)
    figures = [] if words else _look(original, shapes[:_LOOK_PAGES], seconds)
    return {"pages": pages, "words": words, "page_qualities": figures}


def pdf_words(path: str, max_pages: int, seconds: float) -> list[dict[str, Any]]:
    """PageWords of the first pages, as JSON."""
    shapes = pdf.page_sizes(Path(path), last=max_pages, seconds=seconds)
    found = pdf.embedded_words(Path(path), shapes, seconds=seconds)
    return [page.as_json() for page in found]


def draw_pdf(
    path: str,
    folder: str,
    dpi: int,
    max_pages: int,
    max_page_pixels: float,
    max_side: int,
    quality_percent: int,
    seconds: float,
) -> list[dict[str, Any]]:
    """{"page", "file", "width", "height"} of each page that could be drawn."""
    original = Path(path)
    pages = pdf.count_pages(original, seconds=seconds)
    _bound_pages(pages, max_pages)
    drawn = pictures.render(
        original,
        pdf.page_sizes(original, last=pages, seconds=seconds),
        Path(folder),
        dpi=dpi,
        max_pixels=max_page_pixels,
        max_side=max_side,
        quality=quality_percent,
        seconds=seconds,
    )
    return [_described(page, drawn[page]) for page in sorted(drawn)]


def draw_image(
    path: str,
    mime_type: str,
    folder: str,
    max_pages: int,
    max_pixels: float,
    max_page_pixels: float,
    max_side: int,
    quality_percent: int,
) -> list[dict[str, Any]]:
    """{"page", "file", "width", "height"} of each page."""
    drawn = []
    with images.open_picture(Path(path), mime_type, max_pixels=max_pixels) as picture:
        pages = images.count_frames(picture, mime_type)
        _bound_pages(pages, max_pages)
        for page in range(1, pages + 1):
            images.go_to_frame(picture, page - 1, max_pixels=max_pixels)
            bounds = images.Bounds(max_pixels=max_page_pixels, max_side=max_side)
            upright = images.read_upright(picture, bounds)
            file = Path(folder) / f"page-{page}.jpg"
            upright.save(file, "JPEG", quality=quality_percent)
            drawn.append(_described(page, file))
    return drawn


def _bound_pages(pages: int, max_pages: int) -> None:
    if pages > max_pages:
        raise UnreadableError(UnreadableReason.TOO_MANY_PAGES)


def _look(
    path: Path, shapes: tuple[pdf.PdfPage, ...], seconds: float
) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        drawn = pictures.render(
            path,
            shapes,
            Path(folder),
            dpi=_LOOK_DPI,
            max_pixels=quality.MEASURED_SIDE**2,
            max_side=quality.MEASURED_SIDE,
            seconds=seconds,
        )
        return [_quality_of(drawn[page]) for page in sorted(drawn)]


def _quality_of(file: Path) -> dict[str, Any]:
    with images.open_picture(file, "image/jpeg", max_pixels=1e8) as picture:
        picture.load()
        return quality.measure(picture, full_size=picture.size).as_json()


def _described(page: int, file: Path) -> dict[str, Any]:
    width, height = pictures.size_of(file)
    return {"page": page, "file": str(file), "width": width, "height": height}
