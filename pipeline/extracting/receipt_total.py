"""The amount that a receipt asks for, among the many amounts on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate, money_in
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.neighbours import Neighbourhood
from pipeline.extracting.values import squeeze
from pipeline.extracting.view import Segment

UNLABELLED = 0.25
PAID_LESS_CHANGE = 0.5
SUM_OF_PARTS = 0.25
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
    paid = _labelled(hood, field, "paid")
    change = _labelled(hood, field, "change")
    after_change = {
        p - c for p in paid for c in [*change] if Decimal(0) <= c < p
    }
    largest = max((Decimal(a.value) for a in amounts), default=Decimal(0))
    rows = max(len(context.view.rows), 1)
    found = hood.candidates(field)
    labelled = {(c.value, c.row) for c in found}
    found += [a.scored(UNLABELLED) for a in amounts if (a.value, a.row) not in labelled]
    scored = []
    for candidate in found:
        value = Decimal(candidate.value)
        score = candidate.score
        score += LATE * candidate.row / rows
        score += REPEATED * min(counts[candidate.value] - 1, 3)
        score += PAID_LESS_CHANGE if value in after_change else 0
        score += LARGEST if value == largest else 0
        score += 0 if candidate.marked else NO_CENTS
        score += WORTHLESS if value <= 0 else 0
        scored.append(candidate.scored(score))
    ranked = merged(sorted(scored, key=lambda c: -c.score))
    return Ranked(tuple(ranked), _confidence(ranked))


def merged(ranked: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a value: the first, which is the best."""
    seen: dict[str, Candidate] = {}
    for candidate in ranked:
        seen.setdefault(candidate.value, candidate)
    return list(seen.values())


def _confidence(ranked: list[Candidate]) -> float:
    if not ranked:
        return 0.0
    margin = ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)
    return max(0.05, min(0.98, 0.3 + ranked[0].score * 0.3 + margin * 0.5))


def _labelled(hood: Neighbourhood, field: FieldSpec, hint: str) -> set[Decimal]:
    """Amounts beside labels that a hint of the field names."""
    labels = {squeeze(label) for label in field.hints.get(hint, ())}

    def finder(segment: Segment, start: int, end: int | None) -> Iterable[Candidate]:
        return money_in(segment, start, segment.text[:end])

    found = set()
    for hit in hood.hits:
        if hit.label in labels:
            for candidate in hood.beside(hit, finder, below=True):
                if candidate.marked:
                    found.add(Decimal(candidate.value))
                    break
    return found
