"""Asking for an artifact to be made again, and waiting for the answer."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from catalog.models import DerivedArtifact
from pipeline.reproducing import asking
from reviewer.replays import replays_of
from reviewer.views.accounts import UserRequest, login_needed


@require_POST
@login_needed
def artifact_reproduce(request: UserRequest, artifact_id: uuid.UUID) -> HttpResponse:
    visible = DerivedArtifact.objects.visible_to(request.user)
    artifact = get_object_or_404(visible, pk=artifact_id)
    query = urlencode({"asked": timezone.now().isoformat()})
    try:
        asking.ask(artifact=artifact, user=request.user)
    except asking.TooOften:
        messages.error(request, asking.TOO_OFTEN)
        query = ""
    page = reverse("artifact", args=[artifact.pk])
    return HttpResponseRedirect(f"{page}?{query}#replays-title")


@require_GET
@login_needed
def artifact_replays(request: UserRequest, artifact_id: uuid.UUID) -> HttpResponse:
    visible = DerivedArtifact.objects.visible_to(request.user)
    artifact = get_object_or_404(visible, pk=artifact_id)
    replays = replays_of(artifact, request.GET.get("asked", ""))
    context = {"artifact": artifact, "replays": replays}
    return render(request, "sources/_replays.html", context)
