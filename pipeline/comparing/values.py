"""When two values say the same, by their type."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from catalog.regions import Region
from pipeline.claims import ValueType
from pipeline.extracting.dates import parse_date
from pipeline.extracting.money import parse_money
from pipeline.extracting.values import currency_of, letters


@dataclass(frozen=True, slots=True)
class Value:
    """What a slot says; text is "" only in truths: the document has none."""

    text: str
    value_type: str
    region: Region | None = None


def same(one: Value, other: Value) -> bool:
    """Whether both say the same; of two types, by either's measure."""
    if one.text == other.text:
        return True
    types = {one.value_type, other.value_type}
    return all(key_of(t, one.text) == key_of(t, other.text) for t in types)


def key_of(value_type: str, text: str) -> str:
    """Texts of a type that mean the same value have the same key.

    Money and numbers are compared as decimals, dates as days, ids and addresses by
    letters and digits, names and free text without case and spacing. A text that is no
    value of its type is compared as free text.
    """
    if value_type in (ValueType.MONEY, ValueType.NUMBER):
        amount = _amount(text)
        return _folded(text) if amount is None else f"{amount}"
    if value_type == ValueType.DATE:
        day = parse_date(text)
        return _folded(text) if day is None else day.isoformat()
    if value_type == ValueType.CURRENCY:
        return currency_of(text) or _folded(text)
    if value_type in (ValueType.ID, ValueType.ADDRESS):
        return letters(text) or _folded(text)
    return _folded(text)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _amount(text: str) -> Decimal | None:
    try:
        found: Decimal | None = Decimal(text)
    except InvalidOperation:
        found = parse_money(text)
    if found is None or not found.is_finite():
        return None
    # Zero has a sign and places of its own otherwise.
    return found.normalize() if found else Decimal(0)
