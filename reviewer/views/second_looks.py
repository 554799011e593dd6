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


@require_POST
@login_needed
def release_unseen(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    visible = ReviewTask.objects.visible_to(request.user)
    task = get_object_or_404(visible, pk=task_id)
    led = Tenant.objects.led_by(request.user, *SENIOR_ROLES)
    if not led.filter(pk=task.tenant_id).exists():
        raise PermissionDenied(FOR_MANAGERS)
    try:
        services.release_unseen(user=request.user, task_id=task_id)
    except AnswerRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The values are released without a second look.")
    return redirect("source", task.source_id)
