"""The amount that a receipt asks for, among the many amounts on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate, money_in
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.neighbours import Neighbourhood
from pipeline.extracting.values import squeeze
from pipeline.extracting.view import Segment

UNLABELLED = 0.25
PAID_LESS_CHANGE = 0.5
ROUNDED = 0.4
WITH_TAX = 0.2
SUBTOTAL = 0.5
IN_SUMMARY = -0.45
CLEAR, LIKELY = 0.5, 0.2  # margins before the second candidate
STRONG = 0.9  # score of a total with a good label
COIN = Decimal("0.05")  # cash totals are rounded to this
REPEATED = 0.08
LARGEST = 0.1
LATE = 0.1
NO_CENTS = -0.5
WORTHLESS = -1.0


def receipt_total(context: Context, field: FieldSpec) -> Ranked:
    """Score each labelled amount by its label, its place, and whether it adds up."""
    hood = context.neighbourhood
    amounts = [a for a in context.amounts if a.marked and Decimal(a.value) > 0]
    counts = Counter(a.value for a in amounts)
    paid = amounts_beside(hood, field, "paid")
    change = amounts_beside(hood, field, "change")
    after_change = {p - abs(c) for p in paid for c in change if abs(c) < p}
    largest = max((Decimal(a.value) for a in amounts), default=Decimal(0))
    rows = max(len(context.view.rows), 1)
    found = hood.candidates(field)
    found += _subtotals(context, field)
    labelled = {(c.value, c.row) for c in found}
    found += [a.scored(UNLABELLED) for a in amounts if (a.value, a.row) not in labelled]
    sums = {Decimal(c.value) for c in found if c.label}
    rounded = _rounded(hood, field, sums, {Decimal(a.value) for a in amounts})
    taxed = _with_tax(hood, field, sums)
    summary = _first_row(hood, field, "summary")
    scored = []
    for candidate in found:
        value = Decimal(candidate.value)
        score = candidate.score
        score += LATE * candidate.row / rows
        score += REPEATED * min(counts[candidate.value] - 1, 3)
        score += PAID_LESS_CHANGE if value in after_change else 0
        score += WITH_TAX if value in taxed else 0
        score += ROUNDED if value in rounded else 0
        score += LARGEST if value == largest else 0
        score += 0 if candidate.marked else NO_CENTS
        score += IN_SUMMARY if candidate.row >= summary else 0
        score += WORTHLESS if value <= 0 else 0
        scored.append(candidate.scored(score))
    ranked = merged(sorted(scored, key=lambda c: -c.score))
    return Ranked(tuple(ranked), _confidence(ranked))


def _subtotals(context: Context, field: FieldSpec) -> list[Candidate]:
    """Amounts beside "subtotal", which some receipts print instead of a total."""
    labels = {squeeze(label) for label in field.hints.get("subtotal", ())}
    return [
        replace(candidate, score=candidate.score * SUBTOTAL, label=hit.label)
        for hit in context.neighbourhood.hits
        if hit.label in labels
        for candidate in context.neighbourhood.beside(hit, _finder, below=False)
    ]


def _rounded(
    hood: Neighbourhood,
    field: FieldSpec,
    labelled: set[Decimal],
    amounts: set[Decimal],
) -> set[Decimal]:
    """Amounts that are a labelled amount after the printed rounding to coins."""
    steps = {r for r in amounts_beside(hood, field, "rounding") if 0 < abs(r) < COIN}
    return {
        value
        for value in amounts
        if value % COIN == 0
        and any(value - s in labelled or value + s in labelled for s in steps)
    }


def _with_tax(
    hood: Neighbourhood, field: FieldSpec, labelled: set[Decimal]
) -> set[Decimal]:
    """Labelled amounts plus a printed tax, with the printed rounding or without."""
    taxes = {t for t in amounts_beside(hood, field, "tax") if t > 0}
    steps = {r for r in amounts_beside(hood, field, "rounding") if abs(r) < COIN}
    steps |= {-r for r in steps} | {Decimal(0)}
    return {base + tax + step for base in labelled for tax in taxes for step in steps}


def _first_row(hood: Neighbourhood, field: FieldSpec, hint: str) -> int:
    """The first row with a label that the hint lists; behind the last row if none."""
    labels = {squeeze(label) for label in field.hints.get(hint, ())}
    rows = [hit.segment.row for hit in hood.hits if hit.label in labels]
    return min(rows, default=len(hood.view.rows))


def merged(ranked: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a value: the first, which is the best."""
    seen: dict[str, Candidate] = {}
    for candidate in ranked:
        seen.setdefault(candidate.value, candidate)
    return list(seen.values())


def _confidence(ranked: list[Candidate]) -> float:
    """By how far the best stands out, as measured on labelled receipts."""
    if not ranked:
        return 0.0
    margin = ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)
    if margin > CLEAR:
        return 0.96 if ranked[0].score > STRONG else 0.9
    if margin > LIKELY:
        return 0.93 if ranked[0].score > STRONG else 0.85
    return 0.6


def amounts_beside(hood: Neighbourhood, field: FieldSpec, hint: str) -> set[Decimal]:
    """Amounts beside labels that a hint of the field names."""
    labels = {squeeze(label) for label in field.hints.get(hint, ())}
    found = set()
    for hit in hood.hits:
        if hit.label in labels:
            for candidate in hood.beside(hit, _finder, below=True):
                if candidate.marked:
                    found.add(Decimal(candidate.value))
                    break
    return found


def _finder(segment: Segment, start: int, end: int | None) -> Iterator[Candidate]:
    return money_in(segment, start, segment.text[:end])
