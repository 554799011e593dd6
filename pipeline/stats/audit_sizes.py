"""How many audits prove that at most so many of what was accepted are wrong.

Exact, by Clopper and Pearson's one-sided bound (Biometrika 1934, 26:404): of n audits,
k of them wrong, the share is below upper_bound(k, n) with 95 % confidence. Without an
error that is 1 - 0.05^(1/n), so n = ln 0.05 / ln(1 - p): the "rule of three", whose
3 / p it is nearly (Hanley and Lippman-Hand, JAMA 1983, 249:1743).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.stats import beta

from pipeline.stats.proportions import upper_bound

CONFIDENCE = 0.95
MOST = 10_000_000


def audits_needed(bound: float, errors: int = 0, confidence: float = CONFIDENCE) -> int:
    """The least number of audits, so many of them wrong, that prove the bound.

    Raises ValueError for a bound that is no share.
    """
    if not 0 < bound < 1:
        raise ValueError("A bound is a share between 0 and 1.")
    if errors == 0:
        return math.ceil(round(math.log(1 - confidence) / math.log1p(-bound), 9))
    return _smallest(
        lambda n: float(beta.ppf(confidence, errors + 1, n - errors)) <= bound,
        errors + 1,
    )


def _smallest(enough: Callable[[int], bool], low: int) -> int:
    """The first number that is enough; larger ones are as well."""
    high = low
    while not enough(high):
        if high > MOST:
            return MOST
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


@dataclass(frozen=True, slots=True)
class Audited:
    """So many were looked at, and so many of them wrong."""

    audited: int
    wrong: int

    @property
    def bound(self) -> float:
        """The share that is wrong is below it, with 95 % confidence."""
        return upper_bound(self.wrong, self.audited, CONFIDENCE)

    def left(self, bound: float) -> int:
        """How many more prove the bound, if none of them is wrong."""
        return max(0, audits_needed(bound, self.wrong) - self.audited)


def share_needed(left: int, arriving: float) -> float:
    """Of what is accepted until then, so that so many more are audited: 0..1."""
    if left <= 0:
        return 0.0
    return 1.0 if arriving <= left else left / arriving
