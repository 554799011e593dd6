"""Net, tax and gross of an invoice: chosen together, so that they add up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from pipeline.claims import FieldSpec
from pipeline.extracting.bridge import Bridge, bridge_between
from pipeline.extracting.candidates import Candidate, money_in
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.labels import LabelHit
from pipeline.extracting.neighbours import Neighbourhood, stands_below

KEPT = 8  # candidates a field that take part in the choice
ADDING, ALONE = 0.95, 0.75  # confidence with and without a sum that holds
ADDS_UP = 0.8
CLOSE = Decimal("0.02")
NET_FITS = 0.07
COLUMN_SUM = 1.0
UNLABELLED_NET = 0.5
COLUMN_GAP = 3.0  # label heights between the rows of a column
HIGHEST_TAX = Decimal("0.4")  # of the gross amount
TOO_MUCH_TAX = 1.5
LATE = 0.15
UNMARKED = -0.4
Combination = tuple[Candidate | None, ...]
ROLES = ("net_total", "tax_total", "gross_total")


@dataclass(frozen=True, slots=True)
class Totals:
    """All amounts by role, the chosen ones, and whether net + tax = gross held."""

    ranked: Mapping[str, Sequence[Candidate]]
    chosen: Mapping[str, Candidate]
    adds_up: bool


def totals_rule(context: Context, field: FieldSpec) -> Ranked:
    """The field's amount in the combination that fits best."""
    role = str(field.hints["role"])
    totals = totals_of(context)
    best = totals.chosen.get(role)
    if best is None:
        return Ranked((), 0.0)
    others = tuple(c for c in totals.ranked.get(role, ()) if c.value != best.value)
    confidence = (ADDING if totals.adds_up else ALONE) * min(1.0, 0.3 + best.score)
    return Ranked((best, *others), max(0.05, confidence))


def totals_of(context: Context) -> Totals:
    """The choice for the whole document, made once for all of its fields."""
    known = context.memo.get("totals")
    if isinstance(known, Totals):
        return known
    ranked = {
        str(spec.hints["role"]): labelled_amounts(context, spec)
        for spec in context.spec.fields
        if spec.hints.get("role") in ROLES
    }
    printed = {Decimal(amount.value) for amount in context.amounts if amount.marked}
    totals = with_net(context, bridged(context, choose(ranked, printed)))
    context.memo["totals"] = totals
    return totals


def bridged(context: Context, totals: Totals) -> Totals:
    """The choice, where the amounts between net and gross show what the tax is.

    Where several rates are taxed and their sum is printed nowhere, none of them is the
    tax total.
    """
    net, gross = totals.chosen.get("net_total"), totals.chosen.get("gross_total")
    if net is None or gross is None:
        return totals
    bridge = bridge_between(context, net.row, gross.row)
    if not bridge.spans(Decimal(net.value), Decimal(gross.value)):
        return totals
    chosen = {"net_total": net, "gross_total": gross}
    tax = _whole_tax(totals, bridge)
    if tax is not None:
        chosen["tax_total"] = tax
    return Totals(totals.ranked, chosen, adds_up=True)


def _whole_tax(totals: Totals, bridge: Bridge) -> Candidate | None:
    """The best candidate for the tax that is the sum of the taxes of all rates."""
    whole = sum(bridge.taxes)
    candidates = [totals.chosen.get("tax_total"), *totals.ranked.get("tax_total", ())]
    found = (c for c in candidates if c is not None and Decimal(c.value) == whole)
    return next(found, None)


def with_net(context: Context, totals: Totals) -> Totals:
    """The choice; a net without a label is the amount above the tax that adds up."""
    tax, gross = totals.chosen.get("tax_total"), totals.chosen.get("gross_total")
    if "net_total" in totals.chosen or not totals.adds_up or not tax or not gross:
        return totals
    base = Decimal(gross.value) - Decimal(tax.value)
    found = [
        amount
        for amount in context.amounts
        if amount.marked and Decimal(amount.value) == base and amount.row < tax.row
    ]
    if not found or not Decimal(tax.value):
        return totals
    net = found[-1].scored(UNLABELLED_NET)
    return replace(totals, chosen={**totals.chosen, "net_total": net})


def labelled_amounts(context: Context, field: FieldSpec) -> list[Candidate]:
    """One candidate a value, best first; later on the document is a little better."""
    rows = max(len(context.view.rows), 1)
    best: dict[str, Candidate] = {}
    hood = context.neighbourhood
    for found in [*hood.candidates(field), *column_sums(hood, field)]:
        score = found.score + LATE * found.row / rows
        score += 0 if found.marked else UNMARKED
        candidate = found.scored(score)
        if found.value not in best or best[found.value].score < score:
            best[found.value] = candidate
    return sorted(best.values(), key=lambda c: -c.score)


def column_sums(hood: Neighbourhood, field: FieldSpec) -> Iterator[Candidate]:
    """The last amount of a column under the label, if the others add up to it."""
    for hit, rank in hood.hits_of(field.name):
        column = list(_column(hood, hit))
        if len(column) < 2:
            continue
        *parts, last = column
        if sum((Decimal(part.value) for part in parts), Decimal(0)) == Decimal(
            last.value
        ):
            score = COLUMN_SUM - 0.005 * rank
            yield replace(last, score=score, label=hit.label)


def _column(hood: Neighbourhood, hit: LabelHit) -> Iterator[Candidate]:
    bottom = hit.segment.bbox.bottom
    for row in hood.view.rows[hit.segment.row + 1 :]:
        near = row.bbox.top - bottom < COLUMN_GAP * hit.segment.height
        if row.page != hit.segment.page or not near:
            return
        for segment in row.segments:
            found = money_in(segment, 0, segment.text)
            amounts = [amount for amount in found if amount.marked]
            if stands_below(hit, segment) and amounts:
                yield amounts[-1]
                bottom = row.bbox.bottom
                break


def choose(
    ranked: Mapping[str, Sequence[Candidate]], printed: Collection[Decimal]
) -> Totals:
    """The combination with the best labels, where sums that hold count extra.

    printed holds all amounts of the document: gross less tax must be among them.
    """
    lists = [_kept(ranked.get(role, ())) for role in ROLES]
    cents = {round(amount * 100) for amount in printed}
    combinations = [tuple(combination) for combination in product(*lists)]
    best = max(combinations, key=lambda c: _score(c, cents))
    chosen = {r: c for r, c in zip(ROLES, best, strict=True) if c is not None}
    if _too_much_tax(best):
        del chosen["tax_total"]
    return Totals(ranked, chosen, _adds_up(best, cents))


def _kept(candidates: Sequence[Candidate]) -> list[Candidate | None]:
    return [*candidates[:KEPT]] or [None]


def _score(combination: Combination, cents: Collection[int]) -> float:
    score = sum(candidate.score for candidate in combination if candidate)
    if _adds_up(combination, cents):
        score += ADDS_UP + (NET_FITS if _net_fits(combination) else 0.0)
    return score - (TOO_MUCH_TAX if _too_much_tax(combination) else 0.0)


def _adds_up(combination: Combination, cents: Collection[int]) -> bool:
    """Whether gross less tax is printed somewhere, give or take a cent."""
    _, tax, gross = combination
    if tax is None or gross is None or not Decimal(gross.value):
        return False
    if not Decimal(tax.value):
        return _net_fits(combination)
    base = round((Decimal(gross.value) - Decimal(tax.value)) * 100)
    return any(base + step in cents for step in (-1, 0, 1))


def _net_fits(combination: Combination) -> bool:
    net, tax, gross = (Decimal(c.value) if c else None for c in combination)
    if net is None or tax is None or gross is None:
        return False
    return abs(net + tax - gross) <= CLOSE


def _too_much_tax(combination: Combination) -> bool:
    _, tax, gross = combination
    if tax is None or gross is None:
        return False
    return abs(Decimal(tax.value)) > HIGHEST_TAX * abs(Decimal(gross.value))
