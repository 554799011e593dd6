"""The template key: the same for documents that one supplier makes in one form.

It is a function of one document alone, so that it never changes as others arrive. It is
made from who sent the document and from how its pages are laid out, in steps so coarse
that neither other values nor a reader's noise move them, as a rule. The layout counts
only on standard paper: a receipt is as long as its list of items.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.layout.columns import squeezed
from pipeline.layout.headers import headings_of
from pipeline.layout.model import PageLayout
from pipeline.layout.supplier import LONGEST, digest, supplier_of
from pipeline.layout.tables import label_of
from pipeline.words import PageWords

A4, LETTER = 2**0.5, 11 / 8.5
NARROW = 0.4  # page widths; what is written on less is no letter
PAPER_SLACK = 0.02  # what the ratio of height to width may be off
HEADING_STEPS, FILL_STEPS = 8, 4  # how many steps a page height is cut into
MOST_PAGES = 4  # later pages count as this one
PAGE_NUMBERS = 0.95  # page heights; below are page numbers
CREDIT = re.compile(
    r"korrektur|gutschrift|storno|avoir|creditnote|creditmemo|notadicredito|creditnota"
    r"|notadecredito|abono"
)
TITLE = 0.4  # page heights; a document's name stands above


def template_of(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> tuple[str, dict[str, Any]]:
    """The key, "t-" and twelve hexadecimal digits, and the figures it is made from."""
    kind, sign = supplier_of(layouts)
    signals: dict[str, Any] = {
        "supplier_kind": kind,
        "supplier": digest(sign) if sign else "",
        "paper": paper_of(pages),
        "credit": is_credit(layouts),
    }
    if signals["paper"] != "other":
        signals |= headings_at(pages, layouts)
        signals["totals_page"] = totals_page(pages, layouts)
        signals["fill"] = fill_of(layouts)
    parts = "|".join(f"{name}={signals[name]}" for name in sorted(signals))
    return f"t-{digest(parts)}", signals


def paper_of(pages: Sequence[PageWords]) -> str:
    """The paper's shape: "a4", "letter" or "other".

    A receipt that was scanned on a large sheet leaves most of its width empty: "other".
    """
    if not pages or min(pages[0].width, pages[0].height) <= 0:
        return "other"
    if written_width(pages) < NARROW:
        return "other"
    sides = sorted((pages[0].width, pages[0].height))
    ratio = sides[1] / sides[0]
    if abs(ratio - A4) <= PAPER_SLACK:
        return "a4"
    return "letter" if abs(ratio - LETTER) <= PAPER_SLACK else "other"


def written_width(pages: Sequence[PageWords]) -> float:
    """The share of the pages' width that is written on, a few stray words aside."""
    lefts = sorted(word.bbox.left for page in pages for word in page.words)
    rights = sorted(word.bbox.right for page in pages for word in page.words)
    stray = len(lefts) // 33
    return rights[-1 - stray] - lefts[stray] if lefts else 0.0


def is_credit(layouts: Sequence[PageLayout]) -> bool:
    """Whether the document calls itself a correction or a credit note."""
    lines = layouts[0].lines if layouts else ()
    return any(
        CREDIT.search(squeezed(line.text[:LONGEST])) is not None
        for line in lines
        if line.bbox.top < TITLE and len(line.words) <= 24
    )


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
