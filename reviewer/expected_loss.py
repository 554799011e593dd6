"""Whether a second look at an answer is worth its cost. Pure.

Chow's rule (Chow 1970, IEEE Trans Inf Theory 16:41), turned around: look again where

    P(the answer is wrong) x loss by a wrong value x P(a second look finds it) > cost.

P is Bayes' rule over the machine's confidence c, how often people miss a machine's
error (m), take a right value for wrong (s), and correct an error to a wrong value (r):

    confirmed   (1-c) m / ((1-c) m + c (1-s))
    corrected   (c s + (1-c)(1-m) r) / (c s + (1-c)(1-m))
"""

from __future__ import annotations

from dataclasses import dataclass

# What is believed before anything was measured. At 1 to 2 % of errors people miss 30 to
# 40 % of them (PMC3064483); one person keying alone is wrong in 0.29 % of fields
# (Garza et al., PMC13078370).
MISSES, SLIPS = 0.35, 0.0029
# Of a value that a check contradicts, or that was not found, confidence says nothing.
NOBODY_KNOWS = 0.5


@dataclass(frozen=True, slots=True)
class People:
    """How people review, as shares: misses of the machine's errors, slips where it was
    right, wrong corrections of what was wrong. measured: checks behind misses; 0: it is
    what is believed of people everywhere.
    """

    misses: float = MISSES
    slips: float = SLIPS
    measured: int = 0


@dataclass(frozen=True, slots=True)
class Costs:
    loss: float
    look: float


@dataclass(frozen=True, slots=True)
class Look:
    """p_error: of the first answer; catch: that a second person finds it, if so."""

    p_error: float
    catch: float
    costs: Costs

    @property
    def gain(self) -> float:
        """The loss that a second look is expected to spare, before its cost."""
        return self.p_error * self.costs.loss * self.catch

    @property
    def pays(self) -> bool:
        return self.gain > self.costs.look


def look_at(
    *, confidence: float | None, confirmed: bool, people: People, costs: Costs
) -> Look:
    """confidence: the machine's in its value, 0..1; None where it says nothing.

    Who confirms an error misses it; a second person misses it as often. A correction
    that is wrong is found by almost everybody, since two who read by themselves seldom
    make the same one.
    """
    right = min(max(NOBODY_KNOWS if confidence is None else confidence, 0.0), 1.0)
    wrong, misses, slips = 1 - right, people.misses, people.slips
    if confirmed:
        bad, good = wrong * misses, right * (1 - slips)
        return Look(_share(bad, good), 1 - misses, costs)
    found = wrong * (1 - misses)
    bad, good = right * slips + found * slips, found * (1 - slips)
    return Look(_share(bad, good), 1 - slips, costs)


def _share(bad: float, good: float) -> float:
    return bad / (bad + good) if bad + good else 0.0
