"""The layout of a document: lines, blocks, neighbours, tables and template key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.layout.blocks import blocks_of
from pipeline.layout.cells import cells_of
from pipeline.layout.lines import lines_of
from pipeline.layout.model import Layout, Line, PageLayout, TableRegion
from pipeline.layout.neighbours import neighbours_of
from pipeline.layout.tables import tables_of
from pipeline.layout.template import template_of
from pipeline.words import PageWords

Template = Callable[
    [Sequence[PageWords], Sequence[PageLayout]], tuple[str, dict[str, Any]]
]


def analyse(pages: Sequence[PageWords], template: Template = template_of) -> Layout:
    """Find how the words of all pages stand together; the pages must be in order."""
    lines = [lines_of(page) for page in pages]
    tables = tables_of(pages, lines)
    layouts = tuple(
        page_layout(page, page_lines, page_tables)
        for page, page_lines, page_tables in zip(pages, lines, tables, strict=True)
    )
    key, signals = template(pages, layouts)
    return Layout(pages=layouts, template_key=key, template_signals=signals)


def page_layout(
    page: PageWords, lines: tuple[Line, ...], tables: Sequence[TableRegion]
) -> PageLayout:
    """One page's layout; its lines and tables are known."""
    cells = [cells_of(page, line) for line in lines]
    return PageLayout(
        page=page.page,
        lines=lines,
        blocks=blocks_of(page.page, cells),
        neighbours=neighbours_of(page, cells),
        tables=tuple(tables),
    )
