"""The demo's invoices: who bills whom for what, and how the file is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from reviewer.demo.model import ZERO, Invoice, Item, Supplier, cents
from reviewer.demo.suppliers import BUYERS


@dataclass(frozen=True, slots=True)
class InvoicePlan:
    """How one invoice file comes about.

    form is "pdf", or a form with pictures of worn paper in it: "jpeg", "png", "tiff",
    "picture-pdf" (all pages), "mixed-pdf" (the last page), or "locked-pdf".
    wear is a level of reviewer.demo.wear; days until payment is due, 0 for not stated.
    """

    file: str
    tenant: str
    supplier: Supplier
    number: str
    issued: date
    count: int = 4
    form: str = "pdf"
    wear: str = ""
    days: int = 0
    discount_percent: int = 0
    freight: str = "0"
    freight_line: str = "0"
    misprint: str = "0"
    credit_note: bool = False
    note: str = ""


def _items(plan: InvoicePlan, random: Random) -> tuple[Item, ...]:
    goods = plan.supplier.goods
    chosen = [goods[i] for i in sorted(random.sample(range(len(goods)), plan.count))]
    sign = -1 if plan.credit_note else 1
    items = [
        Item(
            *(good.code, good.description, good.unit),
            Decimal(sign * random.randint(1, good.most)),
            *(good.price, good.rate),
        )
        for good in chosen
    ]
    if plan.freight_line != "0":
        price, rate = Decimal(plan.freight_line), max(good.rate for good in goods)
        item = Item("FRT", "Freight, pallet to quay", "pcs", Decimal(1), price, rate)
        items.append(item)
    return tuple(items)


def build(plan: InvoicePlan, random: Random) -> Invoice:
    """The invoice that a plan describes; quantities come from random."""
    items = _items(plan, random)
    whole = sum((item.amount for item in items), ZERO)
    return Invoice(
        supplier=plan.supplier,
        buyer=BUYERS[plan.tenant],
        number=plan.number,
        issued=plan.issued,
        items=items,
        due=plan.issued + timedelta(days=plan.days) if plan.days else None,
        discount=cents(whole * plan.discount_percent / 100),
        freight=Decimal(plan.freight),
        misprint=Decimal(plan.misprint),
        credit_note=plan.credit_note,
    )
