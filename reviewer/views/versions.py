"""Which versions speak for the corpus, how far one reaches, and what is behind."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.scope import scope_of
from pipeline.models import PipelineVersion
from pipeline.staleness import staleness_of
from reviewer import blast_page, matrix_page
from reviewer.slice_form import SliceForm
from reviewer.views.accounts import UserRequest, login_needed

PAGE_SIZE = 50


@require_safe
@login_needed
def versions(request: UserRequest) -> HttpResponse:
    page = matrix_page.open_page(scope_of(request.user), request.GET.dict())
    context = {"shown": page, "lines": matrix_page.LINE_NAMES.items()}
    return render(request, "versions/matrix.html", context)


@require_safe
@login_needed
def blast_radius(request: UserRequest) -> HttpResponse:
    form = SliceForm(request.GET.dict(), scope=scope_of(request.user))
    if not form.is_valid():
        context = {"form": form, "query": ""}
        return render(request, "versions/blast_radius.html", context, status=400)
    page = blast_page.open_page(form, request.GET.dict())
    context = {"form": form, "shown": page, "query": form.query}
    return render(request, "versions/blast_radius.html", context)


@require_safe
@login_needed
def stale(request: UserRequest) -> HttpResponse:
    scope = scope_of(request.user)
    released = PipelineVersion.objects.exclude(state=PipelineVersion.State.DRAFT)
    context: dict[str, Any] = {
        "versions": released,
        "asked": request.GET.dict(),
    }
    try:
        target = PipelineVersion.objects.named(
            request.GET.get("pipeline") or "doc-extract"
        )
    except PipelineVersion.DoesNotExist:
        if request.GET.get("pipeline"):
            raise Http404 from None
        return render(request, "versions/stale.html", context)
    found = staleness_of(target, tenants=scope)
    rows = found.generations(request.GET.get("component", ""), tenants=scope)
    ordered = rows.select_related("source__tenant").order_by("source_id")
    page = Paginator(ordered.defer("steps"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context |= {"staleness": found, "page": page}
    return render(request, "versions/stale.html", context)
