"""Cut-outs of page pictures, and what is painted over in them.

Page pictures are our own drawings, so this runs where it is called; its bounds are
there all the same, since a version may ask for large ones.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from catalog.regions import BoundingBox
from pipeline.showing.tiles import Pack

# A larger page picture is shown as tiles, never cut.
MOST_PIXELS = 60_000_000
COVER = (122, 122, 122)  # over what others may see and this person may not
NOTHING = (226, 226, 226)  # where the page was not granted
# The boxes of a PDF's own words leave out the tops of tall letters, and scans blur:
# so much more is painted over, in heights of the box, and so much less is left free.
COVER_OUTSET, ASKED_OUTSET = 0.25, 0.1
_CROP_QUALITY, _PAGE_QUALITY = 80, 80


class CannotCut(Exception):
    """The picture is no page picture of ours, or too large to be cut."""


@dataclass(frozen=True, slots=True)
class Veil:
    """What is painted over: the hidden boxes, but for what is asked about."""

    hidden: Sequence[BoundingBox] = ()
    asked: Sequence[BoundingBox] = ()

    @property
    def key(self) -> str:
        """Names what it hides, for a tag of the picture."""
        return repr(
            [[b.as_list() for b in boxes] for boxes in (self.hidden, self.asked)]
        )


CLEAR = Veil()


def cut(data: bytes, box: BoundingBox, *, width: int, veil: Veil = CLEAR) -> bytes:
    """WebP of a part of a page picture, at most so many pixels wide, never enlarged.

    box: in page fractions. Raises CannotCut.
    """
    page = _page(data)
    edges = _pixels(box, page.size)
    return _finished(page.crop(edges), page.size, edges[:2], width, veil)


def cut_tiles(pack: Pack, box: BoundingBox, *, width: int, veil: Veil = CLEAR) -> bytes:
    """As cut(), with the original's own pixels, out of its tiles. Raises CannotCut."""
    level, size = _level(pack.sizes, box, width)
    edges = left, top, right, bottom = _pixels(box, size)
    if (right - left) * (bottom - top) > MOST_PIXELS:
        raise CannotCut
    part, side = Image.new("RGB", (right - left, bottom - top)), pack.side
    for y in range(top // side, -(-bottom // side)):
        for x in range(left // side, -(-right // side)):
            tile = Image.open(io.BytesIO(pack.tile(level, x, y)), formats=("JPEG",))
            part.paste(tile.convert("RGB"), (x * side - left, y * side - top))
    return _finished(part, size, edges[:2], width, veil)


def _level(
    sizes: Sequence[Sequence[int]], box: BoundingBox, width: int
) -> tuple[int, tuple[int, int]]:
    """The smallest level of which the box has so many pixels across, and its size."""
    enough = [n for n, (across, _) in enumerate(sizes) if across * box.width >= width]
    level = enough[-1] if enough else 0
    return level, (sizes[level][0], sizes[level][1])


def _finished(
    part: Image.Image,
    page: tuple[int, int],
    corner: tuple[int, int],
    width: int,
    veil: Veil,
) -> bytes:
    """corner: where the part begins on the page."""
    _paint_over(part, page, corner, veil)
    if part.width > width:
        high = max(round(part.height * width / part.width), 1)
        part = part.resize((width, high), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _saved(part, "WEBP", quality=_CROP_QUALITY, method=2)


def windows(data: bytes, granted: Iterable[BoundingBox], *, veil: Veil) -> bytes:
    """JPEG of the page's size that shows the granted boxes only. Raises CannotCut."""
    page = _page(data)
    shown = Image.new("RGB", page.size, NOTHING)
    for box in granted:
        edges = _pixels(box, page.size)
        shown.paste(page.crop(edges), edges[:2])
    _paint_over(shown, page.size, (0, 0), veil)
    return _saved(shown, "JPEG", quality=_PAGE_QUALITY)


def _page(data: bytes) -> Image.Image:
    try:
        page = Image.open(io.BytesIO(data), formats=("JPEG",))
        if page.width * page.height > MOST_PIXELS:
            raise CannotCut
        return page.convert("RGB")
    except OSError as error:
        raise CannotCut from error


def _paint_over(
    part: Image.Image,
    page: tuple[int, int],
    corner: tuple[int, int],
    veil: Veil,
) -> None:
    """corner: where the part begins on the page."""
    if not veil.hidden:
        return
    bare = part.copy()
    draw = ImageDraw.Draw(part)
    for box in veil.hidden:
        edges = _moved(_pixels(_grown(box, COVER_OUTSET), page), corner)
        draw.rectangle(edges, fill=COVER)
    for box in veil.asked:
        asked = _within(_moved(_pixels(_grown(box, ASKED_OUTSET), page), corner), part)
        if asked is not None:
            part.paste(bare.crop(asked), asked[:2])


def _grown(box: BoundingBox, outset: float) -> BoundingBox:
    gap = box.height * outset
    return BoundingBox.clamped(
        box.left - gap, box.top - gap, box.right + gap, box.bottom + gap
    )


Edges = tuple[int, int, int, int]


def _pixels(box: BoundingBox, size: tuple[int, int]) -> Edges:
    """At least one pixel."""
    width, height = size
    left = min(int(box.left * width), width - 1)
    top = min(int(box.top * height), height - 1)
    right = max(min(round(box.right * width), width), left + 1)
    bottom = max(min(round(box.bottom * height), height), top + 1)
    return left, top, right, bottom


def _moved(edges: Edges, corner: tuple[int, int]) -> Edges:
    x, y = corner
    return edges[0] - x, edges[1] - y, edges[2] - x, edges[3] - y


def _within(edges: Edges, part: Image.Image) -> Edges | None:
    left, top = max(edges[0], 0), max(edges[1], 0)
    right, bottom = min(edges[2], part.width), min(edges[3], part.height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _saved(picture: Image.Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
