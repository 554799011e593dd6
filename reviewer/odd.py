"""How unlike the others a value on a sheet is. Pure.

A value is held against those of the same template on the sheet, and against all where
they are too few. Each way to be unlike gives 0..1, and a value's oddness is their sum.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from catalog.regions import BoundingBox

FEWEST = 4  # of one template, to be held against each other
# Below this a way to be unlike is not worth a word.
WORTH_SAYING = 0.5
# A spread that is no more than print: so far two like values may lie apart.
LEAST_LENGTHS, LEAST_DECADES, LEAST_DISTANCE = 1.0, 0.15, 0.04
OF_NORMAL = 1.4826  # the median distance of a normal distribution, to its deviation
FAR = 4.0  # deviations; more is not odder

RULE = (
    "Odd ones first: what a check contradicts or was read unsurely, and what in form,"
    " length, amount or place on the page is unlike the others of its template here."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a sheet shows it. confidence: 0..1."""

    value: str
    template: str = ""
    confidence: float = 1.0
    conflict: bool = False
    box: BoundingBox | None = None


@dataclass(frozen=True, slots=True)
class Oddness:
    """score: larger is odder; why: the strongest way to be unlike, "" for none."""

    score: float
    why: str


def oddness_of(values: Sequence[Shown]) -> list[Oddness]:
    """In the order of the values."""
    found = []
    for index, one in enumerate(values):
        others = [other for i, other in enumerate(values) if i != index]
        alike = [other for other in others if other.template == one.template]
        found.append(_oddness(one, alike if len(alike) >= FEWEST - 1 else others))
    return found


def _oddness(one: Shown, others: Sequence[Shown]) -> Oddness:
    ways = {
        "written unlike the others": _form(one, others),
        "longer or shorter than the others": _far(
            one, others, lambda v: float(len(v.value)), least=LEAST_LENGTHS
        ),
        "an amount far from the others": _far(
            one, others, _decades, least=LEAST_DECADES
        ),
        "it stands elsewhere on the page": _place(one, others),
        "a check contradicts it": float(one.conflict),
        "an unsure reading": 1.0 - min(max(one.confidence, 0.0), 1.0),
    }
    strongest = max(ways, key=lambda way: ways[way])
    said = strongest if ways[strongest] >= WORTH_SAYING else ""
    return Oddness(round(sum(ways.values()), 6), said)


def shape(text: str) -> str:
    """Runs of digits, letters and blanks, each as one sign: "INV-0042" is "A-9"."""
    found = re.sub(r"\d+", "9", text)
    found = re.sub(r"[^\W\d_]+", "A", found)
    return re.sub(r"\s+", " ", found)


def _form(one: Shown, others: Sequence[Shown]) -> float:
    """The share of the others that are written in another form."""
    if not others:
        return 0.0
    counts = Counter(shape(other.value) for other in others)
    return 1.0 - counts[shape(one.value)] / len(others)


def _decades(one: Shown) -> float | None:
    """A number's size, so that ten times as much is one more; None for no number."""
    try:
        amount = abs(float(one.value))
    except ValueError:
        return None
    return math.log10(1.0 + amount) if math.isfinite(amount) else None


def _far(
    one: Shown,
    others: Sequence[Shown],
    measure: Callable[[Shown], float | None],
    *,
    least: float,
) -> float:
    """Deviations from the median of the others, by their median distance from it."""
    own = measure(one)
    known = [m for m in map(measure, others) if m is not None]
    if own is None or len(known) < FEWEST - 1:
        return 0.0
    middle = median(known)
    spread = OF_NORMAL * median(abs(value - middle) for value in known)
    return min(abs(own - middle) / max(spread, least) / FAR, 1.0)


def _place(one: Shown, others: Sequence[Shown]) -> float:
    placed = [other for other in others if other.box is not None]
    if one.box is None or len(placed) < FEWEST - 1:
        return 0.0
    left = _far(one, placed, lambda v: _edge(v, "left"), least=LEAST_DISTANCE)
    top = _far(one, placed, lambda v: _edge(v, "top"), least=LEAST_DISTANCE)
    return max(left, top)


def _edge(one: Shown, side: str) -> float | None:
    return float(getattr(one.box, side)) if one.box else None
