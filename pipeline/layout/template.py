"""The template key: the same for documents that one supplier makes in one form.

It is a function of one document alone, so that it never changes as others arrive. It is
made from who sent the document and from where its fixed parts stand, in steps so coarse
that neither other values nor a reader's noise move them, as a rule. Positions count only
on standard paper: a receipt is as long as its list of items.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.layout.columns import squeezed
from pipeline.layout.headers import headings_of
from pipeline.layout.model import PageLayout
from pipeline.layout.supplier import digest, supplier_of
from pipeline.layout.tables import label_of
from pipeline.words import PageWords

A4, LETTER = 2**0.5, 11 / 8.5
PAPER_SLACK = 0.02  # what the ratio of height to width may be off
HEADING_STEPS, TOTAL_STEPS = 5, 6  # how many steps a page height is cut into
MOST_PAGES = 4  # longer documents count as this long
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
        signals["pages"] = min(sum(1 for page in pages if page.words), MOST_PAGES)
        signals["heading"] = heading_step(pages, layouts)
        signals["totals"] = totals_step(pages, layouts)
    parts = "|".join(f"{name}={signals[name]}" for name in sorted(signals))
    return f"t-{digest(parts)}", signals


def paper_of(pages: Sequence[PageWords]) -> str:
    """"a4", "letter" or "other", by the shape of the first page."""
    if not pages or min(pages[0].width, pages[0].height) <= 0:
        return "other"
    sides = sorted((pages[0].width, pages[0].height))
    ratio = sides[1] / sides[0]
    if abs(ratio - A4) <= PAPER_SLACK:
        return "a4"
    return "letter" if abs(ratio - LETTER) <= PAPER_SLACK else "other"


def is_credit(layouts: Sequence[PageLayout]) -> bool:
    """Whether the document calls itself a correction or a credit note."""
    lines = layouts[0].lines if layouts else ()
    return any(
        CREDIT.search(squeezed(line.text)) is not None
        for line in lines
        if line.bbox.top < TITLE and len(line.words) <= 24
    )


def heading_step(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> list[int]:
    """Page and step at which the heading of the first table of items stands."""
    for page, layout in zip(pages, layouts, strict=True):
        for heading in headings_of(page, layout.lines):
            if heading.is_items:
                top = min(box.top for _, _, box in heading.columns)
                return [round(top * HEADING_STEPS)]
    return []


def totals_step(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> list[int]:
    """Page and step at which the first total stands."""
    for number, (page, layout) in enumerate(zip(pages, layouts, strict=True), start=1):
        for line in layout.lines:
            if label_of(page, line) == "total":
                return [min(number, MOST_PAGES), round(line.bbox.top * TOTAL_STEPS)]
    return []
