"""Answers at the desk go through a few at a time."""

from __future__ import annotations

import threading
import time
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from reviewer.views.turnstile import AT_ONCE, Turnstile, in_turn


class Views:
    """A slow view that counts how many are in it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = self.all = 0

    def slow(self, request: Any) -> HttpResponse:
        with self.lock:
            self.now += 1
            self.all += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self.lock:
            self.now -= 1
        return HttpResponse()


def test_so_many_are_let_through_at_once_and_all_of_them_in_the_end() -> None:
    views = Views()
    view = in_turn(views.slow)
    request = RequestFactory().post("/", {"token": "x"})
    threads = [threading.Thread(target=view, args=(request,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (views.all, views.most) == (6, AT_ONCE)


def test_what_goes_wrong_in_it_keeps_nobody_out() -> None:
    def wrong(request: Any) -> HttpResponse:
        raise ValueError

    view, request = in_turn(wrong), cast(Any, RequestFactory().post("/"))
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ValueError):  # noqa: PT011 - ours
            view(request)


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


def test_whoever_came_first_goes_first() -> None:
    turnstile, through = Turnstile(1), list[int]()
    with turnstile:
        people = [arrive(turnstile, through, number) for number in range(6)]
    for one in people:
        one.join(20)
    assert through == list(range(6))
