from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.ids import new_id
from catalog.models import Generation
from reviewer import currencies, desk, desk_told, services, talk, wording
from reviewer.answer_form import LONGEST_WORK, AnswerForm
from reviewer.granting import shows_only_crops
from reviewer.models import Decision, ReviewItem, ReviewTask
from reviewer.narrowing import Narrowing
from reviewer.services import AnswerRefused, ReservationLost
from reviewer.stamps import stamp_of
from reviewer.veiled_desk import veiled
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.queue import queue_url, task_url
from reviewer.views.turnstile import in_turn

RESERVATION = "review/_reservation.html"
View = Callable[[UserRequest, uuid.UUID], HttpResponse]


def answering(view: View) -> View:
    """Domain errors as answers: 404, 409 and who has the task, 400 and what to do."""

    @wraps(view)
    def guarded(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
        try:
            return _unless_refused(view, request, task_id)
        except (ReviewTask.DoesNotExist, ReviewItem.DoesNotExist) as error:
            raise Http404 from error
        except ReservationLost as error:
            return lost(request, error)

    return guarded


@require_safe
@never_cache
@login_needed
@answering
def task(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    held = services.reserve(user=request.user, task_id=task_id)
    return _desk(request, held)


@require_POST
@in_turn
@login_needed
@answering
def decide(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise AnswerRefused(form.first_error)
    turn = services.decide_and_go_on(
        user=request.user,
        task_id=task_id,
        token=form.held_by,
        answer=form.answer(),
        narrowing=narrowing_of(request),
        # Sent by a page that shows no case, or another one.
        goes_on="alone" not in request.POST,
        # The page asks for it when it has the next one: views/ahead.py.
        keeps_ahead=False,
    )
    return _as_json(request, turn) if wants_json(request) else _as_page(request, turn)


def _as_json(request: UserRequest, turn: services.Turn) -> HttpResponse:
    """With the whole desk of the next case, so that no further request is needed."""
    narrowing = narrowing_of(request)
    shown = turn.following or turn.task
    following = queue_url(narrowing)
    if turn.following or not turn.done:
        following = task_url(shown, narrowing)
    told = desk_told.progress(
        turn.task, turn.decision, following=following, settles=turn.settles
    )
    if turn.following is not None:
        told |= _next_desk(request, turn, turn.following)
    return JsonResponse(told)


def _next_desk(
    request: UserRequest, turn: services.Turn, following: ReviewTask
) -> dict[str, Any]:
    """Whole, or where the page has it from before and nothing has changed since, only
    what the reservation made new."""
    drawn = request.POST.get("drawn")
    if drawn and drawn == stamp_of(following):
        return {"held": desk_told.held(following, turn.last)}
    context = desk_context(request, following, last=turn.last)
    return {"desk": render_to_string("review/_desk.html", context, request)}


def _as_page(request: UserRequest, turn: services.Turn) -> HttpResponse:
    narrowing = narrowing_of(request)
    if not turn.done:
        return redirect(task_url(turn.task, narrowing))
    messages.success(request, wording.done(turn.task))
    if turn.following is None:
        return redirect(queue_url(narrowing))
    return redirect(task_url(turn.following, narrowing))


@require_POST
@login_needed
@answering
def skip(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.skip(
        user=request.user,
        task_id=task_id,
        token=token_of(request),
        active_ms=time_of(request),
    )
    return redirect(next_url(request))


@require_POST
@login_needed
@answering
def close(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.close_without_items(
        user=request.user,
        task_id=task_id,
        token=token_of(request),
        active_ms=time_of(request),
    )
    messages.success(request, "The document is closed, and nothing of it is released.")
    return redirect(next_url(request))


@require_POST
@login_needed
@answering
def extend(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.extend(user=request.user, task_id=task_id, token=token_of(request))
    return JsonResponse({"seconds": services.RESERVATION.total_seconds()})


@require_POST
@login_needed
@answering
def put_back(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.put_back(
        user=request.user,
        task_id=task_id,
        token=token_of(request),
        active_ms=time_of(request),
    )
    if "leaving" in request.POST:  # sent while the page goes away: nobody reads it
        return HttpResponse(status=204)
    return redirect(queue_url(narrowing_of(request)))


def narrowing_of(request: UserRequest) -> Narrowing:
    if request.method == "POST":
        return Narrowing.parse(request.POST.get("within", ""))
    return Narrowing.of(request.GET.dict())


def token_of(request: UserRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError as error:
        raise Http404 from error


def time_of(request: UserRequest) -> int:
    """Milliseconds at work since the last answer; 0 where the page does not say."""
    given = request.POST.get("active_ms", "")
    ms = int(given) if given.isascii() and given.isdecimal() else 0
    return ms if ms <= LONGEST_WORK else 0


def wants_json(request: UserRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def next_url(request: UserRequest) -> str:
    narrowing = narrowing_of(request)
    following = services.reserve_next(user=request.user, narrowing=narrowing)
    return task_url(following, narrowing) if following else queue_url(narrowing)


def _desk(
    request: UserRequest, held: ReviewTask, refusal: desk.Refusal | None = None
) -> HttpResponse:
    services.note_desk_seen(user=request.user, task=held)
    last = services.last_undoable(request.user)
    context = desk_context(request, held, refusal, last=last)
    status = 400 if refusal else 200
    return render(request, "review/task.html", context, status=status)


def desk_context(
    request: UserRequest,
    held: ReviewTask,
    refusal: desk.Refusal | None = None,
    *,
    last: Decision | None,
) -> dict[str, Any]:
    """Of review/_desk.html."""
    asked = request.GET.get("page", "")
    page = int(asked) if asked.isdecimal() else None
    desk.fetch_reading(held)
    laid = desk.lay_out(held, page=page, refusal=refusal)
    narrowing = narrowing_of(request)
    reservation = {"task": held, "narrowing": narrowing}
    return {
        "desk": veiled(laid) if shows_only_crops(request.user, held) else laid,
        "field_names": laid.names,
        "task": held,
        "narrowing": narrowing,
        # Once, for the dozen forms of a desk.
        "reservation": render_to_string(RESERVATION, reservation, request),
        "talk": talk.of(held, request.user) if laid.talked else talk.NOTHING,
        "last": last,
        "note_id": new_id(),
        "currencies": currencies.OPTIONS,
        "seconds": int(services.RESERVATION.total_seconds()),
    }


def lost(request: UserRequest, late: ReservationLost) -> HttpResponse:
    """Why this person may not write to the task now, and where the answer is."""
    task, kept = late.task, late.kept is not None
    error = wording.lost(task, request.user, answered=late.answered)
    again = task.state == ReviewTask.State.OPEN and not task.is_held_by_other(
        request.user
    )
    if wants_json(request):
        told = {"error": error, "again": again, "kept": kept}
        return JsonResponse(told, status=409)
    context = {
        "task": task,
        "error": error,
        "again": again,
        "kept": kept,
        "narrowing": narrowing_of(request),
        "answer": request.POST.get("value", ""),
        "crops_only": shows_only_crops(request.user, task),
    }
    return render(request, "review/lost.html", context, status=409)


def _unless_refused(
    view: View, request: UserRequest, task_id: uuid.UUID
) -> HttpResponse:
    try:
        return view(request, task_id)
    except AnswerRefused as error:
        return _refused(request, task_id, str(error))


def _refused(request: UserRequest, task_id: uuid.UUID, error: str) -> HttpResponse:
    get_object_or_404(ReviewTask.objects.visible_to(request.user), pk=task_id)
    if wants_json(request):
        return JsonResponse({"error": error}, status=400)
    refusal = desk.Refusal(
        slot=request.POST.get("slot", ""),
        typed=request.POST.get("value", ""),
        error=error,
    )
    held = services.reserve(user=request.user, task_id=task_id)
    return _desk(request, held, refusal)


@require_POST
@login_needed
def reopen(request: UserRequest, source_id: uuid.UUID) -> HttpResponse:
    try:
        task = services.reopen(user=request.user, source_id=source_id)
    except Generation.DoesNotExist as error:
        raise Http404 from error
    except AnswerRefused as refused:
        messages.error(request, str(refused))
        return redirect("source", source_id)
    return redirect("task", task.pk)
