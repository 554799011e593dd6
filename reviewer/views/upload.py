from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from catalog import blobs
from pipeline import services
from pipeline.intake import receive
from pipeline.models import Run
from reviewer.forms import UploadForm
from reviewer.progress import progress_of
from reviewer.views.accounts import UserRequest, login_needed

# What a multipart body holds beside the file.
ROOM_FOR_FORM = 64 * 1024
NO_VERSION = "No pipeline version is active: release and activate one in the admin."


# The check of the token reads the whole body, so the size is looked at before it.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@login_needed
def upload(request: UserRequest) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.MAX_UPLOAD_BYTES + ROOM_FOR_FORM:
        return _refused(request, too_large(), status=413)
    checked: HttpResponse = csrf_protect(_page if request.method == "GET" else _take)(
        request
    )
    return checked


def too_large() -> str:
    limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
    return f"The file is larger than the {limit} that are allowed: split or shrink it."


def _page(request: HttpRequest) -> HttpResponse:
    form = UploadForm(user=request.user)
    return _render_page(request, form)


def _take(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _refused(request, _first_error(form), status=422, form=form)
    file = form.cleaned_data["file"]
    try:
        received = receive(
            tenant=form.cleaned_data["tenant"],
            stream=file,
            name=file.name,
            user=request.user,  # type: ignore[arg-type]  # login_needed saw to it
            limit=settings.MAX_UPLOAD_BYTES,
        )
    except blobs.BlobTooLarge:
        return _refused(request, too_large(), status=413)
    except services.NoActiveVersion:
        return _refused(request, NO_VERSION, status=503)
    context = {"received": received, "progress": progress_of(received.run)}
    if "HX-Request" in request.headers:
        return render(request, "upload/_result.html", context)
    if not received.created:
        messages.info(
            request, "These very bytes were uploaded before: this is the source."
        )
    return redirect("source", received.source.pk)


def _first_error(form: UploadForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _refused(
    request: HttpRequest, reason: str, *, status: int, form: UploadForm | None = None
) -> HttpResponse:
    if "HX-Request" in request.headers:
        context = {"reason": reason}
        return render(request, "upload/_refused.html", context, status=status)
    messages.error(request, reason)
    return _render_page(request, form or UploadForm(user=request.user), status=status)


def _render_page(
    request: HttpRequest, form: UploadForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "limit": settings.MAX_UPLOAD_BYTES}
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
    services.retry(run=run, requested_by=request.user)
    return redirect("source", run.source_id)
