"""Published values first, then what must hold for any counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.paired import (
    harm_p,
    holm,
    least_difference,
    mcnemar_exact,
    mcnemar_midp,
    paired_interval,
    tango,
)

COUNTS = st.tuples(*[st.integers(0, 60)] * 3)


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [  # statsmodels/stats/tests/test_nonparametric.py, then Bentur in Fagerland 2014
        (121, 59, 4.434e-6),
        (70, 59, 0.378688),
        (80, 59, 0.089452),
        (30, 60, 0.00206),
        (10, 30, 0.002221),
        (10, 10, 1.0),
        (1, 7, 0.0703125),
    ],
)
def test_mcnemar_exact_as_published(better: int, worse: int, p: float) -> None:
    assert mcnemar_exact(better, worse) == pytest.approx(p, rel=1e-3)
    assert mcnemar_exact(worse, better) == mcnemar_exact(better, worse)


def test_mcnemar_midp_as_published() -> None:
    assert mcnemar_midp(1, 7) == pytest.approx(0.0390625)
    assert mcnemar_midp(0, 0) == 1.0


def test_tango_as_published() -> None:
    bentur = paired_interval(1, 7, 21)
    assert (bentur.lower, bentur.upper) == pytest.approx((-0.5172, -0.0260), abs=5e-5)
    prop_cis = paired_interval(40, 20, 160)
    assert (prop_cis.lower, prop_cis.upper) == pytest.approx(
        (0.03086, 0.21806), abs=5e-6
    )


def test_holm_as_published() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(COUNTS)
def test_an_interval_holds_what_was_seen_and_turns_with_the_versions(
    counts: tuple[int, int, int],
) -> None:
    better, worse, same = counts
    n = better + worse + same
    if not n:
        return
    found, turned = paired_interval(better, worse, n), paired_interval(worse, better, n)
    assert -1 <= found.lower <= (better - worse) / n <= found.upper <= 1
    assert (turned.lower, turned.upper) == pytest.approx(
        (-found.upper, -found.lower), abs=1e-6
    )


@given(COUNTS)
def test_more_harm_never_looks_better(counts: tuple[int, int, int]) -> None:
    better, worse, same = counts
    n = better + worse + same + 1
    assert harm_p(better, worse + 1) <= harm_p(better, worse)
    assert (
        least_difference(better, worse + 1, n, level=0.05)
        <= least_difference(better, worse, n, level=0.05) + 1e-9
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_keeps_the_order_and_only_raises(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(1 >= a >= p for a, p in zip(adjusted, p_values, strict=True))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert [a for _, a in pairs] == sorted(adjusted)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="more documents differ"):
        tango(3, 3, 5, z=1.645)


@pytest.mark.parametrize("n", [59, 100, 300])
@pytest.mark.parametrize("share_better", [0.0, 0.01, 0.05])
def test_the_bound_promises_too_much_at_most_at_its_level(
    n: int, share_better: float
) -> None:
    """At a true loss of exactly the margin, by 20,000 draws."""
    margin = 0.05
    shares = [share_better, share_better + margin, 1 - 2 * share_better - margin]
    drawn = np.random.default_rng(n).multinomial(n, shares, size=20_000)
    kinds, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
    passed = sum(
        int(count)
        for (better, worse), count in zip(kinds, times, strict=True)
        if least_difference(int(better), int(worse), n, level=0.05) > -margin
    )
    assert passed / 20_000 <= 0.05 + 0.005
