"""Draws printed rows as a till's thermal printer does, in letters of one width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

from reviewer.demo.receipts import WIDTH, Row

CELL = 17
LINE = 33
MARGIN = 44
_SIZE = 25
_SLABS = "ilI"


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "VeraBd.ttf" if bold else "Vera.ttf"
    path = Path(reportlab.__file__).parent / "fonts" / name
    return ImageFont.truetype(str(path), _SIZE)


@cache
def _glyph(letter: str, *, bold: bool) -> Image.Image:
    """The letter's ink in a cell; wide letters are squeezed, thin ones get slabs."""
    font = _font(bold=bold)
    width = max(CELL, round(font.getlength(letter)))
    picture = Image.new("L", (width, LINE))
    draw = ImageDraw.Draw(picture)
    base = round(LINE * 0.76)
    draw.text((width / 2, base), letter, font=font, fill=255, anchor="ms")
    if letter in _SLABS:
        stroke, middle, half = (4 if bold else 3), width // 2, round(CELL * 0.32)
        left = middle if letter == "l" else middle - half
        draw.rectangle((left, base - stroke, middle + half, base - 1), fill=255)
        top = (picture.getbbox() or (0, 0))[1] + (7 if letter == "i" else 0)
        right = middle + (half if letter == "I" else 0)
        draw.rectangle((middle - half, top, right, top + stroke - 1), fill=255)
    if width > CELL:
        picture = picture.resize((CELL, LINE), Image.Resampling.BICUBIC)
    return picture


def draw_rows(rows: Sequence[Row], *, bold: bool, barcode: int) -> Image.Image:
    """An RGB picture of black print on white; barcode's digits make the bars."""
    height = sum(LINE * row.scale for row in rows) + 3 * MARGIN + 70
    ink = Image.new("L", (WIDTH * CELL + 2 * MARGIN, height))
    y = MARGIN
    for row in rows:
        line = Image.new("L", (len(row.text) * CELL or 1, LINE))
        for index, letter in enumerate(row.text):
            line.paste(_glyph(letter, bold=bold or row.bold), (index * CELL, 0))
        if row.scale > 1:
            size = (line.width * row.scale, line.height * row.scale)
            line = line.resize(size, Image.Resampling.BICUBIC)
        x = (ink.width - line.width) // 2 if row.centered else MARGIN
        if row.inverse:
            ink.paste(255, (MARGIN, y, ink.width - MARGIN, y + line.height))
            line = Image.eval(line, lambda value: 255 - value)
        ink.paste(line, (x, y))
        y += LINE * row.scale
    _draw_bars(ink, y + MARGIN // 2, barcode)
    return Image.eval(ink, lambda value: 255 - value * 9 // 10).convert("RGB")


def _draw_bars(ink: Image.Image, y: int, number: int) -> None:
    draw = ImageDraw.Draw(ink)
    x = ink.width // 2 - 150
    for digit in str(number**4).ljust(20, "5")[:20]:
        for part in (int(digit) % 3 + 1, int(digit) % 4 + 1):
            draw.rectangle((x, y, x + part * 2 - 1, y + 64), fill=255)
            x += part * 2 + 4
