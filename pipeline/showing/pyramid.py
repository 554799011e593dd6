"""A page in tiles: the original's own pixels, and halves of them. In the sandbox.

A pack is one file: how long the index is (8 digits), the index as JSON, the tiles.
The index: {"tile": side, "levels": [{"width", "height", "columns", "at": [[offset,
length], ...]}]}, the largest level first, tiles row by row, offsets behind the index.
"""

from __future__ import annotations

import io
import json
import math
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline.reading import images, pdf, pictures
from pipeline.reading.errors import UnreadableError, UnreadableReason

TILE = 512  # pixels
QUALITY = 82
DIGITS = 8
# Of a page that is drawn for its tiles.
PDF_DPI, PDF_PIXELS, PDF_SIDE = 300, 120_000_000, 20_000
# A page whose picture has nearly all its pixels gains nothing by tiles.
WORTH = 1.5
AS_LARGE_AS_IT_IS = images.Bounds(max_pixels=math.inf, max_side=1 << 30)
ORIENTATION = 0x0112  # the tag of EXIF
_TURNED = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}


def make_pack(
    path: str,
    mime_type: str,
    page: int,
    turns: int,
    shown_pixels: int,
    max_pixels: float,
    seconds: float,
    to: str,
) -> dict[str, Any]:
    """Write the pack of a page (from 1); {"levels": how many}, 0 where it would show no
    more than the page picture does, which has so many pixels (shown_pixels).

    turns: quarters, clockwise. Raises UnreadableError, MemoryError.
    """
    if mime_type == "application/pdf":
        with tempfile.TemporaryDirectory(dir=Path(to).parent) as folder:
            drawn = _drawn(Path(path), page, Path(folder), seconds)
            one = (drawn, "image/jpeg", 1)
            return _from_file(*one, turns, shown_pixels, max_pixels, to)
    return _from_file(Path(path), mime_type, page, turns, shown_pixels, max_pixels, to)


def _from_file(
    path: Path,
    mime_type: str,
    page: int,
    turns: int,
    shown_pixels: int,
    max_pixels: float,
    to: str,
) -> dict[str, Any]:
    with images.open_picture(path, mime_type, max_pixels=max_pixels) as opened:
        images.go_to_frame(opened, page - 1, max_pixels=max_pixels)
        if opened.width * opened.height < shown_pixels * WORTH:
            return {"levels": 0}
        picture = _upright(opened)
        if turns:
            picture = picture.transpose(_TURNED[turns])
        levels, tiles = _tiles(picture, shown_pixels)
    index = json.dumps({"tile": TILE, "levels": levels}).encode()
    with Path(to).open("wb") as out, tiles:
        out.write(f"{len(index):0{DIGITS}d}".encode() + index)
        tiles.seek(0)
        while piece := tiles.read(1 << 20):
            out.write(piece)
    return {"levels": len(levels)}


def _upright(opened: Image.Image) -> Image.Image:
    """Without a copy where nothing is to be turned: it may be most of a gigabyte."""
    if opened.mode in ("RGB", "L") and opened.getexif().get(ORIENTATION, 1) == 1:
        opened.load()
        return opened
    return images.read_upright(opened, AS_LARGE_AS_IT_IS)


def _tiles(picture: Image.Image, shown_pixels: int) -> tuple[list[dict[str, Any]], Any]:
    """The levels, and a file with the tiles of all of them."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    levels = []
    while True:
        levels.append(_level(picture, out))
        if picture.width * picture.height <= shown_pixels * WORTH * 4:
            return levels, out
        picture = picture.reduce(2)


def _level(picture: Image.Image, out: Any) -> dict[str, Any]:
    places = []
    for top in range(0, picture.height, TILE):
        for left in range(0, picture.width, TILE):
            right, bottom = left + TILE, top + TILE
            edges = (left, top, min(right, picture.width), min(bottom, picture.height))
            data = io.BytesIO()
            picture.crop(edges).save(data, "JPEG", quality=QUALITY)
            places.append([out.tell(), data.tell()])
            out.write(data.getvalue())
    return {
        "width": picture.width,
        "height": picture.height,
        "columns": -(-picture.width // TILE),
        "at": places,
    }


def _drawn(path: Path, page: int, folder: Path, seconds: float) -> Path:
    sizes = pdf.page_sizes(path, last=page, seconds=seconds)
    wanted = [size for size in sizes if size.page == page]
    files = pictures.render(
        path,
        wanted,
        folder,
        dpi=PDF_DPI,
        max_pixels=PDF_PIXELS,
        max_side=PDF_SIDE,
        seconds=seconds,
    )
    if page not in files:
        raise UnreadableError(UnreadableReason.BROKEN)
    return files[page]
