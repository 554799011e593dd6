from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Generation, SourceMedia, What
from catalog.services import note_seen
from reviewer.rollbacks import may_roll_back
from reviewer.side_by_side import chosen
from reviewer.timeline import timeline_of
from reviewer.views.accounts import UserRequest, login_needed


@require_safe
@login_needed
def source_history(request: UserRequest, source_id: uuid.UUID) -> HttpResponse:
    visible = SourceMedia.objects.visible_to(request.user).select_related("tenant")
    source = get_object_or_404(visible, pk=source_id)
    note_seen(user=request.user, source=source, what=What.VALUES)
    generations = list(Generation.objects.filter(source=source).defer("steps"))
    left, right = request.GET.get("left", ""), request.GET.get("right", "")
    context = {
        "source": source,
        "generations": generations,
        "pair": chosen(generations, left, right, request.user),
        "moments": timeline_of(source, request.user),
        "may_roll_back": may_roll_back(request.user, source.tenant_id),
    }
    return render(request, "sources/history.html", context)
