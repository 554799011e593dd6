"""The number of an invoice: beside its label, or in the document's title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.receipt_total import merged
from pipeline.extracting.values import squeeze
from pipeline.extracting.view import Segment, span_of

TITLE = re.compile(
    r"(?:rechnung|invoice|facture|avoir|gutschrift|korrektur|rektur|factuur|fattura"
    r"|factura|faktura|credit note|\bbill\b)[\w-]*"
    r"(?P<middle>[^\d\n]{0,45}(?:\(\d+\)\s*)?)"
    r"(?:\b(?:nr|no|num)\b|nr(?=[.:\d])|number|n[°º]|№|#)[.:\s#]{0,4}"
    r"(?P<id>[A-Z0-9][\w./\\-]*?\w)(?=vom|\s|$|[,;:)])",
    re.IGNORECASE,
)
OTHER_THING = re.compile(
    r"bestell|order|auftrag|liefer|vertrag|kunde|customer|client|page|seite|phone|tel",
    re.IGNORECASE,
)
LINK_TO_DATE = re.compile(r"\s*(?:vom|du|of|dated|issued|van|from|le|am|del)\b", re.I)
TITLE_SCORE = 0.95
DATED = 0.15
EARLY = 0.1
REPEATED = 0.06
LABELLED = 0.8  # score from which on a number stands right beside a telling label
ALONE = 0.65  # score that does where nothing else could be the number
CLEAR = 0.2  # margin before the second candidate


def document_number(context: Context, field: FieldSpec) -> Ranked:
    """Labelled identifiers, and the one in a title such as "Invoice 12 of 1 May"."""
    found = context.neighbourhood.candidates(field) + list(titled(context))
    counts = Counter(
        squeeze(word.text) for page in context.view.pages for word in page.words
    )
    rows = max(len(context.view.rows), 1)
    scored = [
        candidate.scored(
            candidate.score
            + EARLY * (1 - candidate.row / rows)
            + REPEATED * min(counts[squeeze(candidate.value)] - 1, 3)
            + shape(candidate.value)
        )
        for candidate in found
    ]
    ranked = merged(sorted(scored, key=lambda c: -c.score))
    if not ranked:
        return Ranked((), 0.0)
    return Ranked(tuple(ranked), _confidence(ranked))


def _confidence(ranked: Sequence[Candidate]) -> float:
    margin = ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0.0)
    if len(ranked) == 1 and ranked[0].score > ALONE and not shape(ranked[0].value):
        return 0.975
    if ranked[0].score < LABELLED:
        return 0.6
    return 0.975 if margin > CLEAR else 0.85


@dataclass(frozen=True, slots=True)
class TitledNumber:
    """A number in a title: where it stands, and whether a date is said to follow."""

    segment: Segment
    start: int
    end: int
    dated: bool


def titled_numbers(context: Context) -> Iterator[TitledNumber]:
    for segment in context.view.segments:
        for match in TITLE.finditer(segment.text):
            if OTHER_THING.search(match["middle"]):
                continue
            if any(c.isdigit() for c in match["id"]):
                dated = LINK_TO_DATE.match(segment.text, match.end()) is not None
                yield TitledNumber(segment, match.start("id"), match.end("id"), dated)


def titled(context: Context) -> Iterator[Candidate]:
    for number in titled_numbers(context):
        span = span_of(number.segment, number.start, number.end)
        score = TITLE_SCORE + (DATED if number.dated else 0.0)
        yield Candidate(span.text, span.text, (span,), score, marked=True)


def shape(value: str) -> float:
    """What a number loses for its shape: short ones are seldom invoice numbers."""
    digits = sum(c.isdigit() for c in value)
    if digits < 2 or len(value) < 3:
        return -0.3
    return -0.1 if digits < 3 else 0.0
