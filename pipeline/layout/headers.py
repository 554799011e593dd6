"""Where a table of items begins: its heading, which may be several lines high."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.regions import BoundingBox
from pipeline.layout.cells import GAP, Cell, aspect_of, cell_of, cells_of
from pipeline.layout.columns import FOREIGN_KINDS, ITEM_KINDS, OTHER_KINDS, column_kind
from pipeline.layout.model import Line
from pipeline.words import PageWords

MONEY = re.compile(r"\d[.,]\d")
QUALIFIER = re.compile(
    r"^(?:in[ck]l|e?xc?l?|ohne|mit|o|zzgl|sans|avec|hors)\b", re.IGNORECASE
)
PRICED = frozenset(
    {"price", "unit_price", "unit", "amount", "tax", "article", "tax_amount", "date"}
)
MOST_WORDS = 40  # more on one line are no heading
TALLEST = 4  # lines that a heading may go up or down from its main line
PITCH = 1.1  # line heights; the widest gap between two lines of one heading


@dataclass(frozen=True, slots=True)
class Heading:
    """A table's heading: indexes of its lines, and its columns from left to right."""

    lines: tuple[int, ...]
    columns: tuple[tuple[str, str, BoundingBox], ...]  # text, kind, box
    is_items: bool


def headings_of(page: PageWords, lines: Sequence[Line]) -> list[Heading]:
    """Headings on a page, top to bottom; those not of items only end tables."""
    found: list[Heading] = []
    taken = -1
    for index, line in enumerate(lines):
        if index <= taken or len(line.words) > MOST_WORDS or MONEY.search(line.text):
            continue
        parts = parts_of(page, line)
        kinds = {column_kind(part.text) for part in parts}
        if not may_be_heading(kinds, len(parts)):
            continue
        heading = grown(page, lines, index, taken)
        if heading is not None:
            found.append(heading)
            taken = heading.lines[-1]
    return found


def may_be_heading(kinds: set[str], parts: int) -> bool:
    """Whether a line with headings of these kinds can be the main line of one."""
    if parts < 2:
        return False
    if len(kinds & FOREIGN_KINDS) >= 1 and len(kinds - {""}) >= 2:
        return True
    known = kinds & (ITEM_KINDS | OTHER_KINDS)
    return bool(kinds & {"amount", "price", "unit_price"}) and len(known) >= 2


def grown(
    page: PageWords, lines: Sequence[Line], seed: int, taken: int
) -> Heading | None:
    """The heading around its main line, with the lines above and below that it has."""
    boxes = [part.bbox for part in parts_of(page, lines[seed])]
    members = [seed]
    for step in (-1, 1):
        edge = seed
        for index in range(seed + step, seed + step * (TALLEST + 1), step):
            if not taken < index < len(lines):
                break
            if not belongs(page, lines[index], lines[edge], boxes, step):
                break
            members.append(index)
            edge = index
    members.sort()
    columns = stacked(page, [lines[i] for i in members])
    kinds = [kind for _, kind, _ in columns]
    return Heading(tuple(members), columns, is_items(kinds)) if columns else None


def belongs(
    page: PageWords, line: Line, edge: Line, boxes: Sequence[BoundingBox], step: int
) -> bool:
    """Whether a line above (step -1) or below is one more line of a heading."""
    upper, lower = (line, edge) if step < 0 else (edge, line)
    height = min(line.bbox.height, edge.bbox.height)
    if lower.bbox.top - upper.bbox.bottom > PITCH * height * 0.6:
        return False
    if len(line.words) > MOST_WORDS or re.search(r"\d|:\s|:$", line.text):
        return False
    parts = parts_of(page, line)
    known = any(column_kind(part.text) for part in parts)
    margin = 0.01
    inside = all(
        any(
            p.bbox.left < b.right + margin and p.bbox.right > b.left - margin
            for b in boxes
        )
        for p in parts
    )
    wide = any(part.bbox.width > 0.35 for part in parts)
    return not wide and (inside or known) and (known or len(line.words) <= 4)


def is_items(kinds: Sequence[str]) -> bool:
    """Whether columns of these kinds make a table of items, not of taxes or dues."""
    known = set(kinds)
    if not known & {"amount", "price", "unit_price"}:
        return False
    if known & FOREIGN_KINDS:
        return "description" in known and bool(known & {"quantity", "unit_price"})
    others = known - {"", "amount", "tax"}
    return bool(others)


def parts_of(page: PageWords, line: Line) -> list[Cell]:
    """A heading line's cells, split also where two headings stand close together."""
    parts: list[Cell] = []
    aspect = aspect_of(page)
    for cell in cells_of(page, line):
        run = [cell.words[0]]
        for one, other in zip(cell.words, cell.words[1:], strict=False):
            a, b = page.words[one], page.words[other]
            gap = (b.bbox.left - a.bbox.right) / max(aspect * b.bbox.height, 1e-6)
            mine, next_ = column_kind(cell_of(page, run).text), column_kind(b.text)
            if mine and next_ and gap > widest_space(mine, next_, a.text, b.text):
                parts.append(cell_of(page, run))
                run = []
            run.append(other)
        parts.append(cell_of(page, run))
    return parts


def widest_space(kind: str, following: str, last: str, text: str) -> float:
    """The widest gap, in word heights, between two such words of one heading."""
    if kind == following or text[:1] in "([" or QUALIFIER.match(last):
        return GAP
    if {kind, following} <= PRICED:
        return 0.6  # "unit price" is one heading, and so may "price VAT" be
    return 0.3


def stacked(
    page: PageWords, lines: Sequence[Line]
) -> tuple[tuple[str, str, BoundingBox], ...]:
    """The columns of a heading: what stands above each other belongs together."""
    parts = [part for line in lines for part in parts_of(page, line)]
    columns: list[list[Cell]] = []
    for part in sorted(parts, key=lambda p: p.bbox.width):
        home = [c for c in columns if any(above(part.bbox, p.bbox) for p in c)]
        if not home:
            columns.append([part])
            continue
        home[0].append(part)
        for other in home[1:]:
            if part.bbox.width < 0.2:
                home[0].extend(other)
                columns.remove(other)
    made = []
    for column in columns:
        column.sort(key=lambda part: part.bbox.top)
        text = " ".join(part.text for part in column).replace("- ", "-")
        box = BoundingBox.around(part.bbox for part in column)
        made.append((text, column_kind(text), box))
    made.sort(key=lambda item: item[2].left)
    return tuple(made)


def above(one: BoundingBox, other: BoundingBox) -> bool:
    """Whether two boxes share most of the narrower one's width."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0.4 * min(one.width, other.width)


def moved(heading: Heading) -> Heading:
    """The same columns without lines: for a table that goes on on the next page."""
    return replace(heading, lines=())
