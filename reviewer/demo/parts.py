"""Parts that every invoice design is put together from: table, totals, facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.demo.model import Invoice, Item
from reviewer.demo.paper import GREY, INK, PALE, Sheet, tint
from reviewer.demo.wording import (
    WORDINGS,
    Wording,
    long_date,
    money,
    money_with_currency,
    plain_number,
)


@dataclass(frozen=True, slots=True)
class Column:
    """x is the column's left edge, or its right edge where the text is set right."""

    key: str
    x: float
    align: str = "right"


@dataclass(frozen=True, slots=True)
class TableStyle:
    """header is "filled", "tinted" or "ruled"; rows are "zebra" or "ruled"."""

    columns: tuple[Column, ...]
    left: float
    right: float
    header: str = "ruled"
    rows: str = "ruled"
    size: float = 8.6
    row_height: float = 20
    bottom: float = 760


def wording(invoice: Invoice) -> Wording:
    return WORDINGS[invoice.supplier.language]


def title(invoice: Invoice) -> str:
    words = wording(invoice)
    return words.credit_note if invoice.credit_note else words.invoice


def facts(invoice: Invoice) -> list[tuple[str, str]]:
    """Label and value of number and dates, as printed."""
    words, language = wording(invoice), invoice.supplier.language
    number = words.credit_number if invoice.credit_note else words.number
    rows = [
        (number, invoice.number),
        (words.issued, long_date(invoice.issued, language)),
    ]
    if invoice.due:
        rows.append((words.due, long_date(invoice.due, language)))
    return rows


def sums(invoice: Invoice) -> list[tuple[str, str]]:
    """Label and amount of every line between the table and the total."""
    words, language = wording(invoice), invoice.supplier.language
    rows = [(words.subtotal, money(invoice.line_total, language))]
    if invoice.discount:
        rows.append((words.discount, money(-invoice.discount, language)))
    if invoice.freight:
        rows.append((words.freight, money(invoice.freight, language)))
    for rate, tax in invoice.taxes.items():
        label = words.tax.format(rate=plain_number(rate, language))
        rows.append((label, money(tax, language)))
    return rows


def total(invoice: Invoice) -> tuple[str, str]:
    words, supplier = wording(invoice), invoice.supplier
    label = words.credit_total if invoice.credit_note else words.total
    return label, money_with_currency(
        invoice.grand_total, supplier.language, supplier.currency
    )


def _cell(item: Item, key: str, position: int, language: str) -> str:
    if key == "position":
        return str(position)
    if key == "quantity":
        return plain_number(item.quantity, language)
    if key == "rate":
        return f"{plain_number(item.rate, language)}%"
    if key in ("unit_price", "amount"):
        return money(getattr(item, key), language)
    text: str = getattr(item, key)
    return text


def _header(sheet: Sheet, invoice: Invoice, style: TableStyle, y: float) -> float:
    words, accent = wording(invoice), invoice.supplier.accent
    height, colour = 20.0, accent
    if style.header == "filled":
        sheet.box(style.left, y, style.right - style.left, height, fill=accent)
        colour = "#ffffff"
    elif style.header == "tinted":
        share = tint(accent, 0.14)
        sheet.box(style.left, y, style.right - style.left, height, fill=share)
    for column in style.columns:
        text = "Pos." if column.key == "position" else getattr(words, column.key)
        sheet.text(
            *(column.x, y + 13.4, text),
            size=style.size - 0.4,
            face="bold",
            colour=colour,
            align=column.align,
        )
    if style.header == "ruled":
        sheet.rule(style.left, y + height, style.right, width=1, colour=accent)
    return y + height


def _row(
    sheet: Sheet, invoice: Invoice, style: TableStyle, position: int, y: float
) -> float:
    item = invoice.items[position - 1]
    language = invoice.supplier.language
    width = style.right - style.left
    if style.rows == "zebra" and position % 2 == 0:
        shade = tint(invoice.supplier.accent, 0.06)
        sheet.box(style.left, y, width, style.row_height, fill=shade)
    for column in style.columns:
        sheet.text(
            *(column.x, y + style.row_height * 0.66),
            _cell(item, column.key, position, language),
            size=style.size,
            colour=GREY if column.key in ("code", "position", "unit") else INK,
            align=column.align,
        )
    if style.rows == "ruled":
        sheet.rule(
            style.left, y + style.row_height, style.right, width=0.5, colour=PALE
        )
    return y + style.row_height


def table(
    sheet: Sheet,
    invoice: Invoice,
    style: TableStyle,
    y: float,
    continue_page: Callable[[], float],
) -> float:
    """Header and all items; where a page is full, continue_page starts the next one
    and gives the top of the table there. Returns the bottom of the last row."""
    y = _header(sheet, invoice, style, y)
    for position in range(1, len(invoice.items) + 1):
        if y + style.row_height > style.bottom:
            carried = wording(invoice).carried
            sheet.text(
                *(style.right, y + 16, carried),
                size=7.5,
                face="italic",
                colour=GREY,
                align="right",
            )
            y = _header(sheet, invoice, style, continue_page())
        y = _row(sheet, invoice, style, position, y)
    return y


def totals(
    sheet: Sheet,
    invoice: Invoice,
    y: float,
    *,
    left: float,
    right: float,
    look: str = "ruled",
    size: float = 9,
) -> float:
    """The sums and the total, look "ruled", "filled" or "tinted"; gives the bottom."""
    accent = invoice.supplier.accent
    inset = 0.0 if look == "ruled" else 8.0
    y += 18
    for label, amount in sums(invoice):
        sheet.text(left + inset, y, label, size=size, colour=GREY)
        sheet.text(right - inset, y, amount, size=size, align="right")
        y += size * 1.75
    label, amount = total(invoice)
    if look == "ruled":
        sheet.rule(left, y - size, right, width=1, colour=accent)
    else:
        shade = accent if look == "filled" else tint(accent, 0.16)
        sheet.box(left, y - size, right - left, size * 2.9, fill=shade)
    colour = "#ffffff" if look == "filled" else accent
    y += size * 0.85
    sheet.text(left + inset, y, label, size=size + 2, face="bold", colour=colour)
    sheet.text(
        *(right - inset, y, amount),
        size=size + 2,
        face="bold",
        colour=colour,
        align="right",
    )
    return y + size * 2
