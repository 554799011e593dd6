"""Seeded regressions at a size for every run; benchmarks/gate.py has the tables."""

from __future__ import annotations

from benchmarks.gate_worlds import World, false_blocks, regressions


def test_a_template_made_much_worse_never_passes_and_the_others_do() -> None:
    found = regressions(World(each=100, harm=0.3), seeds=10)
    assert (found.blocked, found.held) == (10, 10)
    assert found.fewest >= 18


def test_one_made_worse_is_blocked_and_all_nineteen_others_pass() -> None:
    found = regressions(World(each=300, harm=0.15), seeds=10)
    assert (found.blocked, found.held) == (10, 10)
    assert (found.all_nineteen, found.fewest) == (10, 19)


def test_with_no_true_difference_hardly_anything_is_blocked() -> None:
    searched, stopped, _, _ = false_blocks(World(each=50), simulations=20)
    assert searched <= 4  # P(more than 4 of 20 at 5 %) < .001
    assert stopped <= 4
