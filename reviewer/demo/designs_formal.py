"""Sober designs: a letter, a classic page, a grid, a form, a plain one."""

from __future__ import annotations

from reviewer.demo.designs_modern import bank_lines, contact_lines
from reviewer.demo.drawing import Design
from reviewer.demo.marks import circles, leaf, nut
from reviewer.demo.model import Invoice
from reviewer.demo.paper import (
    COURIER,
    GREY,
    HELVETICA,
    INK,
    LETTER,
    TIMES,
    VERA,
    Sheet,
)
from reviewer.demo.parts import Column, TableStyle, facts, title, totals, wording


def _letter_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    leaf(sheet, 530, 58, 19, supplier.accent)
    name, accent = supplier.party.name, supplier.accent
    sheet.text(502, 56, name, size=15, face="bold", align="right", colour=accent)
    sheet.text(502, 71, supplier.trade, size=8.5, align="right", colour=GREY)
    sender = " · ".join([name, *supplier.party.address[:2]])
    sheet.text(64, 132, sender, size=6.8, colour=GREY)
    sheet.rule(64, 136, 64 + sheet.text_width(sender, 6.8, "regular"), width=0.4)
    sheet.text(64, 154, invoice.buyer.name, size=10.5)
    sheet.lines(64, 168, invoice.buyer.address, leading=14, size=10.5)
    y = 154.0
    for label, value in facts(invoice):
        sheet.text(390, y, label, size=9, colour=GREY)
        sheet.text(547, y, value, size=9, align="right")
        y += 15
    sheet.text(64, 262, f"{title(invoice)} {invoice.number}", size=15, face="bold")
    sheet.text(64, 286, "Sehr geehrte Damen und Herren,", size=9.5)
    opening = "für unsere Lieferung erlauben wir uns zu berechnen:"
    sheet.text(64, 302, opening, size=9.5)
    return 320.0


def _letter_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    bottom = totals(sheet, invoice, y, left=360, right=547)
    words = wording(invoice)
    sheet.text(64, bottom + 22, words.payment, size=9)
    sheet.text(64, bottom + 37, words.thanks, size=9)


def _letter_frame(sheet: Sheet, invoice: Invoice) -> None:
    supplier, words = invoice.supplier, wording(invoice)
    for mark in (297.6, 420.9):
        sheet.rule(14, mark, 22, width=0.4, colour=GREY)
    sheet.rule(64, 778, 547, width=0.6, colour=supplier.accent)
    columns = (
        (64, [supplier.party.name, *supplier.party.address[:2]]),
        (235, [f"{words.telephone} {supplier.telephone}", supplier.mail]),
        (390, [f"IBAN {supplier.iban}", f"{words.tax_id} {supplier.tax_id}"]),
    )
    for x, lines in columns:
        sheet.lines(x, 791, lines, leading=10.5, size=6.8, colour=GREY)


def _classic_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier, middle = invoice.supplier, sheet.width / 2
    name, accent = supplier.party.name, supplier.accent
    sheet.text(middle, 70, name, size=27, align="center", colour=accent)
    sheet.text(
        *(middle, 88, supplier.trade),
        size=11,
        face="italic",
        align="center",
        colour=GREY,
    )
    sheet.rule(72, 102, 523, width=1.4, colour=accent)
    sheet.rule(72, 105, 523, width=0.4, colour=accent)
    lines = contact_lines(invoice)
    for y, part in ((119, lines[:3]), (131, lines[3:])):
        text = "  •  ".join(part)
        sheet.text(middle, y, text, size=8.6, align="center", colour=GREY)
    heading = title(invoice)
    sheet.text(middle, 178, heading, size=19, face="italic", align="center")
    sheet.text(
        72, 212, wording(invoice).bill_to, size=9.5, face="italic", colour=accent
    )
    sheet.text(72, 228, invoice.buyer.name, size=11.5, face="bold")
    sheet.lines(72, 242, invoice.buyer.address, leading=13.5, size=10.5)
    y = 212
    for label, value in facts(invoice):
        sheet.text(425, y, label, size=10, face="italic", colour=GREY, align="right")
        sheet.text(523, y, value, size=10.5, align="right")
        y += 17
    return 290.0


def _classic_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    bottom = totals(sheet, invoice, y, left=340, right=523, size=10)
    lines = bank_lines(invoice)
    sheet.lines(72, bottom + 34, lines, leading=14, size=9.5, face="italic")


def _classic_frame(sheet: Sheet, invoice: Invoice) -> None:
    sheet.rule(72, 796, 523, width=0.4, colour=invoice.supplier.accent)
    sheet.rule(72, 799, 523, width=1.4, colour=invoice.supplier.accent)


def _grid_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    nut(sheet, 66, 66, 22, supplier.accent)
    sheet.text(98, 62, supplier.party.name, size=15, face="bold")
    sheet.text(98, 76, supplier.trade, size=8, colour=GREY)
    address = [*supplier.party.address, *contact_lines(invoice)[-3:]]
    sheet.lines(40, 112, address, leading=11.5, size=8)
    sheet.box(330, 98, 217, 72, edge=INK)
    sheet.text(338, 109, wording(invoice).bill_to, size=6.8, colour=GREY)
    sheet.text(338, 126, invoice.buyer.name, size=9.5, face="bold")
    sheet.lines(338, 139, invoice.buyer.address, leading=12, size=8.8)
    rows = [(title(invoice).upper(), ""), *facts(invoice)]
    width = 507 / len(rows)
    for index, (label, value) in enumerate(rows):
        x = 40 + index * width
        sheet.box(x, 184, width, 34, edge=INK, fill="" if value else INK)
        if value:
            sheet.text(x + 8, 195, label, size=6.8, colour=GREY)
            sheet.text(x + 8, 210, value, size=9.5, face="bold")
        else:
            sheet.text(x + 12, 206, label, size=13, face="bold", colour="#ffffff")
    return 234.0


def _grid_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    bottom = totals(sheet, invoice, y + 4, left=350, right=547, look="filled")
    sheet.box(350, y + 4, 197, bottom - y - 10, edge=INK)
    sheet.lines(40, y + 28, bank_lines(invoice), leading=13, size=8)


def _no_frame(sheet: Sheet, invoice: Invoice) -> None:
    """The page has nothing that repeats."""


def _form_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    sheet.box(36, 36, 540, 6, fill=supplier.accent)
    sheet.text(36, 70, supplier.party.name.upper(), size=16, face="bold")
    lines = [supplier.trade, *supplier.party.address[:2], supplier.telephone]
    sheet.lines(36, 86, lines, leading=12, size=8.4)
    sheet.text(576, 72, title(invoice).upper(), size=22, face="bold", align="right")
    captions = [*facts(invoice), (wording(invoice).tax_id, supplier.tax_id)]
    for index, (label, value) in enumerate(captions):
        y = 84 + index * 17
        sheet.box(366, y, 92, 17, edge=GREY, fill="#f1efec")
        sheet.box(458, y, 118, 17, edge=GREY)
        sheet.text(372, y + 11.5, label, size=7.6)
        sheet.text(570, y + 11.5, value, size=8.4, face="bold", align="right")
    sheet.text(36, 166, wording(invoice).bill_to.upper(), size=8.4, face="bold")
    buyer = [invoice.buyer.name, *invoice.buyer.address]
    sheet.lines(36, 180, buyer, leading=12.5, size=9.4)
    return 244.0


def _form_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    bottom = totals(sheet, invoice, y, left=360, right=576, look="tinted")
    sheet.text(36, bottom + 30, wording(invoice).payment, size=8.4)
    sheet.text(36, bottom + 44, f"Questions? {invoice.supplier.mail}", size=8.4)


def _plain_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    circles(sheet, 76, 66, 22, supplier.accent)
    sheet.text(56, 150, f"{title(invoice)}", size=38, face="bold")
    y = 60
    sheet.text(547, y, supplier.party.name, size=10, face="bold", align="right")
    lines = contact_lines(invoice)
    sheet.lines(547, y + 14, lines, leading=12, size=8.4, colour=GREY, align="right")
    columns = [*facts(invoice), (wording(invoice).bill_to, "")]
    for index, (label, value) in enumerate(columns):
        x = 56 + index * 118
        sheet.text(x, 186, label, size=8, colour=supplier.accent, face="bold")
        sheet.text(x, 201, value, size=10)
    x = 56 + (len(columns) - 1) * 118
    buyer = [invoice.buyer.name, *invoice.buyer.address]
    sheet.lines(x, 201, buyer, leading=13, size=9.5)
    return 268.0


def _plain_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    totals(sheet, invoice, y + 6, left=350, right=547, size=9.5)
    sheet.lines(56, 752, bank_lines(invoice), leading=13, size=8.4, colour=GREY)


def _columns(*keyed: tuple[str, float]) -> tuple[Column, ...]:
    left = ("position", "code", "description")
    return tuple(Column(k, x, "left" if k in left else "right") for k, x in keyed)


_WITH_RATE = (("quantity", 352), ("unit_price", 428), ("rate", 468))
_LETTER = TableStyle(
    _columns(
        *(("position", 64), ("code", 92), ("description", 136)),
        *(("quantity", 372), ("unit", 410), ("unit_price", 478), ("amount", 547)),
    ),
    *(64, 547),
)
_CLASSIC = TableStyle(
    _columns(("description", 72), *_WITH_RATE, ("amount", 523)),
    *(72, 523),
    size=10.4,
    row_height=22,
)
_GRID = TableStyle(
    _columns(
        *(("position", 46), ("code", 76), ("description", 130)),
        *(("quantity", 388), ("unit_price", 462), ("amount", 541)),
    ),
    *(40, 547),
    header="filled",
    row_height=19,
    bottom=790,
)
_FORM = TableStyle(
    _columns(
        *(("code", 42), ("description", 104), ("quantity", 398)),
        *(("unit", 440), ("unit_price", 506), ("amount", 570)),
    ),
    *(36, 576),
    header="tinted",
    bottom=740,
)
_PLAIN = TableStyle(
    _columns(
        *(("description", 56), ("quantity", 350)),
        *(("unit", 390), ("unit_price", 470), ("amount", 547)),
    ),
    *(56, 547),
    size=9.4,
    row_height=26,
    bottom=720,
)

DESIGNS = {
    "letter": Design(HELVETICA, _LETTER, _letter_head, _letter_tail, _letter_frame),
    "classic": Design(TIMES, _CLASSIC, _classic_head, _classic_tail, _classic_frame),
    "grid": Design(VERA, _GRID, _grid_head, _grid_tail, _no_frame),
    "form": Design(COURIER, _FORM, _form_head, _form_tail, _no_frame, LETTER),
    "plain": Design(HELVETICA, _PLAIN, _plain_head, _plain_tail, _no_frame),
}
