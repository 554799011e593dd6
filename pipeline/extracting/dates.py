"""Dates in a dozen shapes: finding them in text and reading them as days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTH_NAMES: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "januar", "jänner", "janvier", "januari", "gennaio", "enero"),
    ("february", "feb", "februar", "février", "fevrier", "févr", "februari", "febrero"),
    ("march", "mar", "märz", "maerz", "mrz", "mars", "mac", "maart", "mrt", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "aprile"),
    ("may", "mai", "mei", "mayo", "maggio"),
    ("june", "jun", "juni", "juin", "jun", "junio", "giugno"),
    ("july", "jul", "juli", "juillet", "juil", "julai", "julio", "luglio"),
    ("august", "aug", "août", "aout", "ogos", "ogo", "augustus", "agosto"),
    ("september", "sep", "sept", "septembre", "settembre", "septiembre"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "dezember", "dez", "décembre", "decembre", "disember", "dis"),
)
MONTHS = {name: i + 1 for i, names in enumerate(MONTH_NAMES) for name in names}
NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
YEAR = r"(?P<y>(?:19|20)\d{2}|['\u2019]?\d{2})(?=(?!\.?\d)|\d{1,2}:\d{2})"
SEP, SAME = r"(?P<s>\s?[-/.]\s?)", r"(?P=s)"
TIME = re.compile(
    r"[\sT,;\]\[(-]{0,4}(?:TIME\s?:?\s?)?\d{1,2}\s?:\s?\d{2}", re.IGNORECASE
)
SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"(?<!\d)(?P<y>(?:19|20)\d{{2}}){SEP}(?P<m>\d{{1,2}}){SAME}(?P<d>\d{{1,2}})(?!\d)",
        rf"(?<!\d)(?<!\d[.,/])(?P<d>\d{{1,2}}){SEP}(?P<m>\d{{1,2}}){SAME}{YEAR}",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er)?[-/., ]{{0,3}}(?:of |de )?"
        rf"(?P<n>{NAMES})[-/., ]{{0,3}}{YEAR}",
        rf"(?<![^\W\d_])(?P<n>{NAMES})[-/., ]{{0,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?"
        rf"\s?[-/., ]{{1,3}}{YEAR}",
        r"(?<!\d)(?P<d>\d{1,2})\s?[-/. ]\s?(?P<m>\d{1,2})\s?[-/. ]\s?"
        r"(?P<y>(?:19|20)\d{2})(?!\d)",
        r"(?<!\d)(?P<y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)",
        r"(?<!\d)(?P<d>[0-3]\d)(?P<m>[01]\d)(?P<y>20\d{2})(?!\d)",
    )
)
BARE_DIGITS = 5  # shapes from here on have no separators that speak for a date
MONTH_FIRST = re.compile(
    r"(?<![A-Z])(?:USD|US\$|United States|USA)(?![A-Z])"
    r"|[a-z],? [A-Z]{2} \d{5}(?:-\d{4})?(?!\d| [A-Z])"
)


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date in a text; other is what it means with day and month exchanged, if it can.

    certain is false for eight bare digits and for short years in the middle of a code;
    timed says that a time of day follows.
    """

    start: int
    end: int
    value: date
    other: date | None
    certain: bool
    timed: bool


def find_dates(text: str, *, month_first: bool = False) -> Iterator[DateMatch]:
    """Every date in the text, left to right; overlapping shapes count once."""
    taken: list[tuple[int, int]] = []
    found: list[DateMatch] = []
    for rank, shape in enumerate(SHAPES):
        at = 0
        while (match := shape.search(text, at)) is not None:
            start, end = match.span()
            at = start + 1
            if any(start < e and end > s for s, e in taken):
                continue
            first = month_first and rank == 1 and "." not in match[0]
            read = _read(match, month_first=first)
            if read is None:
                continue
            at = end
            taken.append((start, end))
            certain = rank < BARE_DIGITS and not _in_a_code(text, start, match["y"])
            timed = TIME.match(text, end) is not None
            found.append(DateMatch(start, end, *read, certain=certain, timed=timed))
    return iter(sorted(found, key=lambda match: match.start))


def _in_a_code(text: str, start: int, year: str) -> bool:
    before = text[max(0, start - 2) : start]
    glued = before[-1:].isalpha() or (
        before[-1:] in ("-", "/") and before[:1].isalnum()
    )
    named = re.search(r"(?:date|dated|on)$", text[max(0, start - 6) : start], re.I)
    return glued and len(year) < 4 and named is None


def parse_date(text: str, *, month_first: bool = False) -> date | None:
    """The first date in a text."""
    return next((m.value for m in find_dates(text, month_first=month_first)), None)


def writes_month_first(text: str) -> bool:
    """Whether a document writes month/day/year: by a date that has no other reading,
    or by a United States address or currency where no date speaks against it."""
    shapes = [
        (int(m["d"]), int(m["m"]))
        for m in SHAPES[1].finditer(text)
        if "." not in m[0] and len(m["y"]) == 4
    ]
    if any(first > 12 >= second for first, second in shapes):
        return False
    if any(second > 12 >= first for first, second in shapes):
        return True
    return MONTH_FIRST.search(text) is not None


def _read(
    match: re.Match[str], *, month_first: bool
) -> tuple[date, date | None] | None:
    groups = match.groupdict()
    year = int(groups["y"].lstrip("'\u2019"))
    year += 2000 if year < 100 else 0
    first = int(groups["d"])
    if groups.get("n"):
        value = _day(year, MONTHS[groups["n"].lower()], first)
        return (value, None) if value else None
    second = int(groups["m"])
    one, other = _day(year, second, first), _day(year, first, second)
    if groups["y"] == match[0][: len(groups["y"])]:
        return (one, None) if one else None
    if month_first:
        one, other = other, one
    if one is None:
        return (other, None) if other else None
    return one, other if other != one else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
