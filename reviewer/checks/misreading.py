"""Makes the wrong value that a reading might as well have given. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ValueType
from pipeline.extracting.values import normalise, same_value
from pipeline.words import Word
from reviewer.checks.confusions import day_and_month_swapped
from reviewer.models import Confusion

NEAREST = 6  # words around a value that may be taken for it
ATTEMPTS = 12
POINTS = ".,"
# Types of which one word is a whole value.
OF_ONE_WORD = (ValueType.MONEY, ValueType.NUMBER, ValueType.DATE, ValueType.ID)
SHORTEST_ID, SHORTEST_NAME = 4, 5


@dataclass(frozen=True, slots=True)
class Misread:
    """raw: as it would be printed; region: None where it stands nowhere."""

    kind: Confusion
    value: str
    raw: str
    region: Region | None


@dataclass(frozen=True, slots=True)
class Around:
    """What else the document holds: its other claims, and a page's words if asked."""

    claims: Sequence[Claim]
    words: Callable[[int], Sequence[Word]]
    pairs: Mapping[tuple[str, str], int]


def misread(
    kind: Confusion, claim: Claim, around: Around, rng: random.Random
) -> Misread | None:
    """None where this value cannot be misread so, or only into the same value."""
    if kind == Confusion.NOTHING:
        return Misread(kind, "", "", None)
    for _ in range(ATTEMPTS):
        made = MAKERS[kind](claim, around, rng)
        if made is None:
            return None
        raw, value, region = made
        if value and not same_value(claim.value_type, value, claim.value):
            # Where this reading gives values as they are printed, so does the error.
            same = claim.raw == claim.value
            return Misread(kind, value, value if same else raw, region)
    return None


# As printed, as normalised (None: no value), and where.
Made = tuple[str, str | None, Region | None] | None


def _printed(claim: Claim, raw: str) -> Made:
    return raw, normalise(claim.value_type, raw), claim.region


def _raw(claim: Claim) -> str:
    return claim.raw or claim.value


def _lookalike(claim: Claim, around: Around, rng: random.Random) -> Made:
    raw = _raw(claim)
    found = [
        (place, wrong, weight)
        for place, sign in enumerate(raw)
        for (true, wrong), weight in around.pairs.items()
        if sign == true and _goes_unnoticed(true, wrong)
    ]
    if not found:
        return None
    [(place, wrong, _)] = rng.choices(found, [weight for *_, weight in found])
    return _printed(claim, f"{raw[:place]}{wrong}{raw[place + 1 :]}")


def _goes_unnoticed(true: str, wrong: str) -> bool:
    """No small letter among capitals: it would catch the eye without being read."""
    return not (true.isalpha() and wrong.isalpha()) or true.isupper() == wrong.isupper()


def _dropped(claim: Claim, around: Around, rng: random.Random) -> Made:
    raw = _raw(claim)
    places = [place for place, sign in enumerate(raw) if sign.isalnum()]
    if len(places) < 2:
        return None
    place = rng.choice(places)
    return _printed(claim, raw[:place] + raw[place + 1 :])


def _swapped(claim: Claim, around: Around, rng: random.Random) -> Made:
    raw = _raw(claim)
    places = [
        place
        for place, (one, other) in enumerate(pairwise(raw))
        if one != other and one.isalnum() and other.isalnum()
    ]
    if not places:
        return None
    place = rng.choice(places)
    turned = raw[place + 1] + raw[place]
    return _printed(claim, raw[:place] + turned + raw[place + 2 :])


def _decimal(claim: Claim, around: Around, rng: random.Random) -> Made:
    """The last point or comma was not seen, or one digit farther to the left."""
    raw = _raw(claim)
    place = max(raw.rfind(point) for point in POINTS)
    if place < 1:
        return None
    without, point = raw[:place] + raw[place + 1 :], raw[place]
    if rng.random() < 0.5:
        return _printed(claim, without)
    left = place - 1
    return _printed(claim, f"{without[:left] or '0'}{point}{without[left:]}")


def _day_month(claim: Claim, around: Around, rng: random.Random) -> Made:
    swapped = day_and_month_swapped(claim.value)
    return (_raw(claim), swapped, claim.region) if swapped else None


def _other_field(claim: Claim, around: Around, rng: random.Random) -> Made:
    others = [
        one
        for one in around.claims
        if one.value_type is claim.value_type
        and one.value
        and one.slot != claim.slot
        # A line's cell is taken for another cell, a field for another field.
        and ("[" in one.slot) == ("[" in claim.slot)
    ]
    if not others:
        return None
    one = rng.choice(others)
    return _raw(one), one.value, one.region


def _neighbour(claim: Claim, around: Around, rng: random.Random) -> Made:
    near = beside(claim, around)
    if claim.region is None or not near:
        return None
    word = rng.choice(near)
    region = Region(claim.region.page, word.bbox)
    return word.text, normalise(claim.value_type, word.text), region


def beside(claim: Claim, around: Around) -> list[Word]:
    """What stands around a value and might be one of its type, nearest first: words, or
    whole lines where one word is no value."""
    if claim.region is None or claim.value_type is ValueType.CURRENCY:
        return []
    box, words = claim.region.bbox, around.words(claim.region.page)
    if claim.value_type not in OF_ONE_WORD:
        words = lines_of(words)
    across, down = box.center
    near = sorted(
        (word for word in words if _may_be(claim.value_type, word)),
        key=lambda w: (w.bbox.center[0] - across) ** 2 + (w.bbox.center[1] - down) ** 2,
    )
    return [word for word in near if not box.overlap(word.bbox)][:NEAREST]


def lines_of(words: Sequence[Word]) -> list[Word]:
    """Neighbours of one height as one; in reading order they stand in a row."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last and _goes_on(last, word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [
        Word(
            " ".join(word.text for word in line),
            BoundingBox.around(word.bbox for word in line),
        )
        for line in lines
    ]


def _goes_on(one: Word, other: Word) -> bool:
    high = max(one.bbox.height, other.bbox.height)
    level = abs(one.bbox.center[1] - other.bbox.center[1]) < high / 2
    return level and -high < other.bbox.left - one.bbox.right < 2 * high


def _may_be(value_type: ValueType, word: Word) -> bool:
    digits = sum(map(str.isdigit, word.text))
    if value_type is ValueType.ID:
        return bool(digits) and len(word.text) >= SHORTEST_ID
    if value_type in (ValueType.NAME, ValueType.TEXT):
        return not digits and sum(map(str.isalpha, word.text)) >= SHORTEST_NAME
    return bool(normalise(value_type, word.text))


MAKERS: Mapping[Confusion, Callable[[Claim, Around, random.Random], Made]] = {
    Confusion.LOOKALIKE: _lookalike,
    Confusion.DROPPED: _dropped,
    Confusion.SWAPPED: _swapped,
    Confusion.DECIMAL: _decimal,
    Confusion.DAY_MONTH: _day_month,
    Confusion.OTHER_FIELD: _other_field,
    Confusion.NEIGHBOUR: _neighbour,
}
