"""Cells: the parts of a line that wide gaps set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.regions import BoundingBox
from pipeline.layout.model import Line
from pipeline.words import PageWords, text_of

GAP = 0.9  # word heights; a wider gap sets two cells apart


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand close together on one line: indexes into the page's words."""

    words: tuple[int, ...]
    text: str
    bbox: BoundingBox


def cell_of(page: PageWords, words: Sequence[int]) -> Cell:
    found = [page.words[i] for i in words]
    return Cell(
        tuple(words), text_of(found), BoundingBox.around(word.bbox for word in found)
    )


def cells_of(page: PageWords, line: Line, gap: float = GAP) -> list[Cell]:
    """The line's cells, left to right; gap is in word heights."""
    aspect = aspect_of(page)
    groups: list[list[int]] = []
    right = height = 0.0
    for index in line.words:
        box = page.words[index].bbox
        if groups and box.left - right <= gap * min(height, box.height) * aspect:
            groups[-1].append(index)
        else:
            groups.append([index])
        right, height = max(right, box.right), box.height
    return [cell_of(page, group) for group in groups]


def aspect_of(page: PageWords) -> float:
    """By how much a length in page heights must be multiplied for page widths."""
    return page.height / page.width if page.width > 0 else 1.0
