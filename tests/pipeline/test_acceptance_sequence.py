"""The promise of an accepted share, checked by simulation and known numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.acceptance.sequence import (
    Labelled,
    first_size,
    fixed_sequence,
    least_size,
    missing_labels,
    thresholds,
)

PROMISE = {"target": 0.98, "confidence": 0.95}


@pytest.mark.parametrize(("wrong", "size"), [(0, 149), (1, 236), (2, 313), (5, 523)])
def test_the_least_numbers_for_98_percent(wrong: int, size: int) -> None:
    # operations.md 2.6.
    assert least_size(wrong, **PROMISE) == size


def test_a_sequence_begins_at_three_flawless_samples() -> None:
    assert first_size(**PROMISE) == 3 * 149
    assert first_size(0.95, 0.95) == 3 * 59


def labelled(right: int, wrong: int, score: float = 0.99) -> list[Labelled]:
    return [Labelled(score, i >= wrong) for i in range(right + wrong)]


def test_too_few_prove_nothing_and_the_missing_ones_are_counted() -> None:
    assert fixed_sequence(labelled(446, 0), **PROMISE).chosen is None
    assert missing_labels(labelled(446, 0), **PROMISE) == 1
    assert missing_labels([], **PROMISE) == 447
    found = fixed_sequence(labelled(447, 0), **PROMISE)
    assert found.chosen is not None
    assert (found.chosen.accepted, found.chosen.wrong) == (447, 0)
    assert missing_labels(labelled(447, 0), **PROMISE) == 0


def test_what_is_missing_would_be_enough() -> None:
    few = labelled(495, 5)
    missing = missing_labels(few, **PROMISE)
    assert missing is not None
    more = labelled(495 + missing - round(missing / 100), 5 + round(missing / 100))
    assert fixed_sequence(few, **PROMISE).chosen is None
    assert fixed_sequence(more, **PROMISE).chosen is not None


def test_no_number_proves_what_is_not_so() -> None:
    assert missing_labels(labelled(970, 30), **PROMISE) is None


def test_the_first_failure_ends_the_search() -> None:
    sure, doubtful, sure_again = (
        labelled(600, 0, 0.99),
        labelled(60, 40, 0.9),
        labelled(9000, 0, 0.8),
    )
    found = fixed_sequence([*sure, *doubtful, *sure_again], **PROMISE).chosen
    assert found is not None
    assert (found.threshold, found.accepted) == (0.99, 600)


def test_equal_scores_are_one_threshold() -> None:
    tied = labelled(500, 0, 0.95) + labelled(500, 0, 0.9)
    accepted = [t.accepted for t in thresholds(tied, least=1)]
    assert accepted == [500, 1000]
    assert fixed_sequence(tied[::-1], **PROMISE) == fixed_sequence(tied, **PROMISE)


# The world of the simulation: the surer, the more often right, and never calibrated.
TARGET, CONFIDENCE, LABELS, REPETITIONS = 0.95, 0.95, 1000, 1000


def right_at(score: np.ndarray) -> np.ndarray:
    return 0.82 + 0.18 * score


def true_precision(threshold: float) -> float:
    """Of all documents at or above it, scores being uniform: the mean of right_at."""
    return float(right_at(np.array((threshold + 1) / 2)))


def naive(scores: np.ndarray, right: np.ndarray) -> float | None:
    """The loosest threshold whose labelled share of right ones reaches the target."""
    order = np.argsort(-scores)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= TARGET)
    return float(scores[order][good[-1]]) if len(good) else None


def test_the_promise_is_kept_where_the_naive_choice_breaks_it() -> None:
    chance = np.random.default_rng(20261126)
    broken = naively_broken = proven = 0
    for _ in range(REPETITIONS):
        scores = chance.random(LABELS)
        right = chance.random(LABELS) < right_at(scores)
        documents = [Labelled(s, bool(r)) for s, r in zip(scores, right, strict=True)]
        found = fixed_sequence(documents, target=TARGET, confidence=CONFIDENCE).chosen
        if found is not None:
            proven += 1
            broken += true_precision(found.threshold) < TARGET
        loosest = naive(scores, right)
        naively_broken += loosest is not None and true_precision(loosest) < TARGET
    assert broken <= 0.05 * REPETITIONS
    assert naively_broken >= 0.4 * REPETITIONS
    assert proven >= 0.5 * REPETITIONS
