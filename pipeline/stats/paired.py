"""Two versions on the same documents: which is right where, and by how much.

better: documents of which only the new version is right; worse: only the old one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from scipy.optimize import brentq
from scipy.stats import beta, binom, norm

ROUND = 1e-12  # narrower than this no interval is told apart


@dataclass(frozen=True, slots=True)
class Interval:
    """Of a difference of shares, new minus old: -1..1."""

    lower: float
    upper: float


UNKNOWN = Interval(-1.0, 1.0)


def mcnemar_exact(better: int, worse: int) -> float:
    """Two-sided p of "neither version is right more often", given their sum.

    Source: McNemar's exact conditional test, min(1, 2 * BinomCDF(min; b + c, 1/2)).
    """
    n = better + worse
    return float(min(1.0, 2 * binom.cdf(min(better, worse), n, 0.5)))


def mcnemar_midp(better: int, worse: int) -> float:
    """The exact p without half of the probability of what was seen, twice.

    Source: Fagerland, Lydersen and Laake 2013, BMC Med Res Methodol 13:91.
    """
    n = better + worse
    if better == worse:
        return 1.0 - float(binom.pmf(better, n, 0.5)) / 2 if n else 1.0
    return mcnemar_exact(better, worse) - float(binom.pmf(min(better, worse), n, 0.5))


@lru_cache(maxsize=65536)
def harm_p(better: int, worse: int) -> float:
    """One-sided exact p of "it did not get worse": P(Binomial(b + c, 1/2) >= worse)."""
    return float(binom.sf(worse - 1, better + worse, 0.5))


def score(better: float, worse: float, n: float, difference: float) -> float:
    """Tango's score statistic of a difference in -1..1, in standard deviations.

    Source: Tango 1998, Statistics in Medicine 17:891.
    """
    a = 2 * n
    b = -better - worse + (2 * n - better + worse) * difference
    c = -worse * difference * (1 - difference)
    p = (math.sqrt(max(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
    variance = n * (2 * p + difference * (1 - difference))
    distance = better - worse - n * difference
    if variance <= ROUND:
        return 0.0 if abs(distance) <= ROUND else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


@lru_cache(maxsize=65536)
def tango(better: float, worse: float, n: float, *, z: float) -> Interval:
    """Those differences whose score is within z of nothing.

    n, the documents, need not be whole: see disagreements.of_what_comes.
    z: normal_quantile() of one side's error. Raises ValueError for impossible counts.
    """
    if min(better, worse) < 0 or better + worse > n + ROUND:
        raise ValueError("more documents differ than there are")
    if n <= 0:
        return UNKNOWN
    seen = (better - worse) / n

    def beyond(difference: float, bound: float) -> float:
        # Infinite where the difference is impossible: any large number of that sign.
        return max(-1e9, min(1e9, score(better, worse, n, difference))) - bound

    low, high = -1 + ROUND, 1 - ROUND
    lower = _root(beyond, low, seen, z)
    upper = _root(beyond, high, seen, -z)
    return Interval(lower, upper)


def _root(
    beyond: Callable[[float, float], float], edge: float, seen: float, bound: float
) -> float:
    """Between the edge of what is possible and what was seen."""
    if abs(edge - seen) <= 2 * ROUND or beyond(edge, bound) * bound <= 0:
        return math.copysign(1.0, edge)
    return float(brentq(beyond, edge, seen, args=(bound,), xtol=1e-10))


def normal_quantile(error: float) -> float:
    """z with P(Normal > z) = error: 1.645 for .05 on one side."""
    return float(norm.isf(error))


def paired_interval(
    better: float, worse: float, n: float, *, level: float = 0.05
) -> Interval:
    """Tango's two-sided interval of the difference, at 1 - level."""
    return tango(better, worse, n, z=normal_quantile(level / 2))


@lru_cache(maxsize=65536)
def least_difference(better: float, worse: float, n: float, *, level: float) -> float:
    """One-sided lower bound of the difference: below it at most `level` of the time.

    Tango's, but not above the exact bound of the share that got worse while nothing
    got better: with few documents a score alone promises too much there (nothing seen
    in 52 documents would "prove" 5 %; it takes 59).
    """
    lower = tango(better, worse, n, z=normal_quantile(level)).lower
    if better > 0 or n <= 0:
        return lower
    return min(lower, -_most(worse, n, level))


def _most(worse: float, n: float, level: float) -> float:
    """Clopper and Pearson's upper bound of a share, one-sided."""
    if worse >= n:
        return 1.0
    return float(beta.isf(level, worse + 1, n - worse))


def holm(p_values: list[float]) -> list[float]:
    """The p-values as if each were the only one that was looked at, in their order.

    Source: Holm 1979, Scand J Stat 6:65. Valid however the tests depend on each other.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted
