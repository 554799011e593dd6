"""Net, tax and gross of an invoice: chosen together, so that they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate
from pipeline.extracting.context import Context, Ranked

KEPT = 8  # candidates a field that take part in the choice
ADDS_UP = 0.8
CLOSE = Decimal("0.02")
LATE = 0.15
UNMARKED = -0.4
ROLES = ("net_total", "tax_total", "gross_total")


@dataclass(frozen=True, slots=True)
class Totals:
    """The chosen amounts by role, and whether net + tax = gross held."""

    chosen: Mapping[str, Candidate]
    adds_up: bool


def totals_rule(context: Context, field: FieldSpec) -> Ranked:
    """The field's amount in the combination that fits best."""
    role = str(field.hints["role"])
    ranked = labelled_amounts(context, field)
    if not ranked:
        return Ranked((), 0.0)
    choice = choose(
        {
            spec.hints["role"]: labelled_amounts(context, spec)
            for spec in context.spec.fields
            if spec.hints.get("role") in ROLES
        }
    )
    best = choice.chosen.get(role)
    if best is None:
        return Ranked((), 0.0)
    others = tuple(c for c in ranked if c.value != best.value)
    margin = best.score - (others[0].score if others else 0.0)
    base = 0.45 + 0.3 * best.score + 0.15 * max(-1.0, min(1.0, margin))
    confidence = base + (0.15 if choice.adds_up else -0.1)
    return Ranked((best, *others), max(0.05, min(0.99, confidence)))


def labelled_amounts(context: Context, field: FieldSpec) -> list[Candidate]:
    """One candidate a value, best first; later on the document is a little better."""
    rows = max(len(context.view.rows), 1)
    best: dict[str, Candidate] = {}
    for found in context.neighbourhood.candidates(field):
        score = found.score + LATE * found.row / rows
        score += 0 if found.marked else UNMARKED
        candidate = found.scored(score)
        if found.value not in best or best[found.value].score < score:
            best[found.value] = candidate
    return sorted(best.values(), key=lambda c: -c.score)


def choose(ranked: Mapping[str, Sequence[Candidate]]) -> Totals:
    """The combination with the best labels, where sums that hold count extra."""
    lists = [list(ranked.get(role, ()))[:KEPT] or [None] for role in ROLES]
    best: tuple[float, bool, tuple[Candidate | None, ...]] | None = None
    for combination in product(*lists):
        held = _adds_up(combination)
        score = sum(c.score for c in combination if c) + (ADDS_UP if held else 0.0)
        if best is None or score > best[0]:
            best = (score, held, combination)
    if best is None:
        return Totals({}, adds_up=False)
    chosen = {r: c for r, c in zip(ROLES, best[2], strict=True) if c is not None}
    return Totals(chosen, best[1])


def _adds_up(combination: tuple[Candidate | None, ...]) -> bool:
    net, tax, gross = combination
    if net is None or tax is None or gross is None:
        return False
    total = Decimal(net.value) + Decimal(tax.value)
    return abs(total - Decimal(gross.value)) <= CLOSE and total != 0
