"""One field of many documents on one sheet."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviewer import services, sheet_form, sheet_page
from reviewer.models import ReviewTask
from reviewer.services.sheets import LARGEST, SIZE
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.queue import queue_url
from reviewer.views.task import narrowing_of, time_of, wants_json

# Of one log-in: what its sheets left to the desk is not put on the next ones.
LEFT_OUT, MOST_LEFT_OUT = "sheet_left_out", 300
OVER = "That sheet is over: what was not answered went back to the queue."


@require_POST
@login_needed
def sheet_take(request: UserRequest) -> HttpResponse:
    return redirect(_next_url(request, _slot(request)))


@require_safe
@never_cache
@login_needed
def sheet(request: UserRequest, token: uuid.UUID) -> HttpResponse:
    held = services.hold_sheet(user=request.user, token=token)
    page = _page(request, held) if held else None
    if page is None or not page.cells:
        services.put_sheet_back(user=request.user, token=token)
        messages.info(request, OVER)
        return redirect(queue_url(narrowing_of(request)))
    return _shown(request, page)


@require_POST
@login_needed
def sheet_answer(request: UserRequest, token: uuid.UUID) -> HttpResponse:
    slot = _slot(request)
    filled = sheet_form.read(request.POST, token=token, slot=slot)
    outcome = services.answer_sheet(
        user=request.user,
        token=token,
        answers=filled.answers,
        left_out=filled.left_out,
        wrong=filled.wrong,
        active_ms=filled.active_ms,
    )
    _leave_to_the_desk(request, filled.left_out)
    said = sheet_page.told(outcome, len(filled.left_out))
    return _answered(request, token, outcome, said)


@require_POST
@login_needed
def sheet_extend(request: UserRequest, token: uuid.UUID) -> HttpResponse:
    held = services.hold_sheet(user=request.user, token=token)
    if held is None:
        return JsonResponse({"error": OVER, "again": False}, status=409)
    seconds = services.RESERVATION.total_seconds()
    return JsonResponse({"seconds": seconds, "held": len(held.tasks)})


@require_POST
@login_needed
def sheet_put_back(request: UserRequest, token: uuid.UUID) -> HttpResponse:
    services.put_sheet_back(user=request.user, token=token, active_ms=time_of(request))
    if "leaving" in request.POST:  # sent while the page goes away: nobody reads it
        return HttpResponse(status=204)
    return redirect(queue_url(narrowing_of(request)))


def _answered(
    request: UserRequest, token: uuid.UUID, outcome: services.Outcome, said: str
) -> HttpResponse:
    """On with the next sheet; where an answer makes no sense, this one stays."""
    if outcome.refused and wants_json(request):
        refused = {str(task): error for task, error in outcome.refused.items()}
        return JsonResponse({"says": said, "refused": refused})
    if outcome.refused:
        held = services.hold_sheet(user=request.user, token=token)
        page = _page(request, held, outcome.refused) if held else None
        if page is not None and page.cells:
            return _shown(request, page, status=400)
    messages.success(request, said)
    following = _next_url(request, _slot(request))
    if wants_json(request):
        return JsonResponse({"says": said, "refused": {}, "following": following})
    return redirect(following)


def _page(
    request: UserRequest,
    held: services.Sheet,
    errors: dict[uuid.UUID, str] | None = None,
) -> sheet_page.SheetPage:
    typed = {task: request.POST.get(f"value-{task}", "") for task in errors or {}}
    left = ReviewTask.objects.visible_to(request.user).open()
    left = left.filter(pk__in=_left_out(request)).select_related("source")
    return sheet_page.lay_out(
        held, _slot(request), left_out=list(left), errors=errors, typed=typed
    )


def _shown(
    request: UserRequest, page: sheet_page.SheetPage, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "page": page,
        "narrowing": narrowing_of(request),
        "size": _size(request),
        "seconds": int(services.RESERVATION.total_seconds()),
    }
    return render(request, "review/sheet.html", context, status=status)


def _next_url(request: UserRequest, slot: str) -> str:
    """Of another sheet, or of the queue where nothing is left for one."""
    narrowing = narrowing_of(request)
    size = _size(request)
    taken = services.take_sheet(
        user=request.user,
        slot=slot,
        narrowing=narrowing,
        size=size,
        but=_left_out(request),
    )
    if taken is None:
        messages.info(request, "No further case waits with this field.")
        return queue_url(narrowing)
    query = urlencode({"slot": slot, "size": str(size), **narrowing.chosen()})
    return f"{reverse('sheet', args=[taken.token])}?{query}"


def _size(request: UserRequest) -> int:
    given = request.POST if request.method == "POST" else request.GET
    text = given.get("size", "")
    known = text.isascii() and text.isdecimal() and len(text) < 4
    return min(max(int(text), 1), LARGEST) if known else SIZE


def _slot(request: UserRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("slot", "").replace("\x00", "")[:100]


def _left_out(request: UserRequest) -> list[uuid.UUID]:
    return [uuid.UUID(text) for text in request.session.get(LEFT_OUT, [])]


def _leave_to_the_desk(request: UserRequest, tasks: list[uuid.UUID]) -> None:
    known = request.session.get(LEFT_OUT, [])
    kept = dict.fromkeys([*known, *map(str, tasks)])
    request.session[LEFT_OUT] = list(kept)[-MOST_LEFT_OUT:]
