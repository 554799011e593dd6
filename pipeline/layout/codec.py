"""A layout as JSON and back: lists in a fixed order, to keep it small."""

from __future__ import annotations

from typing import Any

from catalog.regions import BoundingBox, Region
from pipeline.layout.model import (
    Block,
    Layout,
    Line,
    Neighbour,
    PageLayout,
    TableColumn,
    TableRegion,
)


def layout_to_json(layout: Layout) -> dict[str, Any]:
    """The layout as plain JSON values; boxes keep five places."""
    return {
        "template_key": layout.template_key,
        "template_signals": layout.template_signals,
        "pages": [_page_to_json(page) for page in layout.pages],
    }


def layout_from_json(data: dict[str, Any]) -> Layout:
    """The layout that layout_to_json wrote.

    Raises KeyError, ValueError or TypeError where the data is no such thing.
    """
    return Layout(
        pages=tuple(_page_from_json(page) for page in data["pages"]),
        template_key=str(data["template_key"]),
        template_signals=dict(data["template_signals"]),
    )


def _page_to_json(page: PageLayout) -> dict[str, Any]:
    return {
        "page": page.page,
        "lines": [[list(x.words), x.text, x.bbox.as_list()] for x in page.lines],
        "blocks": [
            [list(x.lines), x.bbox.as_list(), list(x.words)] for x in page.blocks
        ],
        "neighbours": [
            [list(x.label), list(x.value), x.direction] for x in page.neighbours
        ],
        "tables": [_table_to_json(table) for table in page.tables],
    }


def _page_from_json(data: dict[str, Any]) -> PageLayout:
    page = int(data["page"])
    return PageLayout(
        page=page,
        lines=tuple(
            Line(page, tuple(words), text, BoundingBox.from_list(box))
            for words, text, box in data["lines"]
        ),
        blocks=tuple(
            Block(page, tuple(lines), BoundingBox.from_list(box), tuple(words))
            for lines, box, words in data["blocks"]
        ),
        neighbours=tuple(
            Neighbour(page, tuple(label), tuple(value), direction)
            for label, value, direction in data["neighbours"]
        ),
        tables=tuple(_table_from_json(page, table) for table in data["tables"]),
    )


def _table_to_json(table: TableRegion) -> dict[str, Any]:
    return {
        "bbox": table.region.bbox.as_list(),
        "columns": [
            [column.header, round(column.left, 5), round(column.right, 5)]
            for column in table.columns
        ],
        "rows": [list(row) for row in table.rows],
    }


def _table_from_json(page: int, data: dict[str, Any]) -> TableRegion:
    return TableRegion(
        region=Region(page, BoundingBox.from_list(data["bbox"])),
        columns=tuple(
            TableColumn(header, float(left), float(right))
            for header, left, right in data["columns"]
        ),
        rows=tuple(tuple(row) for row in data["rows"]),
    )
