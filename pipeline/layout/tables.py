"""Tables of items: heading, columns with edges, and rows that may be several lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from catalog.regions import BoundingBox, Region
from pipeline.layout.cells import cells_of
from pipeline.layout.columns import is_payment, is_subtotal, is_tax, is_total
from pipeline.layout.headers import Heading, headings_of, moved
from pipeline.layout.model import Line, TableColumn, TableRegion
from pipeline.words import PageWords

VALUE = re.compile(
    r"^[^\w]{0,3}(?:[A-Z]{2,3})?[^\w]{0,2}\d[\d.,']*[^\w]{0,3}(?:EUR|RM)?$"
)
DAY = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]")
WORD = re.compile(r"[^\W\d_]{4}")
LETTERS = re.compile(r"[^\W\d_]{2}")
MONEY = re.compile(
    r"\d[.,]\s?\d{2}(?!\d)(?!\s*%)|(?:[€$£₹]|\b(?:EUR|USD|RM|Rs\.?)) ?\d", re.IGNORECASE
)
LONGEST_VALUE = 24  # letters
NEAR = 0.045  # page widths; how far a value may stand from its heading
FOOT = 0.965  # page heights; below are only page numbers


def tables_of(
    pages: Sequence[PageWords], lines: Sequence[Sequence[Line]]
) -> list[list[TableRegion]]:
    """The tables of items on each page; lines are those of the page."""
    tables: list[list[TableRegion]] = []
    open_heading: Heading | None = None
    for page, page_lines in zip(pages, lines, strict=True):
        headings = headings_of(page, page_lines)
        found: list[TableRegion] = []
        starts = [(h.lines[0], h) for h in headings]
        if open_heading is not None:
            starts.insert(0, (-1, moved(open_heading)))
        for place, (_, heading) in enumerate(starts):
            end = starts[place + 1][0] if place + 1 < len(starts) else len(page_lines)
            if not heading.is_items:
                open_heading = None
                continue
            table, ended = table_of(page, page_lines, heading, end)
            if table is not None:
                found.append(table)
            open_heading = None if ended else heading
        tables.append(found)
    return tables


def table_of(
    page: PageWords, lines: Sequence[Line], heading: Heading, end: int
) -> tuple[TableRegion | None, bool]:
    """The table under a heading, and whether it ended on this page."""
    main = main_column(heading)
    first = heading.lines[-1] + 1 if heading.lines else 0
    body: list[int] = []
    anchors: list[int] = []
    ended = False
    for index in range(first, end):
        line = lines[index]
        if line.bbox.top > FOOT:
            break
        row = label_of(page, line)
        if row in ("total", "payment"):
            ended = True
            break
        if row == "subtotal":
            anchors.append(-index)
        elif value_in(page, line, heading, main):
            anchors.append(index)
        body.append(index)
    rows = rows_of(lines, body, [a for a in anchors if a >= 0], heading, page)
    skipped = {-a for a in anchors if a < 0}
    rows = [tuple(i for i in row if i not in skipped) for row in rows]
    rows = [row for row in rows if row]
    if not rows:
        return None, ended
    every = [lines[i].bbox for row in (heading.lines, *rows) for i in row]
    box = BoundingBox.around(every)
    columns = columns_with_edges(page, lines, heading, rows)
    return TableRegion(Region(page.page, box), columns, (heading.lines, *rows)), ended


def main_column(heading: Heading) -> int:
    """The column whose values make the rows: the amounts, else the prices."""
    for kinds in (("amount",), ("price",), ("unit_price",)):
        places = [i for i, (_, kind, _) in enumerate(heading.columns) if kind in kinds]
        if places:
            return places[-1]
    return len(heading.columns) - 1


def label_of(page: PageWords, line: Line) -> str:
    """What a line says of the rows above it: "total", "subtotal", "payment" or ""."""
    if not MONEY.search(line.text):
        return ""
    lettered = [cell for cell in cells_of(page, line) if LETTERS.search(cell.text)]
    for place, cell in enumerate(lettered):
        if is_subtotal(cell.text):
            return "subtotal"
        if is_total(cell.text) or (place == 0 and is_tax(cell.text)):
            return "total"
        if place == 0 and is_payment(cell.text):
            return "payment"
    return ""


def value_in(page: PageWords, line: Line, heading: Heading, main: int) -> bool:
    """Whether the line has a value in the main column, and no sentence runs into it."""
    before = ""
    for index in line.words:
        word = page.words[index]
        if (
            is_value(word.text)
            and nearest(word.bbox, heading) == main
            and not WORD.search(before)
        ):
            return True
        before = word.text
    return False


def is_value(text: str) -> bool:
    """Whether a word is a number, with or without a currency; days are none."""
    if len(text) > LONGEST_VALUE:
        return False
    return VALUE.match(text) is not None and DAY.match(text) is None


def nearest(box: BoundingBox, heading: Heading) -> int | None:
    """The column that a value stands in; None if it stands in none."""
    best, best_miss = None, NEAR
    for place, (_, _, column) in enumerate(heading.columns):
        miss = min(
            abs(box.left - column.left),
            abs(box.right - column.right),
            abs(box.center[0] - column.center[0]),
        )
        if miss < best_miss:
            best, best_miss = place, miss
    return best


def rows_of(
    lines: Sequence[Line],
    body: Sequence[int],
    anchors: Sequence[int],
    heading: Heading,
    page: PageWords,
) -> list[tuple[int, ...]]:
    """Each anchor's lines: from where its row begins to where the next one begins."""
    starts = []
    inside = set(body)
    for place, anchor in enumerate(anchors):
        before = anchors[place - 1] if place else -1
        start = anchor
        height = lines[anchor].bbox.height
        while start - 1 in inside and start - 1 > before:
            above = lines[start - 1]
            shared = above.bbox.bottom - lines[start].bbox.top
            if shared < -0.1 * height or not has_values(page, above, heading):
                break
            start -= 1
        starts.append(start)
    if described_above(lines, body, starts):
        ends = [body[0] - 1, *anchors]
        starts = [ends[place] + 1 for place in range(len(anchors))]
    edges = [*(bisect_left(body, start) for start in starts), len(body)]
    rows = [tuple(body[at:end]) for at, end in pairwise(edges)]
    return rows


def described_above(
    lines: Sequence[Line], body: Sequence[int], starts: Sequence[int]
) -> bool:
    """Whether each row's text stands above its values, as on many receipts."""
    if not starts or starts[0] == body[0]:
        return False
    first, last = starts[0], starts[-1]
    tight_before = is_tight(lines[first - 1], lines[first])
    after = last + 1 if body[-1] > last else None
    return tight_before and (after is None or not is_tight(lines[last], lines[after]))


def is_tight(upper: Line, lower: Line) -> bool:
    """Whether two lines stand as close as lines of one paragraph."""
    height = min(upper.bbox.height, lower.bbox.height)
    return lower.bbox.top - upper.bbox.bottom < 0.9 * height


def has_values(page: PageWords, line: Line, heading: Heading) -> bool:
    """Whether a line without an amount has values of a row that has one."""
    kinds = set()
    for index in line.words:
        if is_value(page.words[index].text):
            place = nearest(page.words[index].bbox, heading)
            if place is not None:
                kinds.add(heading.columns[place][1])
    return bool(kinds & {"quantity", "unit_price", "price"})


def columns_with_edges(
    page: PageWords,
    lines: Sequence[Line],
    heading: Heading,
    rows: Sequence[Sequence[int]],
) -> tuple[TableColumn, ...]:
    """Columns as wide as their heading and the values below it."""
    edges = [[box.left, box.right] for _, _, box in heading.columns]
    for row in rows:
        for index in row:
            for word in lines[index].words:
                box = page.words[word].bbox
                if not is_value(page.words[word].text):
                    continue
                place = nearest(box, heading)
                if place is not None:
                    edges[place][0] = min(edges[place][0], box.left)
                    edges[place][1] = max(edges[place][1], box.right)
    return tuple(
        TableColumn(text, left, right)
        for (text, _, _), (left, right) in zip(heading.columns, edges, strict=True)
    )
