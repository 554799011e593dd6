from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from reviewer import live_checks
from reviewer.models import ReviewTask
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.task import token_of


@require_POST
@never_cache
@login_needed
def check(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    """What the rules say of the values typed so far: one "slot" and "value" each."""
    slots, values = request.POST.getlist("slot"), request.POST.getlist("value")
    try:
        told = live_checks.now(
            user=request.user,
            task_id=task_id,
            token=token_of(request),
            typed=dict(zip(slots, values, strict=False)),
        )
    except ReviewTask.DoesNotExist as error:
        raise Http404 from error
    return JsonResponse(dict(told))
