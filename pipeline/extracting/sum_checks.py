"""Checks of arithmetic: what is printed must add up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.extracting.bridge import Bridge, bridge_between, row_of
from pipeline.extracting.case import Case, Finding, LineItem, line_items
from pipeline.extracting.reasons import VerifyReason
from pipeline.extracting.receipt_total import amounts_beside

CENT = Decimal("0.01")
CLOSE = Decimal("0.02")  # the roundings of the parts may add up to this
SURE = 0.7  # parts that were read with less confidence cannot refute a sum
COINS = Decimal("0.05")  # cash totals are rounded to coins


def sums(case: Case) -> Iterator[Finding]:
    """Net + tax = gross, with the charges and discounts that stand between them."""
    gross, tax, net = (
        case.amount("gross_total"),
        case.amount("tax_total"),
        case.amount("net_total"),
    )
    bridge = bridge_of(case)
    if gross and net and bridge and bridge.spans(net[1], gross[1]):
        whole = tax is not None and tax[1] == sum(bridge.taxes)
        for slot in (gross[0], net[0], *([tax[0]] if tax and whole else [])):
            yield Finding(slot, VerifyReason.NET_PLUS_TAX_AGREES, agrees=True)
        return
    if gross is None or tax is None:
        return
    base = gross[1] - tax[1]
    printed = {abs(amount - base) for amount in case.other_amounts(gross[0])}
    # Without tax any amount that stands twice would "add up".
    holds = bool(tax[1]) and bool(printed) and min(printed) <= CENT
    direct = net is not None and abs(net[1] - base) <= CLOSE
    if holds or direct:
        for slot in (gross[0], tax[0], *([net[0]] if net and direct else [])):
            yield Finding(slot, VerifyReason.NET_PLUS_TAX_AGREES, agrees=True)
    elif net is not None:
        slots = (gross[0], tax[0], net[0])
        sure = all(case.confidence(slot) >= SURE for slot in slots)
        for slot in slots:
            reason = VerifyReason.NET_PLUS_TAX_DIFFERS
            yield Finding(slot, reason, agrees=False if sure else None)


def bridge_of(case: Case) -> Bridge | None:
    """What is printed between the claimed net and the claimed gross amount."""
    rows = []
    for role in ("net_total", "gross_total"):
        found = case.by_role(role)
        region = found[1].region if found else None
        row = row_of(case.context, region) if region else None
        if row is None:
            return None
        rows.append(row)
    return bridge_between(case.context, *rows)


def line_sums(case: Case) -> Iterator[Finding]:
    """The line amounts add up to the net amount, or to the total."""
    items = line_items(case.extraction)
    amounts = [item.amount for item in items if item.amount is not None]
    if not amounts or len(amounts) < len(items):
        return
    total = sum(amounts, Decimal(0))
    roles = ("net_total", "gross_total", "receipt_total")
    claimed = [found for role in roles if (found := case.amount(role))]
    agreeing = [slot for slot, value in claimed if abs(value - total) <= CLOSE]
    for slot in agreeing:
        yield Finding(slot, VerifyReason.SUM_OF_LINES_AGREES, agrees=True)
    if not agreeing and claimed:
        complete = all(_multiplies(item) for item in items)
        yield Finding(
            claimed[0][0],
            VerifyReason.SUM_OF_LINES_DIFFERS,
            agrees=False if complete and case.amount("net_total") else None,
        )


def line_products(case: Case) -> Iterator[Finding]:
    """Quantity times unit price is the amount, within a cent a unit's rounding."""
    for item in line_items(case.extraction):
        multiplies = _multiplies(item)
        if multiplies is None:
            continue
        reason = (
            VerifyReason.LINE_PRODUCT_AGREES
            if multiplies
            else VerifyReason.LINE_PRODUCT_DIFFERS
        )
        for column in ("quantity", "unit_price", "amount"):
            yield Finding(
                f"{item.prefix}.{column}", reason, True if multiplies else None
            )


def _multiplies(item: LineItem) -> bool | None:
    if item.quantity is None or item.unit_price is None or item.amount is None:
        return None
    exact = item.quantity * item.unit_price
    return abs(exact - item.amount) <= max(CENT, abs(item.amount) * Decimal("0.0005"))


def payments(case: Case) -> Iterator[Finding]:
    """What was paid less the change is the total, to the cent or the nearest coin."""
    found = case.by_role("receipt_total")
    if found is None:
        return
    field, claim = found
    total = Decimal(claim.value)
    hood = case.context.neighbourhood
    paid = amounts_beside(hood, field, "paid")
    change = amounts_beside(hood, field, "change")
    kept = {p - abs(c) for p in paid for c in change if p > abs(c)}
    if total in kept:
        yield Finding(claim.slot, VerifyReason.PAID_LESS_CHANGE_AGREES, agrees=True)
    elif len(paid) == 1 and len(change) == 1 and kept:
        near = min(abs(total - k) for k in kept) < COINS
        yield Finding(
            claim.slot,
            VerifyReason.PAID_LESS_CHANGE_DIFFERS,
            agrees=None if near else False,
        )


def roundings(case: Case) -> Iterator[Finding]:
    """Subtotal and rounding add up to the total, or goods and tax do."""
    found = case.by_role("receipt_total")
    if found is None:
        return
    field, claim = found
    total = Decimal(claim.value)
    hood = case.context.neighbourhood
    rounding = {r for r in amounts_beside(hood, field, "rounding") if abs(r) < COINS}
    others = case.other_amounts(claim.slot) | {total}
    steps = {r for r in rounding if r}
    if steps and total % COINS == 0:
        if any(total - r in others or total + r in others for r in steps):
            reason = VerifyReason.SUBTOTAL_AND_ROUNDING_AGREE
            yield Finding(claim.slot, reason, agrees=True)
    elif steps:
        yield Finding(claim.slot, VerifyReason.ROUNDING_NOT_APPLIED, agrees=None)
        return
    taxes = amounts_beside(hood, field, "tax")
    if any(t > 0 and total - t in others for t in taxes):
        yield Finding(claim.slot, VerifyReason.NET_PLUS_TAX_AGREES, agrees=True)
