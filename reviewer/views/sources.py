from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from catalog.models import DerivedArtifact, SourceMedia, Way, What
from catalog.models.tenant import may_erase
from catalog.services import note_artifact_seen, note_seen
from pipeline import policies
from reviewer import artifact_page, source_list
from reviewer.downloads import download
from reviewer.exports import export
from reviewer.filters import SourceListFilter
from reviewer.forms import ExportForm
from reviewer.history import history_of
from reviewer.progress import progress_of
from reviewer.siblings_page import errors_found
from reviewer.source_page import open_page
from reviewer.views.accounts import UserRequest, login_needed
from reviewer.views.erasing import tombstone
from reviewer.waiting import open_look


@require_safe
@login_needed
def sources(request: UserRequest) -> HttpResponse:
    visible = SourceMedia.objects.visible_to(request.user)
    if "erased" not in request.GET:
        visible = visible.kept()
    narrowed = SourceListFilter(request.GET, visible, request=request)
    page = source_list.page(narrowed.qs, after=request.GET.get("after", ""))
    context = {
        "filter": narrowed,
        "page": page,
        "anything": bool(page.rows) or visible.exists(),
        "export": ExportForm(user=request.user, narrowed=narrowed),
    }
    template = "sources/_list.html" if request.htmx else "sources/sources.html"
    return render(request, template, context)


@require_POST
@login_needed
def export_sources(request: UserRequest) -> HttpResponseBase:
    """What the list shows under the filter of the query, as far as it is released."""
    visible = SourceMedia.objects.visible_to(request.user)
    narrowed = SourceListFilter(request.GET, visible, request=request)
    asked = ExportForm(request.POST, user=request.user, narrowed=narrowed)
    if not asked.is_valid():
        messages.error(request, asked.first_error)
        return redirect(f"{reverse('sources')}?{request.GET.urlencode()}")
    return download(export(recipient=request.user, **asked.cleaned_data))


@require_safe
@login_needed
def source(request: UserRequest, source_id: uuid.UUID) -> HttpResponse:
    visible = SourceMedia.objects.visible_to(request.user).select_related("tenant")
    found = get_object_or_404(visible, pk=source_id)
    if found.erased_at is not None:
        return tombstone(request, found)
    # Under a lazy policy, what is behind is read anew; what stands is shown now.
    policies.somebody_reads(source_id=found.pk, user=request.user)
    wanted = request.GET.dict()
    shown = open_page(viewer=request.user, source=found, wanted=wanted)
    note_seen(user=request.user, source=found, what=What.VALUES)
    tasks = list(found.review_tasks.visible_to(request.user).open().release_first())
    look = open_look(request.user, tasks)
    tasks = [task for task in tasks if request.user.pk not in task.excluded]
    context = {
        "shown": shown,
        "progress": progress_of(shown.run) if shown.run else None,
        "tasks": tasks,
        "may_reopen": not look and all(task.asks_which for task in tasks),
        "look": look,
        "errors": errors_found(request.user, found),
        "history": history_of(found, request.user),
        "wanted": wanted,
        "may_erase": may_erase(request.user, found),
    }
    return render(request, "sources/source.html", context)


@require_safe
@login_needed
def artifact(request: UserRequest, artifact_id: uuid.UUID) -> HttpResponse:
    artifacts = DerivedArtifact.objects.visible_to(request.user)
    found = get_object_or_404(
        artifacts.select_related("source__tenant", "generation"), pk=artifact_id
    )
    note_artifact_seen(user=request.user, artifact=found, way=Way.PAGE)
    asked = request.GET.get("asked", "")
    context = artifact_page.open_page(found, request.user, asked)
    return render(request, "sources/artifact.html", context)
