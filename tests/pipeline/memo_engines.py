"""Stand-in OCR engines: fixed words, a model id by option, and a count of calls."""

from __future__ import annotations

from pathlib import Path

from catalog.regions import BoundingBox
from pipeline.engines.base import EngineError
from pipeline.words import PageWords, Word


class FixedOcr:
    """Reads the same words off every picture. calls counts over all instances."""

    calls = 0
    broken = False

    def __init__(self, name: str = "fixed-1", text: str = "Total 21.20") -> None:
        self.model_id = name
        self.text = text
        self.weights_digest = "0" * 64

    def read(self, image: Path, *, page: int) -> PageWords:
        type(self).calls += 1
        assert image.read_bytes().startswith(b"\xff\xd8")
        if self.broken:
            raise EngineError("out of order", permanent=True)
        words = tuple(
            Word(text, BoundingBox(0.1 + number / 10, 0.1, 0.18 + number / 10, 0.12), 1)
            for number, text in enumerate(self.text.split())
        )
        return PageWords(page, 900.0, 1200.0, words, "ocr")


class Other(FixedOcr):
    """Another backend under the same alias."""
