from __future__ import annotations

import pytest

from reviewer.checks import Rate, miss_rate


def test_an_interval_holds_the_share_and_narrows_with_answers() -> None:
    few, many = Rate(2, 20), Rate(20, 200)
    assert few.point == many.point == 0.1
    assert few.low < many.low < 0.1 < many.high < few.high


def test_nothing_answered_says_nothing() -> None:
    nothing = Rate(0, 0)
    assert (nothing.point, nothing.low, nothing.high) == (None, 0.0, 1.0)


def test_the_ends_are_certain_of_one_side_only() -> None:
    assert Rate(0, 40).low == 0.0 < Rate(0, 40).high < 0.1
    assert Rate(40, 40).high == 1.0


def test_more_missed_than_answered_is_refused() -> None:
    with pytest.raises(ValueError, match="some of the answered"):
        Rate(3, 2)


@pytest.mark.django_db
def test_without_answers_a_tenants_rate_is_unknown() -> None:
    assert miss_rate() == Rate(0, 0)
