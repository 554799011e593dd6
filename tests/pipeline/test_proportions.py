from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.proportions import (
    clopper_pearson,
    lower_bound,
    upper_bound,
    wilson,
)

# Newcombe 1998, Stat Med 17:857: k, n, Wilson, Clopper-Pearson.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("k", "n", "score", "exact"), NEWCOMBE)
def test_published_intervals(
    k: int, n: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    found = wilson(k, n)
    assert (found.lower, found.upper) == pytest.approx(score, abs=5e-5)
    found = clopper_pearson(k, n)
    assert (found.lower, found.upper) == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize(("k", "n"), [(0, 149), (1, 236), (2, 313), (5, 523)])
def test_so_many_labels_a_promise_of_98_percent_costs(k: int, n: int) -> None:
    # operations.md 2.6: the least number that proves it at 95 %.
    assert upper_bound(k, n) <= 0.02 < upper_bound(k, n - 1)


def test_nothing_counted_says_nothing() -> None:
    assert (wilson(0, 0).lower, wilson(0, 0).upper) == (0.0, 1.0)
    assert (clopper_pearson(0, 0).lower, clopper_pearson(0, 0).upper) == (0.0, 1.0)


@given(st.integers(1, 500), st.data())
def test_intervals_hold_the_share_and_mirror(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    for interval in (wilson, clopper_pearson):
        found, other = interval(k, n), interval(n - k, n)
        assert 0 <= found.lower <= k / n + 1e-12
        assert k / n - 1e-12 <= found.upper <= 1
        assert found.lower == pytest.approx(1 - other.upper, abs=1e-9)
    assert lower_bound(k, n) <= k / n + 1e-12
