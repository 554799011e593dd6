from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.disagreements import (
    Seen,
    answers_needed,
    documents_needed,
    documents_to_decide,
    least_of_these,
    least_of_what_comes,
    of_what_comes,
)
from pipeline.stats.paired import least_difference, paired_interval

LEVEL = 0.05
NONE = Seen(0, 0, 0, 0, 0)


@st.composite
def seen(draw: st.DrawFn) -> Seen:
    better, worse = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    labelled = better + worse + draw(st.integers(0, 5))
    disagree = labelled + draw(st.integers(0, 30))
    return Seen(disagree + draw(st.integers(1, 300)), disagree, labelled, better, worse)


def test_documents_needed_as_published() -> None:
    found = [documents_needed(margin) for margin in (0.005, 0.01, 0.02, 0.05)]
    assert found == [598, 299, 149, 59]
    assert least_difference(0, 0, 58, level=LEVEL) < -0.05
    assert least_difference(0, 0, 59, level=LEVEL) >= -0.05


def test_with_every_disagreement_decided_it_is_the_interval_of_all() -> None:
    all_decided = Seen(n=160, disagree=60, labelled=60, better=40, worse=20)
    assert of_what_comes(all_decided, level=LEVEL) == paired_interval(40, 20, 160)
    assert all_decided.difference == pytest.approx(20 / 160)


def test_no_disagreement_in_few_documents_proves_little_of_what_comes() -> None:
    few = Seen(n=10, disagree=0, labelled=0, better=0, worse=0)
    assert least_of_what_comes(few, level=LEVEL) < -0.2
    assert least_of_these(few, NONE, level=LEVEL) == 0


@given(seen())
def test_what_is_decided_of_these_documents_is_no_estimate(given_seen: Seen) -> None:
    decided = Seen(
        given_seen.n,
        given_seen.labelled,
        given_seen.labelled,
        given_seen.better,
        given_seen.worse,
    )
    exact = (decided.better - decided.worse) / decided.n
    assert least_of_these(decided, decided, level=LEVEL) == pytest.approx(exact)


@given(seen())
def test_the_undecided_can_at_most_all_be_lost(given_seen: Seen) -> None:
    known = given_seen.better - given_seen.worse
    worst = (known - given_seen.undecided) / given_seen.n
    bound = least_of_these(given_seen, given_seen, level=LEVEL)
    assert worst - 1e-12 <= bound <= (known + given_seen.undecided) / given_seen.n
    assert least_of_these(given_seen, NONE, level=LEVEL) == pytest.approx(worst)


@given(seen())
def test_so_many_answers_as_it_says_are_enough_or_all(given_seen: Seen) -> None:
    needed = answers_needed(given_seen, given_seen, 0.05, level=LEVEL)
    assert 0 <= needed <= given_seen.undecided


@pytest.mark.parametrize("drawn", [10, 25, 60])
def test_these_documents_are_bounded_as_promised(drawn: int) -> None:
    """400 documents, 60 disagree, 24 of these are lost and 4 won; some are asked."""
    rng = np.random.default_rng(drawn)
    truth = np.array([-1] * 24 + [1] * 4 + [0] * 32)
    missed = 0
    for _ in range(2000):
        asked = rng.choice(truth, size=drawn, replace=False)
        found = Seen(400, 60, drawn, int((asked > 0).sum()), int((asked < 0).sum()))
        missed += least_of_these(found, found, level=LEVEL) > -20 / 400
    assert missed / 2000 <= 0.06  # a score interval: about its level, not below it


@pytest.mark.parametrize("share_labelled", [0.3, 0.6, 1.0])
def test_what_comes_is_bounded_as_promised(share_labelled: float) -> None:
    """300 documents drawn, a tenth disagree, new ones lose 4 % and win 1 %."""
    rng = np.random.default_rng(4)
    missed = 0
    for _ in range(3000):
        won, lost, both_wrong, _ = rng.multinomial(300, [0.01, 0.04, 0.05, 0.9])
        answers = np.array([1] * won + [-1] * lost + [0] * both_wrong)
        labelled = round(share_labelled * len(answers))
        asked = rng.choice(answers, size=labelled, replace=False)
        found = Seen(
            300,
            len(answers),
            labelled,
            int((asked > 0).sum()),
            int((asked < 0).sum()),
        )
        missed += least_of_what_comes(found, level=LEVEL) > -0.03
    assert missed / 3000 <= 0.057


def test_documents_to_decide_do_decide() -> None:
    lost = Seen(n=20, disagree=3, labelled=3, better=0, worse=3)
    more = documents_to_decide(lost, 0.05, level=LEVEL, harm_level=LEVEL)
    assert 0 < more < 60


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="such counts cannot be"):
        Seen(n=5, disagree=3, labelled=4, better=0, worse=0)
