"""Answers one after the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse

from reviewer.views.accounts import UserRequest

P = ParamSpec("P")
View = Callable[Concatenate[UserRequest, P], HttpResponse]

# At once in a process. More threads would take the interpreter from each other between
# one statement and the next, and so each of the people would wait for all of them.
AT_ONCE = 2


class Turnstile:
    """Lets so many through at once, and whoever came first before all others.

    A semaphore does not: whoever comes while somebody is being woken goes first, and
    the one that was woken goes to the end of the line.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._line: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._line.append(turn)
        turn.acquire()

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            if self._line:
                # The place goes from hand to hand.
                self._line.popleft().release()
            else:
                self._free += 1


_turns = Turnstile(AT_ONCE)


def in_turn(view: View[P]) -> View[P]:
    """For what is short and often asked; uploads and pictures go on beside it."""

    @wraps(view)
    def waiting(
        request: UserRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        request.POST  # noqa: B018 - whoever sends slowly keeps nobody waiting
        with _turns:
            return view(request, *args, **kwargs)

    return waiting
