"""Blocks: columns and paragraphs, built from cells that stand below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.regions import BoundingBox
from pipeline.layout.cells import Cell
from pipeline.layout.model import Block

BANDS = 60  # page widths are cut into this many bands to find what stands above
TIGHT = 0.9  # cell heights; a wider gap begins a new paragraph
ALIKE = 0.55  # cells whose heights differ more are of different blocks
OVERLAP = 0.3  # share of the narrower cell's width that must be shared


@dataclass(slots=True)
class OpenBlock:
    """A block while it grows downwards; last is the cell at its end."""

    last: Cell
    lines: list[int]
    words: list[int]
    boxes: list[BoundingBox]


def blocks_of(number: int, cells: Sequence[Sequence[Cell]]) -> tuple[Block, ...]:
    """The blocks of a page, top to bottom; cells are those of each of its lines."""
    blocks: list[OpenBlock] = []
    above: dict[int, OpenBlock] = {}
    for line, line_cells in enumerate(cells):
        homes = [home_of(cell, above) for cell in line_cells]
        for cell, home in zip(line_cells, homes, strict=True):
            if home is None or home.lines[-1] == line:
                home = OpenBlock(cell, [], [], [])
                blocks.append(home)
            home.last = cell
            home.lines.append(line)
            home.words.extend(cell.words)
            home.boxes.append(cell.bbox)
            for band in bands_of(cell.bbox):
                above[band] = home
    made = (
        Block(number, tuple(b.lines), BoundingBox.around(b.boxes), tuple(b.words))
        for b in blocks
    )
    return tuple(sorted(made, key=lambda block: (block.bbox.top, block.bbox.left)))


def bands_of(box: BoundingBox) -> range:
    return range(int(box.left * BANDS), int(box.right * BANDS) + 1)


def home_of(cell: Cell, above: dict[int, OpenBlock]) -> OpenBlock | None:
    """The block that a cell continues: the one right above that shares most with it."""
    best, best_shared = None, 0.0
    seen: set[int] = set()
    for band in bands_of(cell.bbox):
        block = above.get(band)
        if block is None or id(block) in seen:
            continue
        seen.add(id(block))
        shared = shared_width(cell.bbox, block.last.bbox)
        if shared > best_shared and follows(cell.bbox, block.last.bbox, shared):
            best, best_shared = block, shared
    return best


def shared_width(one: BoundingBox, other: BoundingBox) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def follows(box: BoundingBox, above: BoundingBox, shared: float) -> bool:
    """Whether a cell is the next line below another one."""
    low, high = sorted((box.height, above.height))
    near = box.top - above.bottom <= TIGHT * low
    return (
        near and low >= ALIKE * high and shared >= OVERLAP * min(box.width, above.width)
    )
