"""What kind of misreading a wrong value is, and which kinds a machine really makes.

Learned from what people put right and from what versions said where the truth is known.
Where there is too little of that, a built-in list of confusions that every reader of
print makes takes its place; the figures say of how many planted errors it did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import Levenshtein

from pipeline.claims import LINE_SLOT, ValueType
from pipeline.extracting.values import same_value
from reviewer.models import Confusion

# From so many misreadings of a value type on, its own history is better than the list.
ENOUGH = 20
POWERS_OF_TEN = frozenset(Decimal(10) ** n for n in (-3, -2, -1, 1, 2, 3))
_DIGITS = ("08", "06", "17", "38", "56", "58", "89", "49", "27", "68", "35")
_LETTERS = (
    *("0O", "1I", "1l", "5S", "8B", "2Z", "6G", "ec", "ao", "uv", "nh", "il", "mn"),
    *("gq", "hb", "DO", "EF", "GC", "PR", "MN", "UV", "tf", "rn", "ad"),
)
# What is printed, and what is read in its place.
BUILT_IN_PAIRS: Mapping[tuple[str, str], int] = {
    pair: 1
    for both in (*_DIGITS, *_LETTERS)
    for pair in ((both[0], both[1]), (both[1], both[0]))
}
_AMOUNTS: Mapping[Confusion, int] = {
    Confusion.LOOKALIKE: 4,
    Confusion.OTHER_FIELD: 4,
    Confusion.NEIGHBOUR: 3,
    Confusion.DROPPED: 2,
    Confusion.DECIMAL: 2,
    Confusion.SWAPPED: 1,
}
_WORDS: Mapping[Confusion, int] = {
    Confusion.LOOKALIKE: 3,
    Confusion.DROPPED: 2,
    Confusion.NEIGHBOUR: 4,
    Confusion.OTHER_FIELD: 2,
}
BUILT_IN: Mapping[ValueType, Mapping[Confusion, int]] = {
    ValueType.MONEY: _AMOUNTS,
    ValueType.NUMBER: _AMOUNTS,
    ValueType.DATE: {
        Confusion.DAY_MONTH: 4,
        Confusion.LOOKALIKE: 3,
        Confusion.OTHER_FIELD: 2,
        Confusion.NEIGHBOUR: 1,
        Confusion.SWAPPED: 1,
    },
    ValueType.ID: {
        Confusion.LOOKALIKE: 5,
        Confusion.DROPPED: 3,
        Confusion.NEIGHBOUR: 2,
        Confusion.SWAPPED: 1,
    },
    ValueType.NAME: _WORDS,
    ValueType.ADDRESS: _WORDS,
    ValueType.TEXT: _WORDS,
    ValueType.CURRENCY: {Confusion.OTHER_FIELD: 1, Confusion.NEIGHBOUR: 1},
}


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that was read wrong. others: what else the document says, by slot; moved:
    what is true stands in another place."""

    value_type: ValueType
    wrong: str
    true: str
    others: frozenset[str] = frozenset()
    moved: bool = False


def family_of(slot: str) -> str:
    """The field that a slot is of: of line items without the number."""
    line = LINE_SLOT.fullmatch(slot)
    return f"lines.{line['column']}" if line else slot


def kind_of(slip: Slip) -> Confusion | None:
    """None where it is no misreading of what is printed, or of no kind known here."""
    wrong, true = slip.wrong, slip.true
    if not true or same_value(slip.value_type, wrong, true):
        return None
    if not wrong:
        return Confusion.NOTHING
    if wrong in slip.others:
        return Confusion.OTHER_FIELD
    if slip.value_type is ValueType.DATE and day_and_month_swapped(true) == wrong:
        return Confusion.DAY_MONTH
    if slip.value_type in (ValueType.MONEY, ValueType.NUMBER) and _shifted(wrong, true):
        return Confusion.DECIMAL
    return _by_signs(wrong, true) or (Confusion.NEIGHBOUR if slip.moved else None)


def _by_signs(wrong: str, true: str) -> Confusion | None:
    edits = Levenshtein.editops(true, wrong)
    tags = [edit.tag for edit in edits]
    if len(wrong) == len(true) and sorted(wrong) == sorted(true) and len(edits) == 2:
        return Confusion.SWAPPED
    if tags in (["replace"], ["replace", "replace"]):
        return Confusion.LOOKALIKE
    return Confusion.DROPPED if tags == ["delete"] else None


def day_and_month_swapped(value: str) -> str | None:
    """Of an ISO date; None where that gives no other date."""
    try:
        day = date.fromisoformat(value)
        swapped = day.replace(month=day.day, day=day.month)
    except ValueError:
        return None
    return None if swapped == day else swapped.isoformat()


def _shifted(wrong: str, true: str) -> bool:
    try:
        one, other = Decimal(wrong), Decimal(true)
    except InvalidOperation:
        return False
    return bool(other) and one / other in POWERS_OF_TEN


def pairs_of(slip: Slip) -> list[tuple[str, str]]:
    """Of one sign for another: what is printed, and what was read."""
    edits = Levenshtein.editops(slip.true, slip.wrong)
    return [
        (slip.true[edit.src_pos], slip.wrong[edit.dest_pos])
        for edit in edits
        if edit.tag == "replace"
    ]


@dataclass(frozen=True, slots=True)
class Weights:
    """How often each kind comes; learned: by the installation's own history."""

    of_kinds: Mapping[Confusion, int]
    learned: bool


@dataclass(frozen=True, slots=True)
class History:
    """How often which misreading was put right, by value type, and sign for sign."""

    kinds: Counter[tuple[ValueType, Confusion]] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, slips: Iterable[Slip]) -> History:
        found = cls()
        for slip in slips:
            kind = kind_of(slip)
            if kind is None:
                continue
            found.kinds[slip.value_type, kind] += 1
            if kind == Confusion.LOOKALIKE:
                found.pairs.update(pairs_of(slip))
        return found

    def weights(self, value_type: ValueType) -> Weights:
        """Without what finds nothing: that is a question of its own."""
        own: dict[Confusion, int] = {
            kind: count
            for (of_type, kind), count in self.kinds.items()
            if of_type is value_type and kind != Confusion.NOTHING
        }
        if sum(own.values()) >= ENOUGH:
            return Weights(own, learned=True)
        return Weights(BUILT_IN[value_type], learned=False)

    @property
    def sign_pairs(self) -> Mapping[tuple[str, str], int]:
        """With the built-in ones, each counting as one more."""
        return {
            **BUILT_IN_PAIRS,
            **{pair: n + BUILT_IN_PAIRS.get(pair, 0) for pair, n in self.pairs.items()},
        }
