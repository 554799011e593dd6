"""Which parts of which pages are shown, and which fields each is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.regions import BoundingBox
from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType
from pipeline.extracting.values import squeeze
from pipeline.layout.model import Layout, PageLayout

WHOLE = BoundingBox(0.0, 0.0, 1.0, 1.0)
LETTERHEAD, TABLE, TOTALS, PAGE = "letterhead", "table", "totals", "page"
# Page heights: so much around a part is shown too, and a lower part shows too little.
_AROUND = 0.015
_LOWEST = 0.04
# Values of these types stand below a table where there is one, the others above.
_BELOW = frozenset({ValueType.MONEY, ValueType.CURRENCY})


@dataclass(frozen=True, slots=True)
class Part:
    """An area of a page, and what is asked of it: header fields, line items or both."""

    name: str
    page: int
    area: BoundingBox
    fields: tuple[str, ...]
    lines: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "page": self.page,
            "area": self.area.as_list(),
            "fields": list(self.fields),
            "lines": self.lines,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Part:
        return cls(
            data["name"],
            int(data["page"]),
            BoundingBox.from_list(data["area"]),
            tuple(data["fields"]),
            bool(data["lines"]),
        )


def parts_of(
    layout: Layout, spec: DocumentTypeSpec, *, crops: bool, most_pages: int
) -> list[Part]:
    """Letterhead, tables and totals where the layout knows a table; else whole pages.

    Every field is asked for once.
    """
    pages = sorted(layout.pages, key=lambda page: page.page)[:most_pages]
    if not pages:
        return []
    tables = [page for page in pages if page.tables]
    found = _crops(pages, tables, spec) if crops and tables else []
    return found or _whole(pages, tables, spec)


def again(parts: Sequence[Part], names: Iterable[str]) -> list[Part]:
    """Whole pages for fields that their parts did not hold; none where pages were whole
    already.
    """
    missing = frozenset(names)
    found: dict[int, Part] = {}
    for part in parts:
        asked = tuple(name for name in part.fields if name in missing)
        if part.name != PAGE and asked:
            before = found.get(part.page, Part(PAGE, part.page, WHOLE, (), lines=False))
            found[part.page] = replace(before, fields=(*before.fields, *asked))
    return list(found.values())


def _crops(
    pages: Sequence[PageLayout], tables: Sequence[PageLayout], spec: DocumentTypeSpec
) -> list[Part]:
    """Empty where a letterhead or totals would be too low to show anything."""
    first, last = tables[0], tables[-1]
    top = min(table.region.bbox.top for table in first.tables)
    bottom = max(table.region.bbox.bottom for table in last.tables)
    above = BoundingBox(0.0, 0.0, 1.0, min(1.0, top + _AROUND))
    below = BoundingBox(0.0, max(0.0, bottom - _AROUND), 1.0, 1.0)
    if pages[0] is not first or min(above.height, below.height) < _LOWEST:
        return []
    head, foot = _shared_out(spec.fields, (first, above), (last, below))
    found = [Part(LETTERHEAD, first.page, above, head, lines=False)]
    if spec.line_columns:
        found += [
            Part(TABLE, page.page, _around(table.region.bbox), (), lines=True)
            for page in tables
            for table in page.tables
        ]
    found.append(Part(TOTALS, last.page, below, foot, lines=False))
    return [part for part in found if part.fields or part.lines]


def _shared_out(
    fields: Sequence[FieldSpec],
    head: tuple[PageLayout, BoundingBox],
    foot: tuple[PageLayout, BoundingBox],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A field is looked for where one of its labels stands, in doubt by its type."""
    above, below = _text_in(*head), _text_in(*foot)
    low = set()
    for field in fields:
        labels = [label for label in map(squeeze, field.labels) if len(label) > 2]
        places = [any(label in text for label in labels) for text in (above, below)]
        if places == [False, True] or (
            places[0] == places[1] and field.value_type in _BELOW
        ):
            low.add(field.name)
    names = [field.name for field in fields]
    return (
        tuple(name for name in names if name not in low),
        tuple(name for name in names if name in low),
    )


def _text_in(page: PageLayout, area: BoundingBox) -> str:
    lines = (line for line in page.lines if area.holds_center_of(line.bbox))
    return "\n".join(squeeze(line.text) for line in lines)


def _around(box: BoundingBox) -> BoundingBox:
    return BoundingBox.clamped(0.0, box.top - _AROUND, 1.0, box.bottom + _AROUND)


def _whole(
    pages: Sequence[PageLayout], tables: Sequence[PageLayout], spec: DocumentTypeSpec
) -> list[Part]:
    """Money from the last page, the rest from the first, lines wherever they may be."""
    first, last = pages[0].page, pages[-1].page
    rows = {page.page for page in tables} or {first}
    found = []
    for page in pages:
        fields = tuple(
            field.name
            for field in spec.fields
            if page.page == (last if field.value_type in _BELOW else first)
        )
        lines = bool(spec.line_columns) and page.page in rows
        if fields or lines:
            found.append(Part(PAGE, page.page, WHOLE, fields, lines))
    return found
