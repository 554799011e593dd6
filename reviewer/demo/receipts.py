"""Receipts as a till prints them: rows of fixed width, with sums that hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from reviewer.demo.model import ZERO, cents
from reviewer.demo.wording import money, plain_number

WIDTH = 38


@dataclass(frozen=True, slots=True)
class Shop:
    """Prices of goods hold the tax, except where tax_on_top; rates are per cent.

    date_shape is for strftime; round_to is the smallest coin, 0.01 for no rounding.
    The look: rule is the letter of the lines across, inverse puts the name white on
    black, date_last moves the date below the sums, columns prints quantity and price
    of every article in columns of their own.
    """

    name: str
    address: tuple[str, ...]
    telephone: str
    tax_line: str
    language: str
    currency: str
    date_shape: str
    greeting: str
    goods: tuple[tuple[str, str, str], ...]
    words: dict[str, str]
    bold: bool = False
    tax_on_top: bool = False
    round_to: str = "0.01"
    rule: str = "-"
    inverse: bool = False
    date_last: bool = False
    columns: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row; scale 2 is twice as wide and high, inverse white on black."""

    text: str
    bold: bool = False
    scale: int = 1
    centered: bool = False
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    description: str
    quantity: int
    price: Decimal
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Receipt:
    shop: Shop
    when: datetime
    number: int
    sales: tuple[Sale, ...]
    cash: bool

    @property
    def subtotal(self) -> Decimal:
        return sum((sale.amount for sale in self.sales), ZERO)

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by rate: within the prices, or on top of them."""
        taxes = {}
        for rate in sorted({sale.rate for sale in self.sales}):
            amounts = [sale.amount for sale in self.sales if sale.rate == rate]
            basis = Decimal(100) if self.shop.tax_on_top else 100 + rate
            taxes[rate] = cents(sum(amounts, ZERO) * rate / basis)
        return taxes

    @property
    def rounding(self) -> Decimal:
        coin = Decimal(self.shop.round_to)
        if not self.cash:
            return ZERO
        return cents(self.subtotal / coin).quantize(Decimal(1)) * coin - self.subtotal

    @property
    def tax_on_top(self) -> Decimal:
        return sum(self.taxes.values(), ZERO) if self.shop.tax_on_top else ZERO

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax_on_top + self.rounding

    def fields(self) -> dict[str, str]:
        return {
            "company": self.shop.name,
            "date": self.when.date().isoformat(),
            "address": ", ".join(self.shop.address),
            "total": f"{self.total:.2f}",
        }

    def lines(self) -> tuple[dict[str, str], ...]:
        return tuple(
            {
                "description": sale.description,
                "quantity": str(sale.quantity),
                "unit_price": f"{sale.price:.2f}",
                "amount": f"{sale.amount:.2f}",
            }
            for sale in self.sales
        )

    def adjustments(self) -> dict[str, str]:
        named = {"tax": self.tax_on_top, "rounding": self.rounding}
        return {name: f"{value:.2f}" for name, value in named.items() if value}


def sell(
    shop: Shop, when: datetime, count: int, random: Random, *, cash: bool
) -> Receipt:
    """A receipt with some of the shop's goods; chance comes from random alone."""
    chosen = sorted(random.sample(range(len(shop.goods)), count))
    sales = tuple(
        Sale(name, random.choice((1, 1, 1, 2, 3)), Decimal(price), Decimal(rate))
        for name, price, rate in (shop.goods[i] for i in chosen)
    )
    return Receipt(shop, when, random.randint(1000, 9999), sales, cash)


def print_rows(receipt: Receipt) -> list[Row]:
    """The rows from the shop's name to the greeting."""
    shop = receipt.shop
    scale = 2 if len(shop.name) <= WIDTH // 2 else 1
    name = Row(shop.name, bold=True, scale=scale, centered=True, inverse=shop.inverse)
    head = [*shop.address, f"{shop.words['telephone']} {shop.telephone}", shop.tax_line]
    when = f"{receipt.when.strftime(shop.date_shape)}  {receipt.when:%H:%M}"
    date = [Row(_apart(when, f"{shop.words['receipt']} {receipt.number}"))]
    rule = Row((shop.rule * WIDTH)[:WIDTH])
    return [
        name,
        *(Row(text, centered=True) for text in head),
        Row(""),
        *([] if shop.date_last else date),
        rule,
        *(_column_rows(receipt) if shop.columns else _sale_rows(receipt)),
        rule,
        *_sum_rows(receipt),
        Row(""),
        *_tax_rows(receipt),
        *([rule, *date] if shop.date_last else []),
        Row(""),
        Row(shop.greeting, centered=True),
    ]


def _apart(left: str, right: str, width: int = WIDTH) -> str:
    return left + right.rjust(width - len(left))


def _sale_rows(receipt: Receipt) -> list[Row]:
    language = receipt.shop.language
    rows = []
    for sale in receipt.sales:
        amount = money(sale.amount, language)
        if sale.quantity == 1:
            rows.append(Row(_apart(sale.description, amount)))
            continue
        rows.append(Row(sale.description))
        each = f"  {sale.quantity} x {money(sale.price, language)}"
        rows.append(Row(_apart(each, amount)))
    return rows


def _column_rows(receipt: Receipt) -> list[Row]:
    """Articles with quantity, price and amount in columns below their headings."""
    words, language = receipt.shop.words, receipt.shop.language
    heads = (words["article"], words["quantity"], words["price"], words["amount"])
    rows = ["{:<19}{:>3}{:>8}{:>8}".format(*heads)]
    for sale in receipt.sales:
        price, amount = money(sale.price, language), money(sale.amount, language)
        rows.append(f"{sale.description:<19}{sale.quantity:>3}{price:>8}{amount:>8}")
    return [Row(row) for row in rows]


def _sum_rows(receipt: Receipt) -> list[Row]:
    shop, language, words = receipt.shop, receipt.shop.language, receipt.shop.words
    rows = []
    if receipt.tax_on_top or receipt.rounding:
        rows.append(Row(_apart(words["subtotal"], money(receipt.subtotal, language))))
    if receipt.tax_on_top:
        rows.append(Row(_apart(words["tax"], money(receipt.tax_on_top, language))))
    if receipt.rounding:
        rows.append(Row(_apart(words["rounding"], money(receipt.rounding, language))))
    total = money(receipt.total, language)
    label = f"{words['total']} {shop.currency}"
    rows.append(Row(_apart(label, total, WIDTH // 2), bold=True, scale=2))
    if not receipt.cash:
        return [*rows, Row(_apart(words["card"], total))]
    note = next(
        Decimal(n) for n in (5, 10, 20, 50, 100, 200, 500) if receipt.total <= n
    )
    change = money(note - receipt.total, language)
    rows.append(Row(_apart(words["cash"], money(note, language))))
    return [*rows, Row(_apart(words["change"], change))]


def _tax_rows(receipt: Receipt) -> list[Row]:
    shop, language = receipt.shop, receipt.shop.language
    if shop.tax_on_top:
        return []
    words = shop.words
    rows = [Row(f"{words['rate']:<10}{words['net']:>14}{words['tax']:>14}")]
    for rate, tax in receipt.taxes.items():
        gross = sum((s.amount for s in receipt.sales if s.rate == rate), ZERO)
        net = money(gross - tax, language)
        percent = f"{plain_number(rate, language)} %"
        rows.append(Row(f"{percent:<10}{net:>14}{money(tax, language):>14}"))
    return rows
