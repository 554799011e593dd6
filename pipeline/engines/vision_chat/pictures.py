"""Parts of page pictures as JPEG, no larger than a service looks at them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from catalog.regions import BoundingBox

_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG bytes and their size in pixels."""

    data: bytes
    width: int
    height: int


def cut_out(page: Path, area: BoundingBox, *, longest_side: int) -> Picture:
    """An area of one of our own page pictures, made smaller where it is too large."""
    with Image.open(page, formats=("JPEG",)) as opened:
        width, height = opened.size
        left, top = int(area.left * width), int(area.top * height)
        right = max(left + 1, round(area.right * width))
        bottom = max(top + 1, round(area.bottom * height))
        cut = opened.convert("RGB").crop((left, top, right, bottom))
    factor = longest_side / max(cut.size)
    if factor < 1:
        size = tuple(max(1, round(side * factor)) for side in cut.size)
        cut = cut.resize((size[0], size[1]), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=_QUALITY)
    return Picture(out.getvalue(), cut.width, cut.height)
