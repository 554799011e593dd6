"""Values by type: normalising text and telling whether two values are the same."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import Indel

from pipeline.claims import ValueType
from pipeline.extracting.dates import find_dates, parse_date
from pipeline.extracting.money import decimal_of, find_money, parse_money, plain

SYMBOLS = {
    "€": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "₹": "INR",
    "¥": "JPY",
    "RM": "MYR",
    "RS": "INR",
    "FR": "CHF",
}
CODES = frozenset(
    (
        *("AUD", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HUF"),
        *("INR", "JPY", "MYR", "NOK", "PLN", "SEK", "SGD", "USD"),
    )
)
# Legal forms as worn print is misread; a name is normalised to the form that exists.
MISREAD_FORMS = (
    (re.compile(r"\bS[DOIL0]N\.?\s?[B8]H[DOUABE0](?:AD)?\b\.?", re.I), "SDN BHD"),
    (re.compile(r"\b5\s?/\s?[B8]\b", re.I), "S/B"),
)
WORDS_FOR_CODES = {"EURO": "EUR", "EUROS": "EUR", "RINGGIT": "MYR", "US DOLLARS": "USD"}
LOOSE = 0.9  # addresses are the same from this share of equal letters on


def letters(text: str) -> str:
    """Letters and digits only, in one case; what ids and names are compared by."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", folded)


def squeeze(text: str) -> str:
    """Like letters, with accents taken off; what labels are compared by."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    split = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(c for c in split if c.isalnum())


def normalise(value_type: ValueType, text: str) -> str | None:
    """The value that a printed text stands for; None where it stands for none."""
    if value_type is ValueType.MONEY:
        amount = parse_money(text)
        return None if amount is None else plain(amount)
    if value_type is ValueType.DATE:
        day = parse_date(text)
        return None if day is None else day.isoformat()
    if value_type is ValueType.NUMBER:
        return _number(text)
    if value_type is ValueType.CURRENCY:
        return currency_of(text)
    if value_type is ValueType.NAME:
        return name_of(text) or None
    if value_type is ValueType.ID:
        return text.strip(" :#.,;-") or None
    return tidy(text) or None


def name_of(text: str) -> str:
    """A name in one line, with misread legal forms put right."""
    name = tidy(text)
    for pattern, form in MISREAD_FORMS:
        if form not in name.upper() and pattern.search(name):
            name = pattern.sub(form, name)
    return name


def tidy(text: str) -> str:
    """Single spaces, no stray marks at the ends."""
    return re.sub(r"\s+", " ", text).strip(" :;,|-\u2013•*_").strip()


def currency_of(text: str) -> str | None:
    """The ISO 4217 code that a mark, code or word stands for."""
    upper = text.upper()
    for code in re.findall(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", upper):
        if code in CODES:
            return str(code)
    for word, code in WORDS_FOR_CODES.items():
        if re.search(rf"\b{word}\b", upper):
            return code
    for symbol, code in SYMBOLS.items():
        pattern = re.escape(symbol)
        if symbol.isalpha():
            pattern = rf"(?<![A-Z]){pattern}(?![A-Z])"
        if re.search(pattern, upper):
            return code
    return None


def same_value(value_type: ValueType, one: str, other: str) -> bool:
    """Whether two texts mean the same value of a type.

    Money and numbers are compared as numbers, dates as days, ids and names by letters
    and digits, addresses loosely.
    """
    if value_type in (ValueType.MONEY, ValueType.NUMBER):
        a, b = _amount(one), _amount(other)
        return a is not None and a == b
    if value_type is ValueType.DATE:
        a_day, b_day = parse_date(one), parse_date(other)
        return a_day is not None and a_day == b_day
    if value_type is ValueType.CURRENCY:
        return currency_of(one) is not None and currency_of(one) == currency_of(other)
    a_text, b_text = letters(one), letters(other)
    if value_type is ValueType.ADDRESS:
        return bool(a_text) and Indel.normalized_similarity(a_text, b_text) >= LOOSE
    return bool(a_text) and a_text == b_text


def stands_in(value_type: ValueType, value: str, text: str) -> bool:
    """Whether the text of some words normalises to the value.

    A word may hold more than the value ("TOTAL:9.00"), where a reader missed a gap.
    """
    if value_type in (ValueType.MONEY, ValueType.NUMBER):
        wanted = _amount(value)
        return any(match.value == wanted for match in find_money(text))
    if value_type is ValueType.DATE:
        wanted_day = parse_date(value)
        return any(wanted_day in (m.value, m.other) for m in find_dates(text))
    if value_type is ValueType.CURRENCY:
        return currency_of(text) == value
    if value_type is ValueType.NAME:
        text = name_of(text) + " " + text
    return letters(value) in letters(text) and bool(letters(value))


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return parse_money(text)


def _number(text: str) -> str | None:
    match = re.search(r"-?\d[\d.,' ]*", text)
    if match is None:
        return None
    sign = "-" if match[0].startswith("-") else ""
    return sign + f"{decimal_of(match[0].strip(' -.,'))}"
