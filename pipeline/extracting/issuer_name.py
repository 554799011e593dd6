"""The name of the company that issued a receipt, above its address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extracting.candidates import Candidate
from pipeline.extracting.letterhead import HeadRow, Part
from pipeline.extracting.letterhead_words import (
    BUSINESS,
    FORMERLY,
    GLUED_FORM,
    LEADING_NUMBER,
    LEGAL_FORM,
    OWNER,
    REAL_FORM,
    TRAILING_NUMBER,
)
from pipeline.extracting.values import name_of, squeeze, tidy
from pipeline.extracting.view import Span


def name_text(text: str) -> str:
    """A name without the registration number that follows it on the line."""
    whole = FORMERLY.sub("", OWNER.sub("", LEADING_NUMBER.sub("", text)))
    return name_of(TRAILING_NUMBER.sub("", whole))


def names_of(head: Sequence[HeadRow], limit: int) -> list[Candidate]:
    """Rows above the address that can be the issuer's name, best first."""
    top = [i for i in range(min(limit, len(head))) if head[i].part is Part.NAME]
    tallest = max((row.row.segments[0].height for row in head), default=1.0) or 1.0
    found = []
    for order, index in enumerate(top):
        first = _first_row_of_name(head, index)
        text = name_text(" ".join(row.text for row in head[first : index + 1]))
        if len(squeeze(text)) < 3:
            continue
        score = _name_score(head, index, limit, order, text)
        score += 0.4 * head[index].row.segments[0].height / tallest
        spans = tuple(_name_span(row) for row in head[first : index + 1])
        found.append(Candidate(text, text, spans, score, marked=True))
    return sorted(found, key=lambda candidate: -candidate.score)


def _name_score(
    head: Sequence[HeadRow], index: int, limit: int, order: int, text: str
) -> float:
    score = 1.0 - 0.15 * order
    if LEGAL_FORM.search(text) or GLUED_FORM.search(text):
        score += 2.0
    if BUSINESS.search(text):
        score += 0.8
    following = head[index + 1].part if index + 1 < len(head) else Part.OTHER
    if following in (Part.ADDRESS, Part.REGISTRATION) or index + 1 == limit:
        score += 0.7
    if text.startswith(("(", "[", "*", "<")):
        score -= 2.0
    return score


def _first_row_of_name(head: Sequence[HeadRow], index: int) -> int:
    """Names broken over rows: a bracket that was opened above, or a bare legal form."""
    first = index
    while first > 0 and index - first < 2:
        above = head[first - 1]
        joined = " ".join(row.text for row in head[first : index + 1])
        needs_name = _is_rest(joined) or _opens(joined)
        bare = above.part is Part.ADDRESS and not _core(joined)
        if not bare and not (above.part is Part.NAME and needs_name):
            break
        first -= 1
    return first


def _opens(joined: str) -> bool:
    return joined.count(")") > joined.count("(")


def _is_rest(text: str) -> bool:
    """A legal form with at most one everyday word before it needs the row above."""
    starts_late = re.match(r"(?:CO\b|CP\b|SDN|BHD|ENTERPRISE|TRADING|\(|&)", text, re.I)
    core = _core(text).split()
    everyday = len(core) == 1 and BUSINESS.search(core[0]) is not None
    if re.fullmatch(r"\W*(?:ENTERPRISE|TRADING|HOLDINGS?|RESOURCES)\W*", text, re.I):
        return True
    has_form = REAL_FORM.search(text) is not None
    return has_form and (not core or everyday or starts_late is not None)


def _core(text: str) -> str:
    """A name without legal form and brackets."""
    bare = GLUED_FORM.sub(
        "", LEGAL_FORM.sub("", re.sub(r"\([^)]*\)", "", name_text(text)))
    )
    return tidy(re.sub(r"[^\w\s]", " ", bare))


def _name_span(row: HeadRow) -> Span:
    """The words of the row that the name keeps."""
    words = tuple(word for segment in row.row.segments for word in segment.words)
    kept = squeeze(name_text(row.text))
    inside = tuple(word for word in words if squeeze(word.text) in kept)
    return Span(row.row.page, row.row.number, inside or words, name_text(row.text))


def name_confidence(found: Sequence[Candidate], *, above_address: bool) -> float:
    """How often a name found like this was right on labelled receipts.

    A single name above an address hardly ever was wrong if it has a legal form; a name
    with others above it often lacked a part.
    """
    best = found[0]
    legal = REAL_FORM.search(best.value) is not None
    business = BUSINESS.search(best.value) is not None
    if len(found) == 1:
        confidence = 0.985 if legal else 0.965 if business else 0.85
    elif best.row == min(candidate.row for candidate in found):
        confidence = 0.93 if legal else 0.7
    else:
        confidence = 0.8 if legal else 0.5
    if not legal and any(c.isdigit() for c in best.value):
        confidence -= 0.15
    return confidence if above_address else confidence - 0.3
