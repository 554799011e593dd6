"""What a demo document is: its parties, its items, and the sums that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class DemoDocument:
    """One file of the demo and what a faultless reading of it gives.

    fields and lines are empty where nothing can be read; adjustments are the printed
    amounts between the lines' sum and the grand total (discount, freight, rounding).
    expected_disposition is "rejected" for files that the input gate must turn away and
    empty otherwise; hard marks files that are worn on purpose beyond the ordinary.
    """

    file: str
    document_type: str
    tenant: str
    fields: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...] = ()
    adjustments: Mapping[str, str] = field(default_factory=dict)
    expected_disposition: str = ""
    hard: bool = False
    adds_up: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A buyer, or the address part of a supplier; address lines without the name."""

    name: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Good:
    """Something that a supplier sells; price is net, rate is per cent of tax."""

    code: str
    description: str
    unit: str
    price: Decimal
    rate: Decimal
    most: int = 12


@dataclass(frozen=True, slots=True)
class Supplier:
    """language is "en", "us", "de" or "fr"; accent is "#rrggbb"."""

    party: Party
    trade: str
    design: str
    accent: str
    language: str
    currency: str
    tax_id: str
    iban: str
    mail: str
    telephone: str
    goods: tuple[Good, ...]


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    description: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return cents(self.quantity * self.unit_price)


@dataclass(frozen=True, slots=True)
class Invoice:
    """discount is taken off and freight added between the lines' sum and the total.

    misprint is added to the printed grand total only: with it the page contradicts
    itself. due is None where the page states no date of payment.
    """

    supplier: Supplier
    buyer: Party
    number: str
    issued: date
    items: tuple[Item, ...]
    due: date | None = None
    discount: Decimal = ZERO
    freight: Decimal = ZERO
    misprint: Decimal = ZERO
    credit_note: bool = False

    @property
    def line_total(self) -> Decimal:
        return sum((item.amount for item in self.items), ZERO)

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by rate; discount and freight go with the highest rate."""
        basis: dict[Decimal, Decimal] = {}
        for item in self.items:
            basis[item.rate] = basis.get(item.rate, ZERO) + item.amount
        basis[max(basis)] += self.freight - self.discount
        return {rate: cents(basis[rate] * rate / 100) for rate in sorted(basis)}

    @property
    def tax_total(self) -> Decimal:
        return sum(self.taxes.values(), ZERO)

    @property
    def grand_total(self) -> Decimal:
        net = self.line_total - self.discount + self.freight
        return net + self.tax_total + self.misprint

    def fields(self) -> dict[str, str]:
        """The truth, under the names of the built-in document type."""
        return {
            "invoice_number": self.number,
            "invoice_date": self.issued.isoformat(),
            "supplier_name": self.supplier.party.name,
            "buyer_name": self.buyer.name,
            "currency": self.supplier.currency,
            "line_total": f"{self.line_total:.2f}",
            "tax_total": f"{self.tax_total:.2f}",
            "grand_total": f"{self.grand_total:.2f}",
        }

    def lines(self) -> tuple[dict[str, str], ...]:
        return tuple(
            {
                "description": item.description,
                "quantity": str(item.quantity),
                "unit_price": f"{item.unit_price:.2f}",
                "amount": f"{item.amount:.2f}",
            }
            for item in self.items
        )

    def adjustments(self) -> dict[str, str]:
        named = {"discount": -self.discount, "freight": self.freight}
        return {name: f"{value:.2f}" for name, value in named.items() if value}
