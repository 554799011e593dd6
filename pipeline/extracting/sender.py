"""Who sent an invoice that names no supplier: by letterhead, sender line and footer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from pipeline.extracting.candidates import Candidate
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.issuer_name import name_text
from pipeline.extracting.letterhead_words import (
    CONTACT,
    FIELD,
    LEGAL_FORM,
    POSTCODE,
    REGISTRATION,
    STREET,
    TITLE,
    TOWN_CODE,
)
from pipeline.extracting.values import squeeze, tidy
from pipeline.extracting.view import Segment, Span, View, span_of

ADDRESS_HEADING = re.compile(r"^(?:adresse|address|anschrift|adres|nom d)", re.I)
PARTS = re.compile(r"\s+[-\u2013\u2014|•●·*,]\s+|\s*[●•·|]\s*|,\s+")
DOTS = re.compile(r"\s*[●•·|]\s*")
ACCOUNT_HOLDER = re.compile(
    r"(?:account holder|account name|kontoinhaber|titulaire(?: du compte)?"
    r"|rekeninghouder|beneficiary)\s*:?\s*(?P<name>.*)",
    re.IGNORECASE,
)
SALUTATION = re.compile(
    r"^(?:herrn?|frau|mr|mrs|ms|dr|m|mme|monsieur|madame|dhr|mevr)\.?$", re.I
)
COUNTRY_ONLY = re.compile(
    r"^\W*(?:united kingdom|great britain|england|scotland|wales|ireland|u\.?s\.?a\.?"
    r"|united states|germany|deutschland|austria|österreich|switzerland|schweiz|suisse"
    r"|france|belgium|belgique|belgië|netherlands|nederland|italy|italia|spain|españa"
    r"|luxembourg|malaysia|singapore|india)\W*$",
    re.IGNORECASE,
)
DOMAIN = re.compile(r"(?:@|www\.)(?:[\w-]+\.)*?(?P<name>[\w-]{4,})\.\w+", re.IGNORECASE)
BANK_MARK = re.compile(r"\b(?:IBAN|BIC|SWIFT|SORT CODE|EIN)\b", re.IGNORECASE)
TOP = 0.4  # of the page; letterheads, sender lines and address fields stand above
LETTERHEAD = 0.3  # of the page
BLOCK_ROWS = 8
BLOCK_GAP = 3.5  # line heights between the rows of a letterhead
LONGEST_NAME = 60
MOST_NAMES = 30  # more are not weighed
SENDER_LINE, LEGAL = 0.7, 0.55
# What speaks for a name besides.
WITH_CONTACT, WITH_TAX_NUMBER, TALLEST, AGAIN, FIRST = 0.2, 0.1, 0.12, 0.15, 0.04
IN_DOMAIN = 0.15
UNNAMED = 0.4  # a name without a legal form that contact lines stand below
BELOW_COMPANY = 0.25  # what stands below a company's name is its branch or its customer
PART_OF_OTHER = 0.3
RIVAL = 0.1  # margin below which another name may as well be the sender's
MOST_WITH_RIVAL, MOST = 0.6, 0.93
MOST_WITH_OTHER_HOLDER = 0.75


def sender(context: Context, buyers: Collection[str]) -> Ranked:
    """The name that most speaks for: place, size, legal form, contact lines below.

    buyers are squeezed names that cannot be the sender's. Less sure where another name
    is nearly as good, or where the bank account is said to be someone else's.
    """
    view = context.view
    found = _merged(
        [
            candidate
            for candidate in (
                *sender_lines(view),
                *legal_names(view),
                *letterheads(context),
            )
            if not _is_one_of(squeeze(candidate.value), buyers)
        ]
    )
    scored = sorted(
        (c.scored(c.score + _support(view, c, found)) for c in found),
        key=lambda c: -c.score,
    )
    if not scored:
        return Ranked((), 0.0)
    return Ranked(tuple(scored), _confidence(view, scored))


def _confidence(view: View, scored: Sequence[Candidate]) -> float:
    best = scored[0]
    key = squeeze(best.value)
    confidence = min(MOST, best.score)
    rivals = [c for c in scored[1:] if not _overlap(squeeze(c.value), key)]
    if rivals and best.score - rivals[0].score < RIVAL:
        confidence = min(confidence, MOST_WITH_RIVAL)
    holders = [squeeze(holder) for holder in account_holders(view)]
    if any(not _overlap(holder, key) for holder in holders):
        confidence = min(confidence, MOST_WITH_OTHER_HOLDER)
    return max(0.05, confidence)


def account_holders(view: View) -> Iterator[str]:
    """To whom the document says to pay."""
    for segment in view.segments:
        match = ACCOUNT_HOLDER.match(segment.text)
        if match and sum(c.isalpha() for c in match["name"]) > 2:
            yield match["name"]


def _merged(found: Sequence[Candidate]) -> list[Candidate]:
    """One candidate a name, the best; the best names only."""
    best: dict[str, Candidate] = {}
    for candidate in found:
        key = squeeze(candidate.value)
        if key and (key not in best or best[key].score < candidate.score):
            best[key] = candidate
    return sorted(best.values(), key=lambda c: -c.score)[:MOST_NAMES]


def _support(view: View, candidate: Candidate, found: Sequence[Candidate]) -> float:
    key = squeeze(candidate.value)
    places = [s for s in view.segments if key in squeeze(s.text)]
    tops = [s for s in top_of(view) if _is_name_like(s)]
    tallest = max((s.height for s in tops), default=0.0)
    high = [s for s in places if s.page == 1 and s.bbox.top < LETTERHEAD]
    support = 0.0
    if any(_stands_below(view, segment, CONTACT) for segment in high):
        support += WITH_CONTACT
    if any(_stands_below(view, segment, REGISTRATION) for segment in high):
        support += WITH_TAX_NUMBER
    if _is_in_domain(view, candidate.value):
        support += IN_DOMAIN
    if any(s.height > 0.95 * tallest for s in high):
        support += TALLEST
    if len(places) > 1:
        support += AGAIN
    if any(s.row == min((t.row for t in tops), default=-1) for s in high):
        support += FIRST
    longer = [squeeze(other.value) for other in found if other is not candidate]
    if any(key in other for other in longer):
        support -= PART_OF_OTHER
    return support


def letterheads(context: Context) -> Iterator[Candidate]:
    """Names high on page one above contact lines, the tallest type first."""
    labels = context.neighbourhood
    companies = [name.row for name in legal_names(context.view)]
    for segment in top_of(context.view):
        if segment.bbox.top > LETTERHEAD or not _is_name_like(segment):
            continue
        if labels.hits_in(segment) or _is_addressed(context.view, segment):
            continue
        if not _stands_below(context.view, segment, CONTACT):
            continue
        below = any(row < segment.row for row in companies)
        score = UNNAMED - (BELOW_COMPANY if below else 0.0)
        yield _scored([span_of(segment, 0, len(segment.text))], score)


def _is_addressed(view: View, segment: Segment) -> bool:
    """Whether a salutation stands on the line above."""
    above = view.rows[segment.row - 1].segments if segment.row else ()
    return any(SALUTATION.match(other.text.strip()) for other in above)


def _is_name_like(segment: Segment) -> bool:
    text = segment.text
    marks = (CONTACT, STREET, POSTCODE, TOWN_CODE, REGISTRATION, FIELD, BANK_MARK)
    if len(text) > LONGEST_NAME or any(mark.search(text) for mark in marks):
        return False
    if COUNTRY_ONLY.match(text) or SALUTATION.match(text.strip()):
        return False
    letters = sum(c.isalpha() for c in text)
    return letters > 3 and ":" not in text and may_be_name(text)


def _is_in_domain(view: View, name: str) -> bool:
    """Whether a mail or web address of the document is made from the name."""
    key = squeeze(name.replace("&", " and ")), squeeze(name)
    domains = {squeeze(match["name"]) for match in DOMAIN.finditer(view.text)}
    return any(domain in text for domain in domains for text in key)


def _stands_below(view: View, segment: Segment, mark: re.Pattern[str]) -> bool:
    """Whether a line with the mark stands below, in the same block of lines."""
    bottom, count = segment.bbox.bottom, 0
    for row in view.rows[segment.row + 1 :]:
        if row.page != segment.page or count >= BLOCK_ROWS:
            return False
        for below in row.segments:
            box = below.bbox
            shared = min(segment.bbox.right, box.right) - max(
                segment.bbox.left, box.left
            )
            if shared <= 0:
                continue
            if box.top - bottom > BLOCK_GAP * max(segment.height, below.height):
                return False
            if mark.search(below.text):
                return True
            bottom, count = box.bottom, count + 1
            break
    return False


def _is_one_of(key: str, names: Collection[str]) -> bool:
    return any(_overlap(key, name) for name in names)


def _overlap(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def sender_lines(view: View) -> Iterator[Candidate]:
    """Small lines "Name · Street 1 · 12345 Town" in the upper part of page one."""
    for segment in top_of(view):
        parts = [part for part in PARTS.split(segment.text) if part.strip()]
        if len(parts) < 3 or not POSTCODE.search(segment.text):
            continue
        name = parts[0]
        if sum(c.isalpha() for c in name) < 3 or STREET.search(name):
            continue
        if CONTACT.search(name) or POSTCODE.search(name) or BANK_MARK.search(name):
            continue
        begin = segment.text.index(name)
        yield _scored([span_of(segment, begin, begin + len(name))], SENDER_LINE)


def legal_names(view: View) -> Iterator[Candidate]:
    """Short segments with a company's legal form, the higher the better."""
    for segment in view.segments:
        start, end = _company_part(segment.text)
        text = name_text(segment.text[start:end])
        if len(text) > LONGEST_NAME or not LEGAL_FORM.search(text):
            continue
        if POSTCODE.search(text) or CONTACT.search(text) or BANK_MARK.search(text):
            continue
        if ":" in text or sum(c.isalpha() for c in text) < 5:
            continue
        down = segment.bbox.top + segment.page - 1
        score = LEGAL - 0.05 * min(down, 3)
        above = [
            span_of(line, 0, len(line.text)) for line in _line_above(view, segment)
        ]
        yield _scored([*above, span_of(segment, start, end)], score)


def _company_part(text: str) -> tuple[int, int]:
    """From where to where the legal form's part of a line stands, between its dots."""
    at = 0
    for dot in DOTS.finditer(text):
        if LEGAL_FORM.search(text, at, dot.start()):
            return at, dot.start()
        at = dot.end()
    return at, len(text)


def _line_above(view: View, segment: Segment) -> list[Segment]:
    """The first line of a name in two, in the same type and close above the second."""
    if segment.row == 0:
        return []
    for above in view.rows[segment.row - 1].segments:
        near = segment.bbox.top - above.bbox.bottom < 0.6 * segment.height
        level = abs(above.bbox.left - segment.bbox.left) < 0.01
        alike = abs(above.height - segment.height) < 0.15 * segment.height
        beside = above.page == segment.page and near and level and alike
        if beside and _begins_name(above.text):
            return [above]
    return []


def _begins_name(text: str) -> bool:
    words = text.replace("&", "").replace("-", "").split()
    few = 1 < len(words) <= 4 and all(word.isalpha() for word in words)
    return few and may_be_name(text) and not LEGAL_FORM.search(text)


def may_be_name(text: str) -> bool:
    """Whether a line has neither a title's words nor many digits."""
    digits = sum(c.isdigit() for c in text)
    return (
        digits < 2 and TITLE.search(text) is None and not ADDRESS_HEADING.search(text)
    )


def top_of(view: View) -> Iterator[Segment]:
    """The segments in the upper part of the first page."""
    for segment in view.segments:
        if segment.page == view.rows[0].page and segment.bbox.top < TOP:
            yield segment


def _scored(spans: Sequence[Span], score: float) -> Candidate:
    text = tidy(name_text(" ".join(span.text for span in spans)))
    return Candidate(text, text, tuple(spans), score, marked=True)
