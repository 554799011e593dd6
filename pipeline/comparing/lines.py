"""Which line items of two lists are the same ones, whatever their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from rapidfuzz.distance import Indel
from scipy.optimize import linear_sum_assignment

from pipeline.claims import LINE_SLOT
from pipeline.comparing.values import Value, same

# {column: value}, and {"lines[0]": such a line} in order of the numbers.
Line = Mapping[str, Value]
Lines = Mapping[str, Line]
Likeness = Callable[[Line, Line], float]

WEIGHTS = {"description": 2.0, "amount": 2.0, "unit_price": 1.0, "quantity": 0.5}
OTHER_WEIGHT = 0.5
# A misread figure still speaks for its line, but never as much as the same one.
NEARLY = 0.6
ALIKE = 0.4  # from this likeness on, two lines are taken for the same one
# Of equally good partners, the one with the nearest number.
FAR = 1e-6


def lines_of(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """The line items among the values of a document."""
    found: dict[int, tuple[str, dict[str, Value]]] = {}
    for slot, value in values.items():
        if match := LINE_SLOT.fullmatch(slot):
            _, line = found.setdefault(int(match["number"]), (match["prefix"], {}))
            line[match["column"]] = value
    return {prefix: line for _, (prefix, line) in sorted(found.items())}


def likeness(one: Line, other: Line) -> float:
    """0..1: how much two lines have in common, over the columns that either has."""
    columns = one.keys() | other.keys()
    if not columns:
        return 0.0
    weights = {column: WEIGHTS.get(column, OTHER_WEIGHT) for column in columns}
    shared = sum(
        weights[column] * _alike(one[column], other[column])
        for column in columns
        if column in one and column in other
    )
    return shared / sum(weights.values())


def _alike(one: Value, other: Value) -> float:
    if same(one, other):
        return 1.0
    return NEARLY * Indel.normalized_similarity(
        one.text.casefold(), other.text.casefold()
    )


def match_lines(
    old: Lines, new: Lines, *, measure: Likeness = likeness, least: float = ALIKE
) -> dict[str, str]:
    """{old prefix: new prefix}: the pairing with the greatest sum of likeness.

    Pairs below the least likeness are left out. Exchanging old and new gives the same
    pairs, also where several pairings are equally good.
    """
    if _spelt(new) < _spelt(old):
        back = match_lines(new, old, measure=measure, least=least)
        return {one: other for other, one in sorted(back.items(), key=_by_old)}
    if not old or not new:
        return {}
    scores = np.array(
        [[measure(line, other) for other in new.values()] for line in old.values()]
    )
    numbers = np.subtract.outer(np.arange(len(old)), np.arange(len(new)))
    rows, columns = linear_sum_assignment(scores - FAR * abs(numbers), maximize=True)
    prefixes = list(old), list(new)
    return {
        prefixes[0][row]: prefixes[1][column]
        for row, column in zip(rows, columns, strict=True)
        if scores[row, column] >= least
    }


def _by_old(pair: tuple[str, str]) -> int:
    match = LINE_SLOT.match(f"{pair[1]}.amount")
    return int(match["number"]) if match else 0


def _spelt(lines: Lines) -> list[list[tuple[str, str]]]:
    return [_cells(line.items()) for line in lines.values()]


def _cells(items: Iterable[tuple[str, Value]]) -> list[tuple[str, str]]:
    return sorted((column, value.text) for column, value in items)
