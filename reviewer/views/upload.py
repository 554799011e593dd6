from __future__ import annotations

import uuid
from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from catalog.services import SourceErased
from pipeline import services
from pipeline.models import Run
from reviewer.forms import UploadForm
from reviewer.progress import progress_of
from reviewer.uploads import UploadRefused, check_length, take
from reviewer.views.accounts import UserRequest, login_needed

AGAIN = "These very bytes were uploaded before: this is the source."


# The check of the token reads the whole body, so the size is looked at before it.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@login_needed
def upload(request: UserRequest) -> HttpResponse:
    try:
        check_length(request.META.get("CONTENT_LENGTH") or "0")
    except UploadRefused as refused:
        return _refused(request, refused)
    return _checked(request)


@csrf_protect
def _checked(request: UserRequest) -> HttpResponse:
    if request.method == "GET":
        return _page(request)
    form = UploadForm(request.POST, request.FILES, user=request.user)
    try:
        received = take(form=form, user=request.user)
    except UploadRefused as refused:
        return _refused(request, refused)
    if request.htmx:
        context = {"received": received, "progress": progress_of(received.run)}
        return render(request, "upload/_result.html", context)
    if not received.created:
        messages.info(request, AGAIN)
    return redirect("source", received.source.pk)


def _refused(request: UserRequest, refused: UploadRefused) -> HttpResponse:
    if request.htmx:
        context = {"reason": str(refused)}
        return render(request, "upload/_refused.html", context, status=refused.status)
    messages.error(request, str(refused))
    return _page(request, status=refused.status)


def _page(request: UserRequest, status: int = 200) -> HttpResponse:
    context = {
        "form": UploadForm(user=request.user),
        "limit": settings.MAX_UPLOAD_BYTES,
    }
    return render(request, "upload/upload.html", context, status=status)


@require_GET
@login_needed
def run_status(request: UserRequest, run_id: uuid.UUID) -> HttpResponse:
    runs = Run.objects.visible_to(request.user).select_related(
        "source", "pipeline_version", "generation"
    )
    progress = progress_of(get_object_or_404(runs, pk=run_id))
    if progress.ended and "reload" in request.GET and request.htmx:
        return HttpResponseClientRefresh()
    context = {"progress": progress, "reload": "reload" in request.GET}
    return render(request, "runs/_status.html", context)


@require_POST
@login_needed
def run_retry(request: UserRequest, run_id: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(Run.objects.visible_to(request.user), pk=run_id)
    # Where the source was erased meanwhile its page says so.
    with suppress(SourceErased):
        services.retry(run=run, requested_by=request.user)
    return redirect("source", run.source_id)
