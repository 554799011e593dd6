"""Candidates: parts of the document that may be a field's value, by value type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, FieldSpec, ValueType
from pipeline.extracting.dates import find_dates
from pipeline.extracting.money import find_money, plain
from pipeline.extracting.values import currency_of, normalise, tidy
from pipeline.extracting.view import Segment, Span, span_of

IDENTIFIER = re.compile(
    r"[#(]?(?P<id>[A-Z0-9À-Þ](?:[\w./\\-]*[\w])?)", re.IGNORECASE | re.UNICODE
)
TIMED = 0.15  # score for a date with a time of day behind it
WELL_READ = 0.985  # reader's confidence from which on words were hardly ever wrong
DOUBT_COST = 5.0  # share of the value's confidence lost per reader's confidence below
WORST_FACTOR = 0.4
MOST_CANDIDATES = 3  # further values that a claim keeps
LEAD_IN = re.compile(r"^[\s:#.\-\u2013=*|]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value with the words it was read from and how much speaks for it.

    label is the squeezed label it stands beside, if any; marked is false where the text
    may well be something else (a bare number for an amount).
    """

    value: str
    raw: str
    spans: tuple[Span, ...]
    score: float = 0.0
    label: str = ""
    marked: bool = False

    @property
    def page(self) -> int:
        return self.spans[0].page

    @property
    def row(self) -> int:
        return self.spans[0].row

    @property
    def bbox(self) -> BoundingBox:
        return BoundingBox.around(span.bbox for span in self.spans)

    @property
    def read_confidence(self) -> float:
        return min(span.read_confidence for span in self.spans)

    def scored(self, score: float) -> Candidate:
        return replace(self, score=score)


def values_in(
    field: FieldSpec,
    segment: Segment,
    start: int = 0,
    *,
    end: int | None = None,
    month_first: bool = False,
) -> Iterator[Candidate]:
    """The values of the field's type in a segment's text, left to right."""
    text = segment.text[:end] if end is not None else segment.text
    kind = field.value_type
    if kind is ValueType.MONEY:
        yield from money_in(segment, start, text)
    elif kind is ValueType.DATE:
        for day in find_dates(text[start:], month_first=month_first):
            span = span_of(segment, start + day.start, start + day.end)
            value = day.value.isoformat()
            score = TIMED if day.timed else 0.0
            yield Candidate(value, span.text, (span,), score, marked=day.certain)
    elif kind is ValueType.ID:
        yield from identifiers_in(field, segment, start, text)
    else:
        yield from texts_in(field, segment, start, text)


def money_in(segment: Segment, start: int, text: str) -> Iterator[Candidate]:
    for match in find_money(text):
        if match.start < start or match.percent:
            continue
        if not match.has_cents and not match.mark and "." not in text[match.start :]:
            whole = text[match.start : match.end]
            if len(whole) > 6:
                continue
        span = span_of(segment, match.start, match.end)
        yield Candidate(
            plain(match.value),
            span.text,
            (span,),
            marked=match.has_cents or bool(match.mark),
        )


def identifiers_in(
    field: FieldSpec, segment: Segment, start: int, text: str
) -> Iterator[Candidate]:
    """Tokens with a digit that are no date and no rate; or what has the pattern."""
    pattern = field.hints.get("pattern")
    shape = re.compile(pattern) if pattern else None
    dates = [(d.start, d.end) for d in find_dates(text) if d.certain]
    for match in IDENTIFIER.finditer(text, start):
        token = match["id"]
        at = match.start("id")
        if any(s <= at < e for s, e in dates) or text[match.end() :][:1] in ("%", "@"):
            continue
        if shape is not None and not shape.fullmatch(token):
            continue
        if shape is None and not (any(c.isdigit() for c in token) and len(token) > 1):
            continue
        span = span_of(segment, at, match.end("id"))
        yield Candidate(token, token, (span,), marked=True)


def texts_in(
    field: FieldSpec, segment: Segment, start: int, text: str
) -> Iterator[Candidate]:
    rest = text[start:]
    lead = LEAD_IN.match(rest)
    begin = start + (lead.end() if lead else 0)
    raw = text[begin:]
    if field.value_type is ValueType.CURRENCY:
        code = currency_of(raw)
        value = code
    elif field.value_type is ValueType.NUMBER:
        value = normalise(field.value_type, raw)
    else:
        value = tidy(raw) if any(c.isalnum() for c in raw) else None
    if value:
        span = span_of(segment, begin, len(text))
        yield Candidate(value, tidy(raw), (span,), marked=True)


def reading_factor(candidate: Candidate, value_type: ValueType) -> float:
    """What a doubtful reading leaves of a value's confidence, 0.4..1.

    One word read wrong spoils a value, so the worst counts; addresses are compared
    loosely, so there the mean does. Measured on scanned receipts.
    """
    read = [word.confidence for span in candidate.spans for word in span.words]
    if not read:
        return WORST_FACTOR
    sure = sum(read) / len(read) if value_type is ValueType.ADDRESS else min(read)
    return min(1.0, max(WORST_FACTOR, 1 - DOUBT_COST * (WELL_READ - sure)))


def claim_of(
    field: FieldSpec, ranked: list[Candidate], confidence: float
) -> Claim | None:
    """The best candidate as a claim, with other values as its candidates."""
    if not ranked:
        return None
    best = ranked[0]
    confidence *= reading_factor(best, field.value_type)
    seen = {best.value}
    others: list[Claim] = []
    for candidate in ranked[1:]:
        if candidate.value not in seen and len(others) < MOST_CANDIDATES:
            seen.add(candidate.value)
            share = max(0.0, min(1.0 - confidence, 0.5))
            others.append(_claim(field, candidate, share / (len(others) + 1)))
    return replace(_claim(field, best, confidence), candidates=tuple(others))


def _claim(field: FieldSpec, candidate: Candidate, confidence: float) -> Claim:
    return Claim(
        slot=field.name,
        value=candidate.value,
        raw=candidate.raw,
        value_type=field.value_type,
        confidence=max(0.0, min(1.0, confidence)),
        region=Region(candidate.page, candidate.bbox),
        critical=field.critical,
    )
