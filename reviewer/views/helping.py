"""Asking others, and taking an answer back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from catalog.ids import new_id
from reviewer import services
from reviewer.models import Decision, TaskNote
from reviewer.services import AnswerRefused, ReservationLost
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.queue import task_url
from reviewer.views.task import (
    answering,
    lost,
    narrowing_of,
    next_url,
    time_of,
    token_of,
)


def _number(request: UserRequest, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise Http404 from error


def _say(
    request: UserRequest, task_id: uuid.UUID, verb: Callable[..., TaskNote], **more: Any
) -> TaskNote:
    return verb(
        user=request.user,
        task_id=task_id,
        note_id=_number(request, "note_id") if "note_id" in request.POST else new_id(),
        text=request.POST.get("text", "")[:1000].replace("\x00", ""),
        **more,
    )


@require_POST
@login_needed
@answering
def comment(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    note = _say(request, task_id, services.comment)
    return redirect(task_url(note.task, narrowing_of(request)))


@require_POST
@login_needed
@answering
def escalate(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    token, ms = token_of(request), time_of(request)
    _say(request, task_id, services.escalate, token=token, active_ms=ms)
    messages.success(request, "A senior reviewer gets that case.")
    return redirect(next_url(request))


@require_POST
@login_needed
@answering
def give_back(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    token, ms = token_of(request), time_of(request)
    note = _say(request, task_id, services.return_to_first, token=token, active_ms=ms)
    messages.success(request, f"{note.to} gets that case again.")
    return redirect(next_url(request))


@require_POST
@login_needed
def undo(request: UserRequest) -> HttpResponse:
    """Back to the case with the field open again; where that cannot be, says why."""
    given = request.POST.get("decision_id")
    try:
        undone = services.undo(
            user=request.user,
            decision_id=_number(request, "decision_id") if given else new_id(),
            undoes=_number(request, "undoes"),
        )
    except Decision.DoesNotExist as error:
        raise Http404 from error
    except ReservationLost as late:
        return lost(request, late)
    except AnswerRefused as error:
        messages.error(request, str(error))
        return redirect(next_url(request))
    messages.success(request, "Your answer is taken back: the field is open again.")
    return redirect(task_url(undone.item.task, narrowing_of(request)))
