"""Words with boxes: what every OCR engine and PDF gives, whatever its own form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from catalog.regions import BoundingBox

WordOrigin = Literal["embedded", "ocr", "none"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read; confidence 0..1, 1 for words that a PDF carries itself."""

    text: str
    bbox: BoundingBox
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of one page in reading order, and how the page is shaped.

    page counts from 1; width and height are those of the upright page in points or
    pixels (only their ratio matters); origin says whether words were embedded in the
    file, read by OCR, or not to be found.
    """

    page: int
    width: float
    height: float
    words: tuple[Word, ...]
    origin: WordOrigin

    def as_json(self) -> dict[str, Any]:
        return {
            "page": self.page,
            "width": round(self.width, 2),
            "height": round(self.height, 2),
            "origin": self.origin,
            "words": [
                [w.text, *w.bbox.as_list(), round(w.confidence, 4)] for w in self.words
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PageWords:
        return cls(
            page=int(data["page"]),
            width=float(data["width"]),
            height=float(data["height"]),
            words=tuple(
                Word(
                    str(text), BoundingBox(left, top, right, bottom), float(confidence)
                )
                for text, left, top, right, bottom, confidence in data["words"]
            ),
            origin=data["origin"],
        )


def text_of(words: Sequence[Word]) -> str:
    """The words' texts with single spaces between."""
    return " ".join(word.text for word in words)
