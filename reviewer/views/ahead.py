"""The case after the one that is shown, sent before it is needed."""

from __future__ import annotations

import uuid

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from reviewer import services
from reviewer.models import AHEAD
from reviewer.services.reservations import holds, seen
from reviewer.stamps import stamp_of
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.task import answering, desk_context, narrowing_of, token_of
from reviewer.views.turnstile import in_turn


@require_POST
@never_cache
@in_turn
@login_needed
@answering
def ahead(request: UserRequest, task_id: uuid.UUID) -> HttpResponse:
    """The desk of the case that is kept for after this one, from now on for so many
    seconds; "" where none is. Whoever does not hold this one gets none. With the last
    answer the stamp comes back, and says that the desk need not be sent again.

    It is noted as seen now, since from here on the browser has it.
    """
    shown = seen(request.user, task_id)
    kept = None
    if holds(shown, request.user, token_of(request)):
        kept = services.reserve_ahead(
            user=request.user, shown=shown, narrowing=narrowing_of(request)
        )
    if kept is None:
        return JsonResponse({"desk": "", "seconds": 0, "stamp": ""})
    # First: what changes while the desk is drawn must not pass for what it shows.
    stamp = stamp_of(kept)
    services.note_desk_seen(user=request.user, task=kept)
    context = desk_context(request, kept, last=None)
    desk = render_to_string("review/_desk.html", context, request)
    seconds = AHEAD.total_seconds()
    return JsonResponse({"desk": desk, "seconds": seconds, "stamp": stamp})
