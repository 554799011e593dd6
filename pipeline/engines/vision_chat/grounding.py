"""Where words of the page say what a model said, allowing for a misread letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from catalog.regions import BoundingBox, Region
from pipeline.claims import ValueType
from pipeline.extracting.values import letters, stands_in
from pipeline.words import PageWords, Word, text_of

# By type, how alike (0..1) words must be that were read otherwise than the model did.
LOOSE = {
    ValueType.NAME: 0.8,
    ValueType.TEXT: 0.8,
    ValueType.ADDRESS: 0.75,
    ValueType.ID: 0.85,
    ValueType.DATE: 0.85,
}
# Of figures one digit may be misread, in so many or more.
_FEWEST_DIGITS = 5
_FIGURES = frozenset({ValueType.MONEY, ValueType.NUMBER, ValueType.DATE})
_EXACT_FIRST = _FIGURES | {ValueType.CURRENCY}
_MOST_FIGURE_WORDS = 5
_MOST_WORDS = 40
_SLACK = 1.3  # letters of a run of words to those of the value


@dataclass(frozen=True, slots=True)
class Placed:
    """likeness: 1 where the words say the value itself; read: how sure their reader was
    of the least certain one. Both 0..1.
    """

    region: Region
    likeness: float
    read: float


@dataclass(frozen=True, slots=True)
class Said:
    """A value of a type, and the text that the model gave for it."""

    value_type: ValueType
    value: str
    text: str


def place(
    said: Said,
    page: PageWords,
    area: BoundingBox,
    *,
    near: tuple[float, float] | None = None,
) -> Placed | None:
    """The words in the area that say it best; of equals the nearest to a point, or the
    first.
    """
    words = [word for word in page.words if area.holds_center_of(word.bbox)]
    found = [
        _Run(start, end, likeness)
        for start, end in _runs(said, words)
        if (likeness := likeness_of(said, text_of(words[start:end])))
    ]
    if not found:
        return None

    def rank(run: _Run) -> tuple[float, float]:
        box = BoundingBox.around(word.bbox for word in words[run.start : run.end])
        return run.likeness, -_distance(box, near)

    best = max(_shortest(found), key=rank)
    chosen = words[best.start : best.end]
    return Placed(
        Region(page.page, BoundingBox.around(word.bbox for word in chosen)),
        best.likeness,
        min(word.confidence for word in chosen),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    likeness: float

    def holds(self, other: _Run) -> bool:
        return self.start <= other.start and other.end <= self.end


def _shortest(runs: Sequence[_Run]) -> list[_Run]:
    """Without those around another one that says the value as well: "Total 120.00"."""
    kept: list[_Run] = []
    for run in sorted(runs, key=lambda run: (run.end - run.start, run.start)):
        if not any(run.holds(k) and run.likeness <= k.likeness for k in kept):
            kept.append(run)
    return sorted(kept, key=lambda run: run.start)


def likeness_of(said: Said, text: str) -> float:
    """1 where a text says the value, less where it nearly does, 0 where it does not."""
    exact = said.value_type in _EXACT_FIRST
    if exact and stands_in(said.value_type, said.value, text):
        return 1.0
    if said.value_type in (ValueType.MONEY, ValueType.NUMBER):
        return _digits_alike(said.text, text)
    least = LOOSE.get(said.value_type)
    if least is None:
        return 0.0
    wanted, there = letters(said.text), letters(text)
    if not wanted or not there:
        return 0.0
    likeness = fuzz.ratio(wanted, there) / 100
    return likeness if likeness >= least else 0.0


def _digits_alike(one: str, other: str) -> float:
    wanted, there = (re.sub(r"\D", "", text) for text in (one, other))
    if min(len(wanted), len(there)) < _FEWEST_DIGITS or len(wanted) != len(there):
        return 0.0
    wrong = Levenshtein.distance(wanted, there)
    return 1 - wrong / len(wanted) if wrong <= 1 else 0.0


def _runs(said: Said, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Neighbouring words that are about as long as the value: from, and up to."""
    wanted = letters(said.text)
    figures = said.value_type in _EXACT_FIRST
    most = _MOST_FIGURE_WORDS if figures else _MOST_WORDS
    for start, first in enumerate(words):
        if not figures and not _may_begin(wanted, letters(first.text)):
            continue
        length = 0
        for end in range(start + 1, min(start + most, len(words)) + 1):
            length += len(letters(words[end - 1].text))
            if length > len(wanted) * _SLACK + 4 and end > start + 1:
                break
            yield start, end


def _may_begin(wanted: str, there: str) -> bool:
    """Whether a text may begin in a word, of which a letter may be misread."""
    if not there:
        return False
    size = min(len(there), len(wanted))
    return Levenshtein.distance(wanted[:size], there[:size]) <= max(1, size // 3)


def _distance(box: BoundingBox, near: tuple[float, float] | None) -> float:
    if near is None:
        return 0.0
    (x, y), (to_x, to_y) = box.center, near
    return abs(x - to_x) + abs(y - to_y)
