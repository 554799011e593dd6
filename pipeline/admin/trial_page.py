"""The page on which a version is tried; the result comes as it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt

from catalog.hashing import sha256_of_file
from catalog.models import Generation, SourceMedia
from catalog.people import Viewer
from catalog.sniffing import HEAD, sniff
from pipeline.models import PipelineVersion
from pipeline.runner import scratch_folder
from pipeline.trying import Trial, TrialRefused, trial_of, watched
from pipeline.trying.trial import current_values
from pipeline.trying.watching import Said
from pipeline.wording import run_reason_text, step_text

MARK = "<!-- here comes the trial -->"
TEMPLATE = "admin/pipeline/trial.html"
# What a multipart body holds beside the file.
ROOM_FOR_FORM = 64 * 1024
OFFERED = 50


class TrialForm(forms.Form):
    """Either a document that is here, or a file that is not kept."""

    document = forms.CharField(
        required=False,
        label="A document that is here",
        help_text="Its id, or its whole name. The newest are offered as you type.",
        widget=forms.TextInput(attrs={"list": "documents", "size": 40}),
    )
    file = forms.FileField(
        required=False, label="Or a file", help_text="It is read, and not kept."
    )

    def __init__(self, *args: Any, user: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = SourceMedia.objects.visible_to(user).kept()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        file, document = cleaned.get("file"), cleaned.get("document")
        if not self.errors and bool(file) == bool(document):
            raise forms.ValidationError("Choose a document, or a file: one of the two.")
        if file and file.size > settings.MAX_UPLOAD_BYTES:
            limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
            self.add_error("file", f"The file is larger than the {limit} allowed.")
        if document:
            cleaned["source"] = self._source(document.strip())
        return cleaned

    def _source(self, wanted: str) -> SourceMedia | None:
        try:
            rows = self.sources.filter(pk=UUID(wanted))
        except ValueError:
            rows = self.sources.filter(name=wanted)
        found = rows.order_by("-uploaded_at").first()
        if found is None:
            self.add_error("document", "There is no such document: check its id.")
        return found


def limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Looks at the size first of all: the check of the token reads the whole body."""

    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = int(request.META.get("CONTENT_LENGTH") or 0)
        if sent > settings.MAX_UPLOAD_BYTES + ROOM_FOR_FORM:
            limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
            text = f"The file is larger than the {limit} that are allowed.\n"
            return HttpResponse(text, status=413, content_type="text/plain")
        return view(request, *args, **kwargs)

    return csrf_exempt(wrapper)


def answer(
    request: HttpRequest, version: PipelineVersion, context: dict[str, Any]
) -> HttpResponseBase:
    """The form, or the page that goes on while the document is read."""
    posted = request.method == "POST"
    given = (request.POST, request.FILES) if posted else ()
    form = TrialForm(*given, user=request.user)
    offered = form.sources.order_by("-uploaded_at")[:OFFERED]
    context |= {"form": form, "offered": offered, "version": version}
    if not posted or not form.is_valid():
        status = 422 if posted else 200
        text = render_to_string(TEMPLATE, context, request)
        return HttpResponse(text, status=status)
    attempt = _attempt(version, form.cleaned_data)
    page = render_to_string(TEMPLATE, {**context, "mark": MARK}, request)
    response = StreamingHttpResponse(_streamed(page, attempt))
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # proxies are not to wait for the end
    return response


def _attempt(
    version: PipelineVersion, given: dict[str, Any]
) -> Callable[[Callable[[str], None]], Trial]:
    """Everything that the database is asked is asked here, before the thread begins."""
    scratch = scratch_folder()
    folder = Path(scratch.name)
    source, original = given.get("source"), None
    current = None
    if source is None:
        original = folder / "given"
        source = _unkept(given["file"], original)
    else:
        rows = Generation.objects.current().filter(
            source=source, pipeline_name=version.name
        )
        current = current_values(rows.first())

    def attempt(announce: Callable[[str], None]) -> Trial:
        with scratch:
            return trial_of(
                version=version,
                source=source,
                folder=folder,
                original=original,
                current=current,
                announce=announce,
            )

    return attempt


def _unkept(file: Any, path: Path) -> SourceMedia:
    """What a step may know of the file; no row of the database."""
    with path.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    with path.open("rb") as kept:
        kind = sniff(kept.read(HEAD))
    return SourceMedia(
        content_hash=sha256_of_file(path),
        mime_type=kind.mime_type,
        modality=kind.modality,
        bytes=path.stat().st_size,
        uploaded_at=timezone.now(),
    )


def _streamed(
    page: str, attempt: Callable[[Callable[[str], None]], Trial]
) -> Iterator[str]:
    head, _, tail = page.partition(MARK)
    yield head
    for said in watched(attempt):
        yield _fragment(said)
    yield tail


def _fragment(said: Said) -> str:
    if isinstance(said, Trial):
        steps = [
            (step_text(step), outcome, ms, run_reason_text(reason) if reason else "")
            for step, outcome, ms, reason in said.steps
        ]
        context = {"trial": said, "steps": steps}
        return render_to_string("admin/pipeline/_trial.html", context)
    if isinstance(said, TrialRefused):
        return format_html('<p class="errornote" role="alert">{}</p>', str(said))
    if said.name is None:
        return mark_safe("<span>.</span>\n")
    return format_html("<span>{} …</span>\n", step_text(said.name))
