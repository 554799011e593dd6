"""A page to draw on: points, origin top left, y down; fonts come with ReportLab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

INK = "#1c1f24"
GREY = "#6a7078"
PALE = "#d9dce0"
WHITE = "#ffffff"
A4 = (595.28, 841.89)
LETTER = (612.0, 792.0)


@dataclass(frozen=True, slots=True)
class Faces:
    """Font names; squeeze is the width of the letters in per cent of their own."""

    regular: str
    bold: str
    italic: str
    squeeze: int = 100


VERA = Faces("Vera", "VeraBd", "VeraIt", 88)
HELVETICA = Faces("Helvetica", "Helvetica-Bold", "Helvetica-Oblique")
TIMES = Faces("Times-Roman", "Times-Bold", "Times-Italic")
COURIER = Faces("Courier", "Courier-Bold", "Courier-Oblique")


@cache
def _register_fonts() -> None:
    for name in ("Vera", "VeraBd", "VeraIt"):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))


def tint(colour: str, share: float) -> str:
    """The colour on white paper, share 0..1 of it."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - p) * share):02x}" for p in parts)


class Sheet:
    """Draws with one family of fonts; the same calls give the same bytes."""

    def __init__(
        self, size: tuple[float, float], faces: Faces, title: str, password: str = ""
    ) -> None:
        _register_fonts()
        self.width, self.height = size
        self.faces = faces
        self.page = 1
        self._bytes = BytesIO()
        lock = StandardEncryption(password, strength=128) if password else None
        self.canvas: Any = Canvas(self._bytes, pagesize=size, invariant=1, encrypt=lock)
        self.canvas.setTitle(title)

    def finish(self) -> bytes:
        self.canvas.save()
        return self._bytes.getvalue()

    def next_page(self) -> None:
        self.canvas.showPage()
        self.page += 1

    def text_width(
        self, text: str, size: float, face: str, spacing: float = 0
    ) -> float:
        width: float = pdfmetrics.stringWidth(text, self._font(face), size)
        return width * self.faces.squeeze / 100 + spacing * len(text)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        face: str = "regular",
        colour: str = INK,
        align: str = "left",
        spacing: float = 0,
    ) -> None:
        """One line with its baseline at y; x is the left edge, centre or right edge."""
        width = self.text_width(text, size, face, spacing)
        start = x - {"left": 0.0, "center": width / 2, "right": width}[align]
        line = self.canvas.beginText(start, self.height - y)
        line.setFont(self._font(face), size)
        line.setFillColor(HexColor(colour))
        line.setHorizScale(self.faces.squeeze)
        line.setCharSpace(spacing / self.faces.squeeze * 100)
        line.textOut(text)
        self.canvas.drawText(line)

    def lines(
        self, x: float, y: float, lines: Sequence[str], *, leading: float, **style: Any
    ) -> float:
        """Lines below each other; gives the baseline after the last."""
        for line in lines:
            self.text(x, y, line, **style)
            y += leading
        return y

    def rule(
        self, x0: float, y: float, x1: float, *, width: float = 0.6, colour: str = PALE
    ) -> None:
        self.stroke([(x0, y), (x1, y)], width=width, colour=colour)

    def stroke(
        self, points: Sequence[tuple[float, float]], *, width: float, colour: str
    ) -> None:
        self.canvas.setLineWidth(width)
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.drawPath(self._path(points), stroke=1, fill=0)

    def fill(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        self.canvas.setFillColor(HexColor(colour))
        path = self._path(points)
        path.close()
        self.canvas.drawPath(path, stroke=0, fill=1)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "",
        edge: str = "",
        radius: float = 0,
    ) -> None:
        """A rectangle with its top left corner at x, y."""
        self.canvas.setLineWidth(0.6)
        self.canvas.setFillColor(HexColor(fill or WHITE))
        self.canvas.setStrokeColor(HexColor(edge or WHITE))
        bottom = self.height - y - height
        self.canvas.roundRect(
            x,
            bottom,
            width,
            height,
            radius,
            stroke=int(bool(edge)),
            fill=int(bool(fill)),
        )

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.circle(x, self.height - y, radius, stroke=0, fill=1)

    def _font(self, face: str) -> str:
        name: str = getattr(self.faces, face)
        return name

    def _path(self, points: Sequence[tuple[float, float]]) -> Any:
        path = self.canvas.beginPath()
        for index, (x, y) in enumerate(points):
            (path.lineTo if index else path.moveTo)(x, self.height - y)
        return path
