"""What was put in place, batch by batch, and taking it back."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Promotion, PromotionBatch
from catalog.scope import scope_of
from catalog.services import PromotionRefused
from reviewer import batches_page
from reviewer.rollbacks import (
    FOR_ADMINS,
    Part,
    administered,
    may_roll_back,
    roll_back_one,
    roll_back_part,
)
from reviewer.views.accounts import UserRequest, login_needed

PAGE_SIZE = 50


class NoteForm(forms.Form):
    note = forms.CharField(
        label="Why", max_length=200, help_text="It stays in the ledger; no names."
    )


@require_safe
@login_needed
def batches(request: UserRequest) -> HttpResponse:
    scope = scope_of(request.user)
    visible = PromotionBatch.objects.visible_to(request.user).newest_first()
    found = visible.select_related("actor", "undoes")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = batches_page.rows_of(list(page.object_list), scope)
    return render(request, "versions/batches.html", {"page": page, "rows": rows})


def _batch(request: UserRequest, batch_id: uuid.UUID) -> PromotionBatch:
    visible = PromotionBatch.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("actor", "undoes"), pk=batch_id)


@require_safe
@login_needed
def batch(request: UserRequest, batch_id: uuid.UUID) -> HttpResponse:
    asked = request.GET.dict()
    part = Part.of(_batch(request, batch_id), asked)
    shown = batches_page.open_page(
        part, scope_of(request.user), asked.get("page", ""), asked.get("parts", "")
    )
    admin = administered(request.user) != ()
    context = {"shown": shown, "part": part, "may_roll_back": admin}
    return render(request, "versions/batch.html", context)


@require_http_methods(["GET", "POST"])
@login_needed
def batch_roll_back(request: UserRequest, batch_id: uuid.UUID) -> HttpResponse:
    posted = request.method == "POST"
    given = (request.POST if posted else request.GET).dict()
    part = Part.of(_batch(request, batch_id), given)
    own = administered(request.user)
    if own == ():
        raise PermissionDenied(FOR_ADMINS)
    form = NoteForm(request.POST if posted else None)
    if form.is_valid():
        return _take_part_back(request, part, form.cleaned_data["note"])
    rows = part.promotions(own)
    counts = {"count": rows.count(), "undoable": rows.undoable().count()}
    context = {"part": part, "form": form, **counts}
    return render(request, "versions/roll_back.html", context)


def _take_part_back(request: UserRequest, part: Part, note: str) -> HttpResponse:
    try:
        done = roll_back_part(user=request.user, part=part, note=note)
    except PromotionRefused as refused:
        messages.error(request, f"Nothing was rolled back. {refused}")
        return redirect("batch", part.batch.pk)
    number = done.generations
    text = f"Rolled back: {number} earlier reading{'s' * (number != 1)} current again."
    messages.success(request, text)
    return redirect("batch", done.batch.pk)


@require_http_methods(["GET", "POST"])
@login_needed
def promotion_roll_back(request: UserRequest, promotion_id: uuid.UUID) -> HttpResponse:
    visible = Promotion.objects.visible_to(request.user).with_both_readings()
    found = get_object_or_404(visible, pk=promotion_id)
    if not may_roll_back(request.user, found.source.tenant_id):
        raise PermissionDenied(FOR_ADMINS)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _take_back(request, found, form.cleaned_data["note"])
    undoable = Promotion.objects.undoable().filter(pk=found.pk).count()
    context = {"promotion": found, "form": form, "count": 1, "undoable": undoable}
    return render(request, "versions/roll_back.html", context)


def _take_back(request: UserRequest, promotion: Promotion, note: str) -> HttpResponse:
    try:
        roll_back_one(user=request.user, promotion=promotion, note=note)
        messages.success(request, "Rolled back: the earlier reading is current again.")
    except PromotionRefused as refused:
        messages.error(request, f"Nothing was rolled back. {refused}")
    return redirect("source-history", promotion.source_id)
