"""From which confidence on a version's acceptance can be trusted. Pure.

Learn then Test (Angelopoulos et al., arXiv 2110.01052) with a fixed sequence of exact
binomial tests: thresholds go from strict to loose, and the first that cannot be shown
to keep the promise ends the search. So the promise holds with the given confidence,
however the scores are calibrated, if the documents are drawn as those to come are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scipy.stats import binom

# Not of the data: thresholds that were chosen by looking at it would prove nothing.
STEPS = 1000
MOST_LABELS = 1_000_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document that a version would accept: its least critical confidence, 0..1."""

    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """accepted: documents at or above it; wrong: of those."""

    threshold: float
    accepted: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Searched:
    """chosen: the loosest threshold that was proven, None for none. tried: the last one
    looked at, None where there are too few documents to begin.
    """

    chosen: Threshold | None
    tried: Threshold | None


def fixed_sequence(
    documents: Sequence[Labelled], *, target: float, confidence: float
) -> Searched:
    """target: the share of accepted documents that are to be right."""
    chosen = last = None
    for tried in thresholds(documents, least=first_size(target, confidence)):
        last = tried
        if p_value(tried.wrong, tried.accepted, target) > 1 - confidence:
            break
        chosen = tried
    return Searched(chosen, last)


def thresholds(documents: Sequence[Labelled], *, least: int) -> Iterator[Threshold]:
    """From strict to loose, where a threshold lets in more than the one before.

    The first one lets in the least number. Which ones these are is decided by scores
    alone, never by what is right.
    """
    ordered = sorted(documents, key=lambda document: -document.score)
    accepted = wrong = told = 0
    for step in range(STEPS, -1, -1):
        threshold = step / STEPS
        while accepted < len(ordered) and ordered[accepted].score >= threshold:
            wrong += not ordered[accepted].right
            accepted += 1
        if accepted >= least and accepted > told:
            told = accepted
            yield Threshold(threshold, accepted, wrong)


def p_value(wrong: int, accepted: int, target: float) -> float:
    """Of "more than 1 - target of them are wrong": so few wrong ones by chance."""
    return float(binom.cdf(wrong, accepted, 1 - target))


def first_size(target: float, confidence: float) -> int:
    """The least number of accepted documents at which a sequence may begin.

    Three times what a flawless sample needs, so that one early error does not end it.
    """
    return 3 * math.ceil(math.log(1 - confidence) / math.log(target))


def least_size(wrong: int, target: float, confidence: float) -> int:
    """How many documents prove the target if so many of them are wrong."""
    low, high = wrong, wrong + 1
    while p_value(wrong, high, target) > 1 - confidence:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if p_value(wrong, middle, target) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def missing_labels(
    documents: Sequence[Labelled], *, target: float, confidence: float
) -> int | None:
    """How many more labelled documents would prove it at the share of errors so far.

    They are documents that the version accepts at least as surely as those that were
    looked at. None where no number would do: too many are wrong.
    """
    found = fixed_sequence(documents, target=target, confidence=confidence)
    if found.chosen is not None:
        return 0
    seen = found.tried or everything(documents)
    share = seen.wrong / seen.accepted if seen.accepted else 0.0
    if share >= 1 - target:
        return None
    size = max(first_size(target, confidence), seen.accepted + 1)
    while size <= MOST_LABELS:
        needed = least_size(math.ceil(share * size), target, confidence)
        if needed <= size:
            return size - seen.accepted
        size = needed
    return None


def everything(documents: Sequence[Labelled]) -> Threshold:
    return Threshold(0.0, len(documents), sum(not one.right for one in documents))
