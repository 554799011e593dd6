"""Answers one after the other."""

from __future__ import annotations

import threading
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
_turns = threading.BoundedSemaphore(AT_ONCE)


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
