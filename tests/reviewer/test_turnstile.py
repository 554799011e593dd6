"""Answers one after the other, in the order in which they came."""

from __future__ import annotations

import threading
import time

import pytest

from reviewer.views.turnstile import Turnstile


def arrive(turnstile: Turnstile, through: list[int], number: int) -> threading.Thread:
    """Somebody who notes when it is their turn, once they stand in the line."""

    def pass_through() -> None:
        with turnstile:
            through.append(number)

    line = len(turnstile._line)
    thread = threading.Thread(target=pass_through)
    thread.start()
    until = time.monotonic() + 20
    while len(turnstile._line) == line and time.monotonic() < until:
        time.sleep(0.001)
    return thread


def test_all_wait_while_every_place_is_taken() -> None:
    turnstile, through = Turnstile(2), list[int]()
    with turnstile, turnstile:
        people = [arrive(turnstile, through, number) for number in range(6)]
        assert through == []
    for one in people:
        one.join(20)
    assert sorted(through) == list(range(6))


def test_whoever_came_first_goes_first() -> None:
    turnstile, through = Turnstile(1), list[int]()
    with turnstile:
        people = [arrive(turnstile, through, number) for number in range(6)]
    for one in people:
        one.join(20)
    assert through == list(range(6))


def test_a_place_is_free_again_after_an_error() -> None:
    turnstile, through = Turnstile(1), list[int]()
    with pytest.raises(RuntimeError), turnstile:
        raise RuntimeError
    with turnstile:
        through.append(1)
    assert through == [1]
