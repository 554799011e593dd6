"""Erasing a source from its page, and the tombstone that stays there."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from catalog import services
from catalog.models import Erasure, SourceMedia
from catalog.models.tenant import may_erase
from reviewer.forms import EraseForm
from reviewer.history import history_of
from reviewer.views.accounts import UserRequest, login_needed

LEFT = "It is erased, but the scan found something left: an operator must look at it."


@require_http_methods(["GET", "POST"])
@login_needed
def erase(request: UserRequest, source_id: uuid.UUID) -> HttpResponse:
    visible = SourceMedia.objects.visible_to(request.user).select_related("tenant")
    source = get_object_or_404(visible, pk=source_id)
    if not may_erase(request.user, source):
        raise PermissionDenied
    form = EraseForm(request.POST or None, source=source)
    if source.erased_at is None and form.is_valid():
        _erase(request, source, form.cleaned_data["reference"])
    elif source.erased_at is None:
        return _ask(request, source, form)
    return redirect("source", source.pk)


def _erase(request: UserRequest, source: SourceMedia, reference: str) -> None:
    try:
        services.erase(
            source=source,
            basis=Erasure.Basis.REQUEST,
            reference=reference,
            actor=request.user,
        )
    except services.EraseRefused as refused:
        messages.error(request, str(refused))
    except services.ResidueFound:
        messages.error(request, LEFT)


def _ask(request: UserRequest, source: SourceMedia, form: EraseForm) -> HttpResponse:
    """What will go, counted, before anybody confirms it."""
    counts, refusal = {}, ""
    try:
        counts = services.preview_erasure(source=source)
    except services.EraseRefused as refused:
        refusal = str(refused)
    context = {"source": source, "form": form, "counts": counts, "refusal": refusal}
    status = 422 if form.is_bound else 200
    return render(request, "sources/erase.html", context, status=status)


def tombstone(request: HttpRequest, source: SourceMedia) -> HttpResponse:
    erasure = Erasure.objects.select_related("actor", "tenant").get(source=source)
    context = {
        "source": source,
        "erasure": erasure,
        "counts": erasure.erased or {},
        "history": history_of(source, request.user),
    }
    return render(request, "sources/erased.html", context)


def gone(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """In place of bytes that were erased."""
    return render(request, "410.html", status=410)
