"""Intervals of a share: k of n.

Wilson's for what is shown, Clopper and Pearson's for what is promised: it never covers
the truth more seldom than it says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import beta, norm


@dataclass(frozen=True, slots=True)
class Share:
    """An interval of a share, 0..1."""

    lower: float
    upper: float


ANYTHING = Share(0.0, 1.0)


def wilson(k: int, n: int, level: float = 0.95) -> Share:
    """The score interval. Source: Wilson 1927, as Newcombe 1998 (Stat Med 17:857)."""
    if not n:
        return ANYTHING
    z = float(norm.ppf((1 + level) / 2))
    share, square = k / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = (
        z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    )
    # At the ends the formula gives them up to rounding.
    lower = 0.0 if k == 0 else max(0.0, middle - half)
    return Share(lower, 1.0 if k == n else min(1.0, middle + half))


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Share:
    """The exact interval, by beta quantiles. Source: Clopper and Pearson 1934."""
    tail = (1 - level) / 2
    return Share(lower_bound(k, n, 1 - tail), upper_bound(k, n, 1 - tail))


def upper_bound(k: int, n: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: the share is below it with that confidence."""
    return 1.0 if k >= n else float(beta.ppf(confidence, k + 1, n - k))


def lower_bound(k: int, n: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: the share is above it with that confidence."""
    return 0.0 if k <= 0 else float(beta.ppf(1 - confidence, k, n - k + 1))
