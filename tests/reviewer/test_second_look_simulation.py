"""The promise of second looks, as benchmarks/second_look.py simulates it."""

from __future__ import annotations

from benchmarks.second_look import keeps_promise, table


def test_half_of_single_reviews_errors_at_a_quarter_more_time() -> None:
    assert keeps_promise(table("mixed", 20_000, 4))


def test_where_all_is_equally_doubtful_it_costs_more() -> None:
    """What the promise does not cover is told as well, and is no accident."""
    assert not keeps_promise(table("doubtful", 20_000, 4))
