"""Page pictures that lie on a side or upside down: only ever our own drawings, JPEG."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.words import PageWords

_TURNS = {
    1: Image.Transpose.ROTATE_270,  # Pillow turns to the left
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
_QUALITY = 92


def set_upright(picture: Path, turns: int, to: Path) -> None:
    """Write the picture turned clockwise by 1, 2 or 3 quarters."""
    with Image.open(picture, formats=("JPEG",)) as opened:
        opened.transpose(_TURNS[turns]).save(to, "JPEG", quality=_QUALITY)


def surely_read(page: PageWords) -> float:
    """How many letters were read, each by its word's confidence."""
    return sum(word.confidence * len(word.text) for word in page.words)
