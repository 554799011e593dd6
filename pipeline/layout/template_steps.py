"""The template key as it was first made, from positions in fine steps.

Versions of the layout step before 1.1.0 make it. It needed luck: a document near the
edge of one of many steps, or with one page more, was taken for another template.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.layout.headers import headings_of
from pipeline.layout.model import PageLayout
from pipeline.layout.tables import label_of
from pipeline.layout.template import MOST_PAGES, key_of, sender_of
from pipeline.words import PageWords

HEADING_STEPS, FILL_STEPS = 8, 4  # how many steps a page height is cut into
PAGE_NUMBERS = 0.95  # page heights; below are page numbers


def stepped_template_of(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> tuple[str, dict[str, Any]]:
    """As pipeline.layout.template.template_of."""
    signals = sender_of(pages, layouts)
    if signals["paper"] != "other":
        signals |= headings_at(pages, layouts)
        signals["totals_page"] = totals_page(pages, layouts)
        signals["fill"] = fill_of(layouts)
    return key_of(signals), signals


def headings_at(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> dict[str, Any]:
    """Where tables begin.

    items_page is the page of the first heading of items (0: none) and items_third the
    third of that page, from 0; other_heading is the step of the first heading of taxes
    or payments (-1: none).
    """
    found: dict[str, Any] = {"items_page": 0, "items_third": -1, "other_heading": -1}
    for page, layout in zip(pages, layouts, strict=True):
        for heading in headings_of(page, layout.lines):
            top = min(box.top for _, _, box in heading.columns)
            if heading.is_items and not found["items_page"]:
                found["items_page"] = min(page.page, MOST_PAGES)
                found["items_third"] = int(top * 3)
            elif not heading.is_items and found["other_heading"] < 0:
                found["other_heading"] = round(top * HEADING_STEPS)
    return found


def totals_page(pages: Sequence[PageWords], layouts: Sequence[PageLayout]) -> int:
    """The last page with a total; 0 where there is none."""
    for page, layout in reversed(list(zip(pages, layouts, strict=True))):
        if any(label_of(page, line) == "total" for line in layout.lines):
            return min(page.page, MOST_PAGES)
    return 0


def fill_of(layouts: Sequence[PageLayout]) -> int:
    """The step down to which the last page with words is written."""
    for layout in reversed(layouts):
        bottoms = [x.bbox.bottom for x in layout.lines if x.bbox.bottom < PAGE_NUMBERS]
        if bottoms:
            return round(max(bottoms) * FILL_STEPS)
    return 0
