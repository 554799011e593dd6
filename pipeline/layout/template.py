"""The template key: the same for documents that one supplier makes in one form.

It is a function of one document alone, so that it never changes as others arrive. It is
made from who sent the document, from the sections that its form has, and from where its
tables begin, in steps so coarse that neither other values nor a reader's noise move
them, as a rule. The form counts only on standard paper: a receipt is as long as its
list of items.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.layout.columns import squeezed
from pipeline.layout.headers import headings_of
from pipeline.layout.model import PageLayout
from pipeline.layout.sections import sections_of
from pipeline.layout.supplier import LONGEST, digest, supplier_of
from pipeline.words import PageWords

A4, LETTER = 2**0.5, 11 / 8.5
NARROW = 0.4  # page widths; what is written on less is no letter
PAPER_SLACK = 0.02  # what the ratio of height to width may be off
TAX_STEPS = 4  # how many steps a page height is cut into for the heading of taxes
MOST_PAGES = 4  # later pages count as this one
CREDIT = re.compile(
    r"korrektur|gutschrift|storno|avoir|creditnote|creditmemo|notadicredito|creditnota"
    r"|notadecredito|abono"
)
TITLE = 0.4  # page heights; a document's name stands above


def template_of(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> tuple[str, dict[str, Any]]:
    """The key, "t-" and twelve hexadecimal digits, and the figures it is made from."""
    signals = sender_of(pages, layouts)
    if signals["paper"] != "other":
        signals["sections"] = sections_of(layouts)
        signals |= headings_at(pages, layouts)
    return key_of(signals), signals


def key_of(signals: Mapping[str, Any]) -> str:
    parts = "|".join(f"{name}={signals[name]}" for name in sorted(signals))
    return f"t-{digest(parts)}"


def sender_of(
    pages: Sequence[PageWords], layouts: Sequence[PageLayout]
) -> dict[str, Any]:
    """Who sent the document, on what paper, and whether it takes money back."""
    kind, sign = supplier_of(layouts)
    return {
        "supplier_kind": kind,
        "supplier": digest(sign) if sign else "",
        "paper": paper_of(pages),
        "credit": is_credit(layouts),
    }


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

    items_page is the page of the first heading of items (0: none); tax_step the step of
    the first heading of taxes or payments on its page (-1: none), and tax_with_items
    whether that is the page of the items: they are as far apart as the items are many,
    but one form prints both on a page, another starts a new one.
    """
    items = taxes = None
    for page, layout in zip(pages, layouts, strict=True):
        for heading in headings_of(page, layout.lines):
            top = min(box.top for _, _, box in heading.columns)
            if heading.is_items:
                items = items or (page.page, top)
            else:
                taxes = taxes or (page.page, top)
    return {
        "items_page": min(items[0], MOST_PAGES) if items else 0,
        "tax_step": int(taxes[1] * TAX_STEPS) if taxes else -1,
        "tax_with_items": bool(items and taxes and items[0] == taxes[0]),
    }
