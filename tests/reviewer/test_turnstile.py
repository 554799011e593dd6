"""Answers at the desk go through a few at a time."""

from __future__ import annotations

import threading
import time
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from reviewer.views.turnstile import AT_ONCE, in_turn


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
