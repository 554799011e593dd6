from __future__ import annotations

import pytest

from pipeline.stats.agreement import cohens_kappa


def test_a_table_worked_out_by_hand() -> None:
    """50 grants judged by two people: 0.7 agree, 0.5 by chance, so kappa is 0.4."""
    pairs = (
        [("yes", "yes")] * 20
        + [("yes", "no")] * 5
        + [("no", "yes")] * 10
        + [("no", "no")] * 15
    )
    kappa = cohens_kappa(pairs)
    assert kappa is not None
    assert kappa.value == pytest.approx(0.4)
    # The error is the root of 0.7 * 0.3 / 50, over 0.5.
    assert kappa.upper - kappa.value == pytest.approx(1.96 * 0.12961, abs=1e-4)


def test_full_agreement_is_one_and_chance_is_none() -> None:
    full = cohens_kappa([("a", "a")] * 6 + [("b", "b")] * 6)
    chance = cohens_kappa([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] * 5)
    assert full is not None
    assert chance is not None
    assert (full.value, chance.value) == (1.0, 0.0)


def test_where_it_says_nothing() -> None:
    assert cohens_kappa([("a", "b")] * 9) is None
    assert cohens_kappa([("a", "a")] * 50) is None
    assert cohens_kappa([("a", "a")] * 45 + [("a", "b")] * 5) is None
