"""How many released values are wrong after people have reviewed them, with an interval.

What is seen: of n values that one person looked at, k were put right. How often people
miss an error is measured in two ways, m in each:

    seeded checks   of A known errors that were shown, M were missed: M / A
    double review   two people read the same field, each alone. Of the machine's errors
                    that one found, the other missed some: with a found by both, b by
                    the first only, c by the second only, b + c of 2 a + b + c chances
                    (the maximum likelihood of Lincoln and Petersen's two captures with
                    one rate; Chapman 1951)

As k = n x prevalence x (1 - m), prevalence = k / n / (1 - m): Rogan and Gladen 1978
(Am J Epidemiol 107:71) with a specificity of 1. What is left is prevalence x m of what
one person looked at and prevalence x m^2 of what two did, each alone. Both shares have
Jeffreys' posterior (Brown, Cai and DasGupta 2001, Stat Sci 16:101), and the interval is
that of DRAWS draws from them.

Both ways take for granted that people miss errors independently: where an error is hard
for everybody more is left than this says. A value that a person changed wrongly counts
where a second person saw it, and not otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

LEVEL = 0.95
DRAWS = 20_000
# Fewer known errors than these leave an interval wider than 15 points to each side;
# fewer values say nothing of their prevalence.
ENOUGH_CHECKS = 40
ENOUGH_REVIEWED = 60
# Two measures that differ more surely than this are not put together.
DIFFERS = 0.05


@dataclass(frozen=True, slots=True)
class Misses:
    """Known errors that people could have found, and did not; not whole where they
    were not planted (see Doubled.misses)."""

    missed: float = 0
    known: float = 0

    def __add__(self, other: Misses) -> Misses:
        return Misses(self.missed + other.missed, self.known + other.known)

    @property
    def point(self) -> float | None:
        return self.missed / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class Doubled:
    """Fields that two people read, each alone. both, first, second: of the machine's
    errors among them, who found them; fields: all of them."""

    fields: int = 0
    both: int = 0
    first: int = 0
    second: int = 0

    @property
    def misses(self) -> Misses:
        """m = (b + c) / (2 a + b + c). Errors that both missed are not known, so it is
        worth less than so many chances: its variance is that of 1 / (1 + m) of them.
        """
        alone = self.first + self.second
        chances = 2 * self.both + alone
        if not chances:
            return Misses()
        share = alone / chances
        worth = chances / (1 + share)
        return Misses(share * worth, worth)

    def __add__(self, other: Doubled) -> Doubled:
        return Doubled(
            self.fields + other.fields,
            self.both + other.both,
            self.first + other.first,
            self.second + other.second,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What review has seen. single: values that one person looked at; put_right: of
    those; doubled: values that two did; seeded: planted errors."""

    single: int = 0
    put_right: int = 0
    doubled: Doubled = field(default_factory=Doubled)
    seeded: Misses = field(default_factory=Misses)

    @property
    def reviewed(self) -> int:
        return self.single + self.doubled.fields

    @property
    def found(self) -> int:
        """Errors of the machine that anybody found."""
        twice = self.doubled
        return self.put_right + twice.both + twice.first + twice.second


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Residual:
    """point and interval: the share of released reviewed values that is wrong; None
    where there is too little to say. once: the same had nobody looked twice.

    disagree: that the two ways of measuring misses differ too much to be put together;
    then the one that says worse is used.
    """

    seen: Seen
    misses: Misses
    point: float | None = None
    interval: Interval | None = None
    once: float | None = None
    disagree: bool = False

    @property
    def more_checks(self) -> int:
        return max(0, math.ceil(ENOUGH_CHECKS - self.misses.known))

    @property
    def more_reviewed(self) -> int:
        return max(0, ENOUGH_REVIEWED - self.seen.reviewed)

    @property
    def too_few(self) -> bool:
        return self.point is None

    def as_json(self) -> dict[str, Any]:
        seen, twice = self.seen, self.seen.doubled
        return {
            "reviewed": seen.reviewed,
            "read_twice": twice.fields,
            "put_right": seen.found,
            "seeded": {"missed": seen.seeded.missed, "answered": seen.seeded.known},
            "double_review": {
                "found_by_both": twice.both,
                "by_first_only": twice.first,
                "by_second_only": twice.second,
            },
            "measures_disagree": self.disagree,
            "residual": _rounded(self.point),
            "low": _rounded(self.interval.low) if self.interval else None,
            "high": _rounded(self.interval.high) if self.interval else None,
            "level": LEVEL,
            "had_nobody_looked_twice": _rounded(self.once),
            "more_checks_needed": self.more_checks,
            "more_reviewed_needed": self.more_reviewed,
        }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def residual_of(seen: Seen) -> Residual:
    misses, disagree = _misses_of(seen)
    if misses.known < ENOUGH_CHECKS or seen.reviewed < ENOUGH_REVIEWED:
        return Residual(seen, misses, disagree=disagree)
    dice = np.random.default_rng(20261126)  # the same figures every time
    m = dice.beta(misses.missed + 0.5, misses.known - misses.missed + 0.5, DRAWS)
    one = dice.beta(seen.put_right + 0.5, seen.single - seen.put_right + 0.5, DRAWS)
    twice = seen.doubled
    found = twice.both + twice.first + twice.second
    two = dice.beta(found + 0.5, twice.fields - found + 0.5, DRAWS)
    if not seen.single:
        one = np.zeros(DRAWS)
    if not twice.fields:
        two = np.zeros(DRAWS)
    # Of two people who look, 1 - m^2 of the errors are found by somebody.
    in_one = np.minimum(one / (1 - m), 1.0)
    in_two = np.minimum(two / (1 - m * m), 1.0)
    share = twice.fields / seen.reviewed
    left = (1 - share) * in_one * m + share * in_two * m * m
    once = ((1 - share) * in_one + share * in_two) * m
    low, high = np.quantile(left, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Residual(
        seen,
        misses,
        point=float(np.median(left)),
        interval=Interval(float(low), float(high)),
        once=float(np.median(once)),
        disagree=disagree,
    )


def _misses_of(seen: Seen) -> tuple[Misses, bool]:
    """Both measures together, unless they contradict each other: by Fisher's test."""
    seeded, twice = seen.seeded, seen.doubled.misses
    if not seeded.known or not twice.known:
        return seeded + twice, False
    table = [
        [round(one.missed), round(one.known) - round(one.missed)]
        for one in (seeded, twice)
    ]
    if float(fisher_exact(table).pvalue) >= DIFFERS:
        return seeded + twice, False
    return max(seeded, twice, key=lambda one: one.point or 0.0), True
