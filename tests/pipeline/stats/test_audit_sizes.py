from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from pipeline.stats.audit_sizes import Audited, audits_needed, share_needed


@pytest.mark.parametrize(
    ("bound", "audits"),
    # ln 0.05 / ln(1 - p); the rule of three gives 300, 60 and 600.
    [(0.01, 299), (0.05, 59), (0.005, 598), (0.02, 149), (0.5, 5)],
)
def test_without_an_error(bound: float, audits: int) -> None:
    assert audits_needed(bound) == audits
    assert (1 - bound) ** audits <= 0.05 < (1 - bound) ** (audits - 1)


@pytest.mark.parametrize(
    # Published for 95 % confidence and 5 %: Wilks 1941, as in tables of the method.
    ("errors", "audits"),
    [(1, 93), (2, 124), (3, 153), (4, 181), (5, 208)],
)
def test_with_errors(errors: int, audits: int) -> None:
    assert audits_needed(0.05, errors) == audits


@given(st.floats(0.002, 0.4), st.integers(0, 12))
def test_it_is_the_least_number(bound: float, errors: int) -> None:
    n = audits_needed(bound, errors)
    assert binom.cdf(errors, n, bound) <= 0.05 + 1e-9
    assert binom.cdf(errors, n - 1, bound) > 0.05 - 1e-9


def test_what_was_audited_proves_a_bound() -> None:
    assert math.isclose(Audited(598, 0).bound, 0.004997, abs_tol=1e-5)
    assert Audited(598, 0).left(0.005) == 0
    assert Audited(500, 0).left(0.005) == 98
    assert Audited(598, 1).left(0.005) == audits_needed(0.005, 1) - 598
    assert Audited(0, 0).bound == 1.0
    assert Audited(3, 3).bound == 1.0


@pytest.mark.parametrize("bound", [0, 1, -0.1, 2])
def test_a_bound_is_a_share(bound: float) -> None:
    with pytest.raises(ValueError, match="share"):
        audits_needed(bound)


@pytest.mark.parametrize(
    ("left", "arriving", "share"), [(0, 10, 0), (5, 10, 0.5), (10, 5, 1), (1, 0, 1)]
)
def test_the_share_that_brings_them(left: int, arriving: float, share: float) -> None:
    assert share_needed(left, arriving) == share
