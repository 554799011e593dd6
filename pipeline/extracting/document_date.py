"""The day on which a document was issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import TIMED, Candidate, values_in
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.document_number import titled_numbers
from pipeline.extracting.receipt_total import merged

OLDEST_YEAR = 1990
NEWEST_YEAR = 2035  # two-digit years of codes often read as later ones
EARLY = 0.15
REPEATED = 0.1
TITLED = 1.05
UNLABELLED = 0.45
UNCERTAIN = -0.3
IMPOSSIBLE = -1.0
LABELLED = 0.8  # score from which on a date has a label of its own
CLEAR = 0.15  # margin before the second candidate


def document_date(context: Context, field: FieldSpec) -> Ranked:
    """Labelled dates first; then the one that stands highest and most often."""
    found = context.neighbourhood.candidates(field, month_first=context.month_first)
    found += titled(context, field)
    labelled = {(c.value, c.row) for c in found}
    everywhere = [
        candidate
        for segment in context.view.segments
        for candidate in values_in(field, segment, month_first=context.month_first)
    ]
    found += [
        c.scored(c.score + UNLABELLED)
        for c in everywhere
        if (c.value, c.row) not in labelled
    ]
    counts = Counter(c.value for c in everywhere)
    rows = max(len(context.view.rows), 1)
    scored = []
    for candidate in found:
        score = candidate.score + EARLY * (1 - candidate.row / rows)
        score += REPEATED * min(counts[candidate.value] - 1, 2)
        score += 0 if candidate.marked else UNCERTAIN
        score += 0 if possible(date.fromisoformat(candidate.value)) else IMPOSSIBLE
        scored.append(candidate.scored(score))
    ranked = merged(sorted(scored, key=lambda c: -c.score))
    return Ranked(tuple(ranked), _confidence(ranked))


def titled(context: Context, field: FieldSpec) -> Iterator[Candidate]:
    """The date in a title such as "Invoice 12 of 1 May", or on the line below it."""
    for number in titled_numbers(context):
        segment = number.segment
        if not number.dated:
            continue
        dates = values_in(field, segment, number.end, month_first=context.month_first)
        first = next(dates, None)
        if first is None and segment.row + 1 < len(context.view.rows):
            below = context.view.rows[segment.row + 1].segments[0]
            first = next(values_in(field, below, month_first=context.month_first), None)
        if first is not None:
            yield first.scored(TITLED)


def possible(day: date) -> bool:
    """Whether a document can be of this day; not by the clock, so that the same words
    always give the same claims. The checks compare with today."""
    return OLDEST_YEAR <= day.year <= NEWEST_YEAR


def _confidence(ranked: list[Candidate]) -> float:
    """By how the date was found, and whether another one comes close."""
    if not ranked:
        return 0.0
    margin = ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)
    if not ranked[0].marked:
        return 0.6
    if ranked[0].score >= LABELLED:
        return 0.98 if margin > CLEAR else 0.93
    if len(ranked) == 1:
        return 0.97 if ranked[0].score >= UNLABELLED + TIMED else 0.93
    return 0.9 if margin > CLEAR else 0.65
