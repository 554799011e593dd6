"""Draws an invoice as a PDF in one of the designs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.demo.model import Invoice
from reviewer.demo.paper import A4, GREY, Faces, Sheet
from reviewer.demo.parts import TableStyle, facts, table, title, wording


@dataclass(frozen=True, slots=True)
class Design:
    """head draws the top of the first page and gives the top of the table; tail draws
    what follows the table, in tail_height points; frame is drawn on every page."""

    faces: Faces
    style: TableStyle
    head: Callable[[Sheet, Invoice], float]
    tail: Callable[[Sheet, Invoice, float], None]
    frame: Callable[[Sheet, Invoice], None]
    size: tuple[float, float] = A4
    tail_height: float = 150


def draw(design: Design, invoice: Invoice, *, password: str = "") -> bytes:
    """The PDF's bytes; pages are numbered where there is more than one. With a password
    nothing can be read without it."""
    content, pages = _draw(design, invoice, password, pages=1)
    if pages > 1:
        content, _ = _draw(design, invoice, password, pages=pages)
    return content


def _draw(
    design: Design, invoice: Invoice, password: str, *, pages: int
) -> tuple[bytes, int]:
    sheet = Sheet(
        design.size, design.faces, f"{title(invoice)} {invoice.number}", password
    )

    def start_page() -> None:
        design.frame(sheet, invoice)
        if pages > 1:
            text = wording(invoice).page.format(page=sheet.page, pages=pages)
            right = design.style.right
            sheet.text(right, 30, text, size=7.5, colour=GREY, align="right")

    def continue_page() -> float:
        sheet.next_page()
        start_page()
        label, number = facts(invoice)[0]
        name = invoice.supplier.party.name
        sheet.text(design.style.left, 56, name, size=11, face="bold")
        sheet.text(design.style.left, 70, f"{label} {number}", size=8.5, colour=GREY)
        return 86.0

    start_page()
    y = table(sheet, invoice, design.style, design.head(sheet, invoice), continue_page)
    if y + design.tail_height > design.style.bottom:
        y = continue_page()
    design.tail(sheet, invoice, y)
    return sheet.finish(), sheet.page
