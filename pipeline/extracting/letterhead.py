"""The letterhead of a receipt: what its rows are, and where the address stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.extracting.candidates import Candidate
from pipeline.extracting.dates import find_dates
from pipeline.extracting.letterhead_words import (
    COMPANY_NUMBER,
    CONTACT,
    COUNTRY,
    FIELD,
    LEGAL_FORM,
    NUMBER_ONLY,
    POSTCODE,
    REAL_FORM,
    REGISTRATION,
    STARTS_WITH_NUMBER,
    STREET,
    TITLE,
    TOWN_CODE,
)
from pipeline.extracting.money import find_money
from pipeline.extracting.values import tidy
from pipeline.extracting.view import Row, Span, View

HEAD_ROWS = 24


class Part(Enum):
    """What a row of the letterhead is."""

    NAME = "name"
    ADDRESS = "address"
    REGISTRATION = "registration"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A row of the letterhead with what it is."""

    row: Row
    part: Part

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.row.segments)


def head_rows(view: View) -> list[HeadRow]:
    """The first page's rows down to where the items can begin, classed."""
    if not view.rows:
        return []
    rows = view.page_rows(view.rows[0].page)[:HEAD_ROWS]
    head = [
        HeadRow(row, part_of(" ".join(s.text for s in row.segments))) for row in rows
    ]
    return [HeadRow(row.row, _part_in(head, at)) for at, row in enumerate(head)]


def _part_in(head: Sequence[HeadRow], at: int) -> Part:
    """What a row is, given the rows around it.

    The first row is a name, even of a street, if the address goes on without it; the
    row above a town's is an address if it has a house number or is one of a list.
    """
    part, text = head[at].part, head[at].text
    if at + 1 == len(head) or head[at + 1].part is not Part.ADDRESS:
        return part
    lists = "," in text or any(c.isdigit() for c in text)
    if at == 0 and part is Part.ADDRESS and not lists and not has_town(text):
        return Part.NAME
    named = any(row.part is Part.NAME for row in head[:at])
    if part is Part.NAME and named and lists and has_town(head[at + 1].text):
        return Part.NAME if LEGAL_FORM.search(text) else Part.ADDRESS
    return part


def has_town(text: str) -> bool:
    """Whether a text holds something like a postcode."""
    return bool(POSTCODE.search(text) or TOWN_CODE.search(text))


def part_of(text: str) -> Part:
    """What a row of text is, by the words in it."""
    letters = sum(c.isalpha() for c in text)
    if COMPANY_NUMBER.search(text) and not REAL_FORM.search(text):
        return Part.REGISTRATION
    if CONTACT.search(text) and not _strong_address(text):
        return Part.CONTACT
    if letters > 6 and _has_company(text):
        return Part.NAME
    if REGISTRATION.search(text) or NUMBER_ONLY.match(text):
        return Part.REGISTRATION
    if any(match.certain for match in find_dates(text)):
        return Part.OTHER
    if _strong_address(text):
        return Part.ADDRESS
    if TITLE.search(text) or FIELD.search(text):
        return Part.OTHER
    if TOWN_CODE.search(text):
        return Part.ADDRESS
    if STARTS_WITH_NUMBER.match(text) and letters >= 3:
        return Part.ADDRESS
    if any(match.has_cents for match in find_money(text)):
        return Part.OTHER
    if STREET.search(text):
        return Part.ADDRESS
    if letters < 3 or letters < sum(c.isdigit() for c in text):
        return Part.OTHER
    return Part.NAME


def _has_company(text: str) -> bool:
    if not LEGAL_FORM.search(text) or POSTCODE.search(text) or TITLE.search(text):
        return False
    return not REGISTRATION.search(LEGAL_FORM.sub("", text)[:8])


def address_of(head: Sequence[HeadRow], start: int = 0) -> tuple[int, int] | None:
    """The first run of address rows as (first, past the last)."""
    best: tuple[int, int] | None = None
    at = start
    while at < len(head):
        if head[at].part is not Part.ADDRESS:
            at += 1
            continue
        end = _run_end(head, at)
        if end - at > 1 and _is_branch(head[at].text, head[at + 1].text):
            at += 1
        text = " ".join(row.text for row in head[at:end])
        if has_town(text) or end - at > 1:
            return at, end
        best = best or (at, end)
        at = end
    return best


def _is_branch(text: str, following: str) -> bool:
    """A place's name above an address that begins with a house number."""
    if any(c.isdigit() for c in text) or text.rstrip().endswith(","):
        return False
    return STARTS_WITH_NUMBER.match(following) is not None


def _run_end(head: Sequence[HeadRow], at: int) -> int:
    end = at + 1
    while end < len(head):
        part = head[end].part
        if part is Part.ADDRESS or (part is Part.NAME and _continues(head, end)):
            end += 1
        else:
            break
    return end


def _continues(head: Sequence[HeadRow], at: int) -> bool:
    """Whether a row without street words is in the address: inside it or its end."""
    if LEGAL_FORM.search(head[at].text):
        return False
    if at + 1 < len(head) and head[at + 1].part is Part.ADDRESS:
        return True
    if head[at].text.startswith(("(", "[", "*")) or COUNTRY.search(head[at - 1].text):
        return False
    return at + 1 < len(head) and head[at + 1].part in (Part.CONTACT, Part.REGISTRATION)


def _strong_address(text: str) -> bool:
    hits = {match[0].upper() for match in STREET.finditer(text)}
    return len(hits) >= 2 or bool(hits and POSTCODE.search(text))


def address_candidate(head: Sequence[HeadRow], run: tuple[int, int]) -> Candidate:
    spans, texts = [], []
    for row in head[run[0] : run[1]]:
        words = tuple(word for segment in row.row.segments for word in segment.words)
        text = row.text
        contact = CONTACT.search(text)
        if contact and contact.start() > 8:
            text = text[: contact.start()]
            kept, at = [], 0
            for word in words:
                if at < len(text.rstrip()):
                    kept.append(word)
                at += len(word.text) + 1
            words = tuple(kept)
        spans.append(Span(row.row.page, row.row.number, words, text))
        texts.append(text.strip())
    joined = tidy(" ".join(texts))
    return Candidate(joined, joined, tuple(spans), 1.0, marked=True)
