"""What readings take, old and new on the same documents: time and money.

A new reading takes steps over from the old one where nothing changed. Read from nothing
it would take what its own steps took and, for those that were spared, what they took in
the other reading. A difference is thus one of the steps that ran anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import t

Steps = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Floor:
    """What is too much: by this share of the old mean AND by this much a document.

    A fifth more of nearly nothing is nothing, and a second more of a minute is little;
    only both together hold a version back (operations.md names the case that shows it).
    """

    relative: float
    absolute: float


FLOORS: Mapping[str, Floor] = {
    "latency": Floor(relative=0.5, absolute=2_000),  # milliseconds a document
    "cost": Floor(relative=0.2, absolute=1_000),  # micro-USD a document
}


@dataclass(frozen=True, slots=True)
class Spending:
    """Of n documents, in the unit of the floor. least_more: one-sided lower bound of
    the mean difference, new minus old. Without documents everything is None.
    """

    n: int
    old_mean: float | None = None
    new_mean: float | None = None
    old_p95: float | None = None
    new_p95: float | None = None
    least_more: float | None = None
    beyond: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def spent(
    old: Sequence[float], new: Sequence[float], floor: Floor, *, level: float
) -> Spending:
    """old, new: one figure a document, in the same order."""
    if not old:
        return Spending(0)
    before, after = np.asarray(old, dtype=float), np.asarray(new, dtype=float)
    more = after - before
    n = len(more)
    least = None
    if n > 1:
        spread = float(more.std(ddof=1)) / n**0.5
        least = float(more.mean()) - float(t.isf(level, n - 1)) * spread
    grown = after.mean() > before.mean() * (1 + floor.relative)
    return Spending(
        n=n,
        old_mean=round(float(before.mean()), 1),
        new_mean=round(float(after.mean()), 1),
        old_p95=round(float(np.percentile(before, 95)), 1),
        new_p95=round(float(np.percentile(after, 95)), 1),
        least_more=None if least is None else round(least, 1),
        beyond=bool(grown and least is not None and least > floor.absolute),
    )


def from_nothing(steps: Steps, other: Steps, figure: str) -> float | None:
    """Sum of a figure over all steps as if none had been spared; None: not known, as of
    a step that has None for it.

    steps, other: of two readings of a source, as their events spell them.
    """
    ran = {one["step"]: one[figure] for one in other if not one.get("memo")}
    total = 0.0
    for one in steps:
        taken = one[figure] if not one.get("memo") else ran.get(one["step"])
        if taken is None:
            return None
        total += taken
    return total
