"""Stand-in OCR engines that do not give the same twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import ClassVar

from catalog.regions import BoundingBox
from pipeline.words import PageWords, Word
from tests.pipeline.memo_engines import FixedOcr


class Drifting(FixedOcr):
    """The same words, five times a little further to the right: shift a call."""

    shift: ClassVar[float] = 0.001
    calls_made: ClassVar[count[int]] = count()
    determinism = "tolerance"
    tolerance = 0.02

    def read(self, image: Path, *, page: int) -> PageWords:
        by = self.shift * (next(self.calls_made) % 5)
        return _moved(super().read(image, page=page), by)


class Dreaming(Drifting):
    """Says openly that it does not repeat itself."""

    determinism = "stochastic"
    shift: ClassVar[float] = 0.05


class Lying(Drifting):
    """Promises every byte, and does not keep it."""

    determinism = "bitwise"
    tolerance = 0.0


def _moved(words: PageWords, by: float) -> PageWords:
    def moved(word: Word) -> Word:
        box = word.bbox
        there = BoundingBox(box.left + by, box.top, box.right + by, box.bottom)
        return replace(word, bbox=there)

    return replace(words, words=tuple(moved(word) for word in words.words))
