"""Who was shown what, for admins; to others these pages do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Sighting
from catalog.models.sighting import SightingQuerySet
from reviewer import decided_file, seen_page
from reviewer.decided_file import DecidedFilter
from reviewer.models import Decision
from reviewer.seen_page import SeenFilter
from reviewer.views.accounts import UserRequest, login_needed

MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def _narrowed(request: UserRequest) -> SeenFilter:
    if not seen_page.may_ask(request.user):
        raise Http404
    visible = Sighting.objects.visible_to(request.user)
    return SeenFilter(request.GET, visible, request=request)


def _rows(narrowed: SeenFilter) -> SightingQuerySet:
    """None where the filter cannot be read: it would let everything through."""
    rows = narrowed.qs if narrowed.is_valid() else Sighting.objects.none()
    return cast(SightingQuerySet, rows)


@require_safe
@login_needed
def seen(request: UserRequest) -> HttpResponse:
    narrowed = _narrowed(request)
    page = seen_page.page(_rows(narrowed), request.GET.dict())
    context = {"filter": narrowed, "page": page}
    template = "seen/_list.html" if request.htmx else "seen/seen.html"
    return render(request, template, context)


@require_safe
@login_needed
def export(request: UserRequest, form: str) -> StreamingHttpResponse:
    narrowed = _narrowed(request)
    if form not in MEDIA_TYPES:
        raise Http404
    return _file(seen_page.lines(_rows(narrowed), form), "seen", form)


@require_safe
@login_needed
def decided(request: UserRequest, form: str) -> StreamingHttpResponse:
    """Who decided what, for whoever may ask who saw it."""
    if form not in MEDIA_TYPES or not seen_page.may_ask(request.user):
        raise Http404
    narrowed = DecidedFilter(request.GET, decided_file.decided_for(request.user))
    rows = narrowed.qs if narrowed.is_valid() else Decision.objects.none()
    return _file(decided_file.lines(rows, form), "decided", form)


def _file(lines: Iterator[str], name: str, form: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines,
        content_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
