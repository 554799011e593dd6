"""The currency that a document's amounts are in."""

from __future__ import annotations

from collections import Counter

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.money import find_money
from pipeline.extracting.values import currency_of
from pipeline.extracting.view import span_of


def currency(context: Context, field: FieldSpec) -> Ranked:
    """Beside its label; else the mark that stands beside most amounts."""
    labelled = context.neighbourhood.candidates(field)
    if labelled:
        return Ranked(tuple(labelled), 0.97)
    marked: dict[str, Candidate] = {}
    counts: Counter[str] = Counter()
    for segment in context.view.segments:
        for match in find_money(segment.text):
            code = currency_of(match.mark) if match.mark else None
            if code is None:
                continue
            counts[code] += 1
            around = segment.text[max(0, match.start - 5) : match.end + 5]
            at = segment.text.find(match.mark, max(0, match.start - 5))
            if at >= 0 and match.mark in around:
                span = span_of(segment, at, at + len(match.mark))
                marked.setdefault(
                    code, Candidate(code, match.mark, (span,), marked=True)
                )
    if not marked:
        return _named_alone(context, field)
    ranked = sorted(marked.values(), key=lambda c: -counts[c.value])
    share = counts[ranked[0].value] / sum(counts.values())
    return Ranked(tuple(ranked), min(0.95, 0.5 + 0.45 * share))


def _named_alone(context: Context, field: FieldSpec) -> Ranked:
    """A currency code that stands as a word of its own, as in a table's footer."""
    for segment in context.view.segments:
        for word in segment.words:
            code = currency_of(word.text) if word.text.strip("():").isalpha() else None
            if code is not None and word.text.strip("():").upper() == code:
                at = segment.text.index(word.text)
                span = span_of(segment, at, at + len(word.text))
                return Ranked((Candidate(code, word.text, (span,), marked=True),), 0.8)
    return Ranked((), 0.0)
