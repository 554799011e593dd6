from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Generation
from reviewer import desk, services, wording
from reviewer.answer_form import AnswerForm
from reviewer.models import ReviewItem, ReviewTask
from reviewer.narrowing import Narrowing
from reviewer.services import AnswerRefused, ReservationLost
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.queue import queue_url, task_url

View = Callable[[UserRequest, uuid.UUID], HttpResponse]


def answering(view: View) -> View:
    """Domain errors as answers: 404, 409 and who has the task, 400 and what to do."""

    @wraps(view)
    def guarded(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
        get_object_or_404(ReviewTask.objects.visible_to(request.user), pk=task_id)
        try:
            return _unless_refused(view, request, task_id)
        except (ReviewTask.DoesNotExist, ReviewItem.DoesNotExist) as error:
            raise Http404 from error
        except ReservationLost as error:
            return _lost(request, error.task)

    return guarded


@require_safe
@never_cache
@login_needed
@answering
def task(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    held = services.reserve(user=request.user, task_id=task_id)
    return _desk(request, held)


@require_POST
@login_needed
@answering
def decide(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise AnswerRefused(form.first_error)
    decision = services.decide(
        user=request.user, task_id=task_id, token=form.held_by, answer=form.answer()
    )
    task = ReviewTask.objects.get(pk=task_id)
    following = _following(request, task)
    if _wants_json(request):
        return JsonResponse(desk.progress(decision, task, following))
    return redirect(following)


@require_POST
@login_needed
@answering
def skip(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.skip(user=request.user, task_id=task_id, token=_token(request))
    return redirect(_next(request))


@require_POST
@login_needed
@answering
def close(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.close_without_items(
        user=request.user, task_id=task_id, token=_token(request)
    )
    messages.success(request, "The document is closed, and nothing of it is released.")
    return redirect(_next(request))


@require_POST
@login_needed
@answering
def extend(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.extend(user=request.user, task_id=task_id, token=_token(request))
    return JsonResponse({"seconds": services.RESERVATION.total_seconds()})


@require_POST
@login_needed
@answering
def put_back(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    services.put_back(user=request.user, task_id=task_id, token=_token(request))
    if "leaving" in request.POST:  # sent while the page goes away: nobody reads it
        return HttpResponse(status=204)
    return redirect(queue_url(_narrowing(request)))


def _narrowing(request: UserRequest) -> Narrowing:
    if request.method == "POST":
        return Narrowing.parse(request.POST.get("within", ""))
    return Narrowing.of(request.GET.dict())


def _token(request: UserRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError as error:
        raise Http404 from error


def _wants_json(request: UserRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _following(request: UserRequest, task: ReviewTask) -> str:
    """Where to go on: the same task, the next one, reserved, or the queue."""
    if task.state == ReviewTask.State.OPEN:
        return task_url(task, _narrowing(request))
    if not _wants_json(request):
        messages.success(request, wording.done(task))
    return _next(request)


def _next(request: UserRequest) -> str:
    narrowing = _narrowing(request)
    following = services.reserve_next(user=request.user, narrowing=narrowing)
    return task_url(following, narrowing) if following else queue_url(narrowing)


def _desk(
    request: UserRequest, held: ReviewTask, refusal: desk.Refusal | None = None
) -> HttpResponse:
    page = request.GET.get("page", "")
    laid_out = desk.lay_out(
        held, page=int(page) if page.isdecimal() else None, refusal=refusal
    )
    narrowing = _narrowing(request)
    context = {
        "desk": laid_out,
        "task": held,
        "narrowing": narrowing,
        "peek": desk.picture_of_next(request.user, held, narrowing),
        "seconds": int(services.RESERVATION.total_seconds()),
    }
    status = 400 if refusal else 200
    return render(request, "review/task.html", context, status=status)


def _lost(request: UserRequest, task: ReviewTask) -> HttpResponse:
    error = wording.lost(task, request.user)
    again = task.state == ReviewTask.State.OPEN and not task.is_held_by_other(
        request.user
    )
    if _wants_json(request):
        return JsonResponse({"error": error, "again": again}, status=409)
    context = {
        "task": task,
        "error": error,
        "again": again,
        "narrowing": _narrowing(request),
        "answer": request.POST.get("value", ""),
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
    if _wants_json(request):
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
