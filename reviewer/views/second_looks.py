from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from catalog.models import Tenant
from reviewer import services
from reviewer.models import ReviewTask
from reviewer.models.skills import SENIOR_ROLES
from reviewer.services import AnswerRefused
from reviewer.views.accounts import UserRequest, login_needed

FOR_MANAGERS = "Only managers and admins release without a second look: ask one."
WHO_OPENS = "Only managers and admins decide what others are asked: ask one of them."


def _led(request: UserRequest, task_id: uuid.UUID, refusal: str) -> ReviewTask:
    """The task, for who leads its tenant; 404, 403."""
    visible = ReviewTask.objects.visible_to(request.user)
    task = get_object_or_404(visible.select_related("generation"), pk=task_id)
    led = Tenant.objects.led_by(request.user, *SENIOR_ROLES)
    if not led.filter(pk=task.tenant_id).exists():
        raise PermissionDenied(refusal)
    return task


@require_POST
@login_needed
def release_unseen(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    task = _led(request, task_id, FOR_MANAGERS)
    try:
        services.release_unseen(user=request.user, task_id=task_id)
    except AnswerRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The values are released without a second look.")
    return redirect("source", task.source_id)


@require_POST
@login_needed
def open_siblings(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    """More of the documents like the one that this check found wrong."""
    task = _led(request, task_id, WHO_OPENS)
    opened = services.open_siblings(cause=task, user=request.user)
    more = "" if opened == 1 else "s"
    messages.success(request, f"{opened} more document{more} like it to be checked.")
    return redirect("source", task.source_id)
