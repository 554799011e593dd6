"""Which versions speak for the corpus, how far one reaches, and what is behind."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.scope import scope_of
from reviewer import blast_page, matrix_page, stale_page
from reviewer.slice_form import SliceForm
from reviewer.views.accounts import UserRequest, login_needed


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
    context = stale_page.open_page(scope_of(request.user), request.GET.dict())
    return render(request, "versions/stale.html", context)
