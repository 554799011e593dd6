from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.canary import e_value, largest_e_value


@pytest.mark.parametrize(
    ("harmful", "n", "value"), [(9, 10, 18.509), (10, 10, 186.09), (15, 20, 6.3555)]
)
def test_as_published(harmful: int, n: int, value: float) -> None:
    assert e_value(harmful, n) == pytest.approx(value, rel=1e-4)


def test_nothing_seen_says_nothing() -> None:
    assert e_value(0, 0) == pytest.approx(1.0)
    assert largest_e_value([]) == 1.0


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_bets_fairly(seen: tuple[int, int]) -> None:
    """Without harm the next answer changes it by nothing, on average."""
    harmful, n = seen
    following = (e_value(harmful, n + 1) + e_value(harmful + 1, n + 1)) / 2
    assert following == pytest.approx(e_value(harmful, n), rel=1e-9)


def test_one_may_look_after_every_answer() -> None:
    """500 looks, 2,000 canaries without harm: at most 5 % are stopped."""
    harms = np.random.default_rng(7).random((2000, 500)) < 0.5
    counts = np.cumsum(harms, axis=1)
    reached = np.zeros(2000, dtype=bool)
    for n in range(1, 501):
        least = next((k for k in range(n + 1) if e_value(k, n) >= 20), n + 1)
        reached |= counts[:, n - 1] >= least
    assert 0.01 < reached.mean() <= 0.05
