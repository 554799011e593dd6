"""A page of 14,000 x 20,000 pixels, drawn: lines of small print."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 14_000, 20_000
LINE = 60  # pixels from line to line
INK, PAPER = "#191e3c", "#faf9f4"


def draw(
    path: Path, *, mode: str = "RGB", size: tuple[int, int] = (WIDTH, HEIGHT)
) -> None:
    """Written in the form that the name's end says."""
    page = Image.new(mode, size, PAPER)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=36)
    text = "Position 000000 0.00 EUR net of tax, delivered as ordered; " * 12
    for number, top in enumerate(range(200, size[1] - 200, LINE)):
        line = f"{number:06d} {text}"
        pen.text((200, top), line[: size[0] // 21], fill=INK, font=font)
    if path.suffix == ".png":
        page.save(path, compress_level=1)
    else:
        page.save(path, quality=85)
