"""The layout of a document: lines, blocks, neighbours, tables and template key."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.layout.lines import lines_of
from pipeline.layout.model import Layout, PageLayout
from pipeline.layout.tables import tables_of
from pipeline.words import PageWords


def analyse(pages: Sequence[PageWords]) -> Layout:
    """Find how the words of all pages stand together; the pages must be in order."""
    lines = [lines_of(page) for page in pages]
    tables = tables_of(pages, lines)
    layouts = tuple(
        PageLayout(
            page=page.page,
            lines=found,
            blocks=(),
            neighbours=(),
            tables=tuple(items),
        )
        for page, found, items in zip(pages, lines, tables, strict=True)
    )
    return Layout(pages=layouts, template_key="", template_signals={})
