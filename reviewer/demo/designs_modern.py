"""Designs with colour: a band, cards, a sidebar, a ribbon."""

from __future__ import annotations

from reviewer.demo.drawing import Design
from reviewer.demo.marks import bird, drop, star, waves
from reviewer.demo.model import Invoice
from reviewer.demo.paper import GREY, HELVETICA, INK, VERA, WHITE, Sheet, tint
from reviewer.demo.parts import Column, TableStyle, facts, title, totals, wording


def contact_lines(invoice: Invoice) -> list[str]:
    supplier, words = invoice.supplier, wording(invoice)
    return [
        *supplier.party.address,
        f"{words.telephone} {supplier.telephone}",
        supplier.mail,
        f"{words.tax_id} {supplier.tax_id}",
    ]


def bank_lines(invoice: Invoice) -> list[str]:
    words, supplier = wording(invoice), invoice.supplier
    lines = [words.thanks if invoice.credit_note else words.payment]
    if supplier.iban:
        lines.append(f"IBAN {supplier.iban}")
    return lines


def buyer_block(sheet: Sheet, invoice: Invoice, x: float, y: float) -> None:
    label = wording(invoice).bill_to
    accent = invoice.supplier.accent
    sheet.text(x, y, label, size=7.5, face="bold", colour=accent)
    sheet.text(x, y + 15, invoice.buyer.name, size=10, face="bold")
    sheet.lines(x, y + 28, invoice.buyer.address, leading=12, size=9)


def fact_rows(
    sheet: Sheet, invoice: Invoice, left: float, right: float, y: float
) -> None:
    for label, value in facts(invoice):
        sheet.text(left, y, label, size=8.5, colour=GREY)
        sheet.text(right, y, value, size=9, face="bold", align="right")
        sheet.rule(left, y + 6, right, width=0.4)
        y += 19


def _band_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    sheet.box(0, 0, sheet.width, 112, fill=supplier.accent)
    sheet.box(0, 112, sheet.width, 4, fill=tint(supplier.accent, 0.45))
    sheet.disc(72, 56, 24, WHITE)
    waves(sheet, 72, 56, 21.5, supplier.accent)
    sheet.text(108, 54, supplier.party.name, size=17, face="bold", colour=WHITE)
    sheet.text(108, 71, supplier.trade, size=8.5, colour=tint(supplier.accent, 0.25))
    heading = title(invoice).upper()
    sheet.text(547, 63, heading, size=20, colour=WHITE, align="right", spacing=2)
    buyer_block(sheet, invoice, 48, 152)
    fact_rows(sheet, invoice, 355, 547, 160)
    return 240.0


def _band_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    totals(sheet, invoice, y, left=345, right=547, look="filled")
    sheet.lines(48, y + 26, bank_lines(invoice), leading=13, size=8, colour=GREY)


def _footer_line(sheet: Sheet, invoice: Invoice) -> None:
    accent, party = invoice.supplier.accent, invoice.supplier.party
    sheet.rule(48, 784, 547, width=0.8, colour=tint(accent, 0.5))
    text = "  ·  ".join([party.name, *party.address])
    contact = "  ·  ".join(contact_lines(invoice)[len(party.address) :])
    sheet.text(297.6, 798, text, size=7, colour=GREY, align="center")
    sheet.text(297.6, 809, contact, size=7, colour=GREY, align="center")


def _cards_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    drop(sheet, 64, 62, 20, supplier.accent)
    sheet.text(
        94, 62, supplier.party.name, size=17, face="bold", colour=supplier.accent
    )
    sheet.text(94, 77, supplier.trade, size=8.5, face="italic", colour=GREY)
    sheet.text(547, 66, title(invoice), size=24, align="right", colour=INK)
    rows = facts(invoice)
    width = (499 - 12 * (len(rows) - 1)) / len(rows)
    for index, (label, value) in enumerate(rows):
        x = 48 + index * (width + 12)
        sheet.box(x, 106, width, 44, fill=tint(supplier.accent, 0.1), radius=6)
        sheet.text(x + 12, 123, label, size=7.5, colour=supplier.accent)
        sheet.text(x + 12, 139, value, size=10.5, face="bold")
    buyer_block(sheet, invoice, 48, 184)
    sheet.lines(355, 184, contact_lines(invoice), leading=12.5, size=8.2, colour=GREY)
    return 272.0


def _cards_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    totals(sheet, invoice, y, left=335, right=547, look="tinted")
    sheet.lines(48, y + 26, bank_lines(invoice), leading=13, size=8, colour=GREY)


def _cards_frame(sheet: Sheet, invoice: Invoice) -> None:
    accent = invoice.supplier.accent
    sheet.box(0, 830, sheet.width, 12, fill=accent)


def _sidebar_frame(sheet: Sheet, invoice: Invoice) -> None:
    supplier = invoice.supplier
    sheet.box(0, 0, 158, sheet.height, fill=supplier.accent)
    star(sheet, 52, 76, 24, WHITE)
    first, _, rest = supplier.party.name.partition(" ")
    sheet.text(28, 128, first, size=15, face="bold", colour=WHITE)
    sheet.text(28, 143, rest, size=8.6, colour=WHITE)
    pale = tint(supplier.accent, 0.2)
    lines = [supplier.trade, "", supplier.party.name, *contact_lines(invoice)]
    sheet.lines(28, 176, lines, leading=13.5, size=7.4, colour=pale)
    iban = supplier.iban
    bank = ["IBAN", iban[:14], iban[15:]]
    sheet.lines(28, 760, bank, leading=12.5, size=7.4, colour=pale)


def _sidebar_head(sheet: Sheet, invoice: Invoice) -> float:
    accent = invoice.supplier.accent
    sheet.text(190, 84, title(invoice), size=26, face="bold", colour=accent)
    buyer_block(sheet, invoice, 190, 128)
    fact_rows(sheet, invoice, 370, 561, 132)
    return 226.0


def _sidebar_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    bottom = totals(sheet, invoice, y, left=360, right=561, look="tinted")
    words = wording(invoice)
    text = words.thanks if invoice.credit_note else words.payment
    sheet.text(190, bottom + 40, text, size=8.5, colour=GREY)


def _ribbon_frame(sheet: Sheet, invoice: Invoice) -> None:
    accent = invoice.supplier.accent
    sheet.fill([(395, 0), (596, 0), (596, 128)], tint(accent, 0.3))
    sheet.fill([(460, 0), (596, 0), (596, 88)], accent)
    sheet.fill([(0, 842), (0, 788), (84, 842)], accent)


def _ribbon_head(sheet: Sheet, invoice: Invoice) -> float:
    supplier = invoice.supplier
    bird(sheet, 72, 62, 24, supplier.accent)
    sheet.text(106, 62, supplier.party.name, size=16, face="bold")
    sheet.text(106, 77, supplier.trade, size=8.5, colour=GREY)
    sheet.text(48, 140, title(invoice), size=24, face="bold", colour=supplier.accent)
    y = 162
    for label, value in facts(invoice):
        sheet.text(48, y, f"{label}:", size=8.5, colour=GREY)
        sheet.text(126, y, value, size=9, face="bold")
        y += 14
    buyer_block(sheet, invoice, 250, 136)
    sheet.lines(420, 136, contact_lines(invoice), leading=12, size=7.8, colour=GREY)
    return 222.0


def _ribbon_tail(sheet: Sheet, invoice: Invoice, y: float) -> None:
    totals(sheet, invoice, y, left=355, right=547)
    sheet.lines(110, 800, bank_lines(invoice), leading=12, size=7.6, colour=GREY)


def _columns(*keyed: tuple[str, float]) -> tuple[Column, ...]:
    left = ("position", "code", "description")
    return tuple(Column(k, x, "left" if k in left else "right") for k, x in keyed)


_BAND = TableStyle(
    _columns(
        *(("code", 56), ("description", 112), ("quantity", 378)),
        *(("unit_price", 460), ("amount", 539)),
    ),
    *(48, 547),
    header="tinted",
    rows="zebra",
)
_CARDS = TableStyle(
    _columns(
        *(("code", 48), ("description", 100), ("quantity", 330)),
        *(("unit_price", 420), ("rate", 466), ("amount", 547)),
    ),
    *(48, 547),
)
_SIDEBAR = TableStyle(
    _columns(
        *(("position", 194), ("description", 222), ("quantity", 420)),
        *(("unit", 452), ("unit_price", 506), ("amount", 557)),
    ),
    *(190, 561),
    rows="zebra",
    size=8,
)
_RIBBON = TableStyle(
    _columns(
        *(("description", 56), ("code", 268), ("quantity", 360)),
        *(("unit_price", 432), ("rate", 474), ("amount", 539)),
    ),
    *(48, 547),
    header="filled",
)

DESIGNS = {
    "band": Design(VERA, _BAND, _band_head, _band_tail, _footer_line),
    "cards": Design(VERA, _CARDS, _cards_head, _cards_tail, _cards_frame),
    "sidebar": Design(
        HELVETICA, _SIDEBAR, _sidebar_head, _sidebar_tail, _sidebar_frame
    ),
    "ribbon": Design(VERA, _RIBBON, _ribbon_head, _ribbon_tail, _ribbon_frame),
}
