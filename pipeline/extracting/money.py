"""Amounts of money: finding them in text and reading them as decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

MARKS = (
    r"(?:(?<![A-Z])(?:RM|MYR|EUR|USD|GBP|CHF|INR|SGD|AUD|CAD|PLN|CZK|SEK|DKK|NOK|Rs\.?)"
    r"|[$€£₹¥])"
)
GLUED_MARK = re.compile(r"(?:RM|MYR|EUR|USD|[$€£₹¥])$", re.IGNORECASE)
# Groups of three need a mark between them; cents may stand after a stray space, as
# worn scans are often read ("12. 50").
NUMBER = (
    r"(?:\d{1,3}(?:[.,'\u2019\u00a0\u202f ]\d{3})+(?:[.,] ?\d{2,4})?(?!\d)"
    r"|\d+ ?[.,] ?\d{1,4}(?!\d)|[.,]\d{2}(?!\d)|\d+)"
)
AMOUNT = re.compile(
    rf"(?P<open>\()?(?P<sign>[-\u2212\u2013+])?\s?(?P<mark>{MARKS})?\s{{0,2}}(?P<sign2>[-\u2212\u2013])?\s?"
    rf"(?<![\d])(?P<number>{NUMBER})(?P<tail>-(?![\d\w]))?\s?(?P<mark2>{MARKS}(?![a-z]))?"
    rf"(?P<close>\))?",
    re.IGNORECASE,
)
CENTS = re.compile(r"[.,] ?\d{2}$")
MINUS = "-\u2212\u2013"


@dataclass(frozen=True, slots=True)
class MoneyMatch:
    """An amount in a text: where, how much, and the currency mark beside it if any.

    has_cents tells printed amounts from bare whole numbers; percent from rates.
    """

    start: int
    end: int
    value: Decimal
    mark: str
    has_cents: bool
    percent: bool


def find_money(text: str) -> Iterator[MoneyMatch]:
    """Every number in the text that can be an amount, left to right."""
    for match in AMOUNT.finditer(text):
        number = match["number"]
        if _is_part_of_something_else(text, match.start("number"), match.end("number")):
            continue
        value = decimal_of(number)
        negative = (
            (match["sign"] or match["sign2"] or "") in tuple(MINUS)
            or match["tail"] is not None
            or (match["open"] is not None and match["close"] is not None)
        )
        yield MoneyMatch(
            start=match.start("number"),
            end=match.end("number"),
            value=-value if negative and value else value,
            mark=match["mark"] or match["mark2"] or "",
            has_cents=CENTS.search(number) is not None,
            percent=text[match.end("number") :].lstrip()[:1] == "%",
        )


def decimal_of(number: str) -> Decimal:
    """Read digits with either decimal convention: the last mark is the decimal one.

    A single mark before exactly three digits parts thousands, unless the number begins
    with a zero.
    """
    compact = re.sub(r"[\s'\u2019\u00a0\u202f]", "", number)
    last = max(compact.rfind("."), compact.rfind(","))
    if last < 0:
        return Decimal(compact)
    whole, rest = re.sub(r"[.,]", "", compact[:last]), compact[last + 1 :]
    marks = {mark for mark in compact if mark in ".,"}
    grouped = len(rest) == 3 and len(marks) == 1 and whole not in ("", "0")
    if grouped:
        return Decimal(whole + rest)
    return Decimal(f"{whole or '0'}.{rest or '0'}")


def parse_money(text: str) -> Decimal | None:
    """The only or the best amount of a text: with cents before without, last first."""
    found = [match for match in find_money(text) if not match.percent]
    if not found:
        return None
    return max(found, key=lambda m: (m.has_cents, m.mark != "", m.start)).value


def plain(value: Decimal) -> str:
    """A decimal in plain notation with at least two places."""
    places = -int(value.as_tuple().exponent)
    if places > 2:
        text = f"{value:f}".rstrip("0")
        kept = len(text.partition(".")[2])
        return text + "0" * max(0, 2 - kept)
    return f"{value:.2f}"


def _is_part_of_something_else(text: str, start: int, end: int) -> bool:
    """Dates, clock times, phone and article numbers hold digits that are no amounts."""
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    if before and (
        before in "/:#" or (before.isalpha() and not _mark_before(text, start))
    ):
        return True
    if after[:1] and (after[0] in "/:" and after[1:2].isdigit()):
        return True
    if after[:1] in (".", ",", "-") and after[1:2].isdigit():
        return True
    return bool(
        before in (".", ",", "-") and text[max(0, start - 2) : start - 1].isdigit()
    )


def _mark_before(text: str, start: int) -> bool:
    return GLUED_MARK.search(text[max(0, start - 3) : start]) is not None
