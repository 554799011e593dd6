"""Neighbours: printed labels with what stands right of or below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.layout.blocks import bands_of, shared_width
from pipeline.layout.cells import Cell, cell_of
from pipeline.layout.model import Neighbour
from pipeline.words import PageWords

LETTERS = re.compile(r"[^\W\d_]{2}")
DIGIT = re.compile(r"\d")
LONGEST = 6  # words; more are a sentence, not a label
REACH = 2.0  # label heights that a value may stand below
ASIDE = 0.45  # page widths that a value may stand to the right


def neighbours_of(
    page: PageWords, cells: Sequence[Sequence[Cell]]
) -> tuple[Neighbour, ...]:
    """Candidates for labels and their values; cells are those of each line."""
    found: list[Neighbour] = []
    waiting: dict[int, Cell] = {}
    for line in cells:
        for place, cell in enumerate(line):
            found.extend(within(page, cell))
            if place + 1 < len(line) and is_label(cell):
                following = line[place + 1]
                if following.bbox.left - cell.bbox.right < ASIDE:
                    found.append(pair(page, cell, following, "right"))
        for cell in line:
            found.extend(
                pair(page, label, cell, "below") for label in above(cell, waiting)
            )
        for cell in line:
            for band in bands_of(cell.bbox):
                waiting[band] = cell
    return tuple(found)


def is_label(cell: Cell) -> bool:
    """Whether a cell can be a label: a few words, not mainly figures."""
    return (
        len(cell.words) <= LONGEST
        and LETTERS.search(cell.text) is not None
        and len(DIGIT.findall(cell.text)) * 3 <= len(cell.text)
    )


def within(page: PageWords, cell: Cell) -> Iterator[Neighbour]:
    """A label that ends in a colon, and the rest of its cell."""
    for place in range(min(len(cell.words) - 1, LONGEST)):
        if page.words[cell.words[place]].text.endswith(":"):
            label = cell_of(page, cell.words[: place + 1])
            if LETTERS.search(label.text):
                value = cell_of(page, cell.words[place + 1 :])
                yield pair(page, label, value, "right")
            return


def above(cell: Cell, waiting: dict[int, Cell]) -> Iterator[Cell]:
    """The labels that a cell stands right below of."""
    seen: set[int] = set()
    for band in bands_of(cell.bbox):
        label = waiting.get(band)
        if label is None or label.words[0] in seen:
            continue
        seen.add(label.words[0])
        gap = cell.bbox.top - label.bbox.bottom
        shared = shared_width(cell.bbox, label.bbox)
        if shared > 0 and gap < REACH * label.bbox.height and is_label(label):
            yield label


def pair(page: PageWords, label: Cell, value: Cell, direction: str) -> Neighbour:
    return Neighbour(page.page, label.words, value.words, direction)
