"""Inputs for the reading steps' tests: files drawn on the spot, steps called bare."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen import canvas

from catalog.sniffing import sniff
from pipeline.steps.base import Output, SourceFacts, StepInput

A4 = (595.0, 842.0)  # points


def text_picture(
    *lines: str, size: tuple[int, int] = (900, 1200), letters: int = 36
) -> Image.Image:
    """Black lines on white, the first a little below the top."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(letters)
    for number, line in enumerate(lines):
        pen.text((60, 80 + number * letters * 2), line, fill="black", font=font)
    return picture


def write_pdf(
    path: Path,
    *pages: tuple[str, ...] | Image.Image,
    size: tuple[float, float] = A4,
    password: str | None = None,
) -> Path:
    """A PDF with a page for each tuple of lines, and for each picture drawn over it."""
    paper = canvas.Canvas(str(path), pagesize=size, encrypt=password)
    for page in pages:
        if isinstance(page, Image.Image):
            paper.drawInlineImage(page, 0, 0, *size)
        else:
            for number, line in enumerate(page):
                paper.drawString(60, size[1] - 80 - number * 20, line)
        paper.showPage()
    paper.save()
    return path


def no_engine(alias: str) -> Any:
    raise AssertionError(f"no engine was to be asked for, not {alias}")


def step_input(
    original: Path,
    workdir: Path,
    *,
    params: dict[str, Any] | None = None,
    upstream: tuple[Output, ...] = (),
    engine: Callable[[str], Any] = no_engine,
) -> StepInput:
    """What the runner would give for the file."""
    workdir.mkdir(exist_ok=True)
    content = original.read_bytes()
    sniffed = sniff(content)
    source = SourceFacts(
        content_hash=hashlib.sha256(content).hexdigest(),
        mime_type=sniffed.mime_type,
        modality=sniffed.modality,
        bytes=len(content),
    )
    return StepInput(source, original, workdir, params or {}, (), upstream, engine)
