from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog.models import GoldenCase, Tenant, What
from catalog.services import (
    RetirementRefused,
    note_seen,
    restore_golden,
    retire_golden,
)
from reviewer import agreement, golden_page
from reviewer.filters import GoldenListFilter
from reviewer.golden_slices import slices_of
from reviewer.models.skills import SENIOR_ROLES
from reviewer.views.accounts import UserRequest, login_needed

PAGE_SIZE = 50
MOST_PAIRS = 200


@require_safe
@login_needed
def golden_cases(request: UserRequest) -> HttpResponse:
    visible = GoldenCase.objects.visible_to(request.user).of_kept_sources()
    narrowed = GoldenListFilter(request.GET, visible, request=request)
    page = Paginator(narrowed.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowed,
        "page": page,
        "rows": golden_page.rows_of(page.object_list, request.user),
        "slices": slices_of(narrowed.qs, request.GET),
        "anything": bool(page.object_list) or visible.exists(),
        "leads": _led(request).exists(),
    }
    template = "golden/_list.html" if request.htmx else "golden/cases.html"
    return render(request, template, context)


@require_safe
@login_needed
def golden_case(request: UserRequest, case_id: uuid.UUID) -> HttpResponse:
    case = _case(request, case_id)
    note_seen(user=request.user, source=case.source, what=What.VALUES)
    context = golden_page.open_page(case, request.GET.dict(), request.user)
    context["leads"] = _leads(request, case)
    return render(request, "golden/case.html", context)


@require_POST
@login_needed
def golden_retire(request: UserRequest, case_id: uuid.UUID) -> HttpResponse:
    """Of a case or one value, or the other way round. For who leads its tenant."""
    case = _case(request, case_id)
    if not _leads(request, case):
        raise Http404
    verb = restore_golden if request.POST.get("act") == "restore" else retire_golden
    slot = request.POST.get("slot", "").replace("\x00", "")[:100]
    because = request.POST.get("because", "")
    try:
        verb(case_id=case.pk, slot=slot, because=because, actor=request.user)
    except RetirementRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Done: it is on record, with your reason.")
    return redirect("golden-case", case.pk)


@require_safe
@login_needed
def golden_agreement(request: UserRequest) -> HttpResponse:
    """For managers; to others it does not exist."""
    tenants = list(_led(request))
    if not tenants:
        raise Http404
    pairs = agreement.pairs_of(tenants)
    field = request.GET.get("field", "")
    shown = [pair for pair in pairs if field in ("", pair.field)]
    if request.GET.get("only") == "differ":
        shown = [pair for pair in shown if not pair.agrees]
    context = {
        "tenants": tenants,
        "rows": agreement.by_field(pairs),
        "overall": agreement.overall(pairs),
        "field": field,
        "pairs": shown[:MOST_PAIRS],
        "more": max(len(shown) - MOST_PAIRS, 0),
    }
    return render(request, "golden/agreement.html", context)


def _case(request: UserRequest, case_id: uuid.UUID) -> GoldenCase:
    cases = GoldenCase.objects.visible_to(request.user).select_related("source__tenant")
    return get_object_or_404(cases, pk=case_id)


def _led(request: UserRequest) -> QuerySet[Tenant]:
    return Tenant.objects.led_by(request.user, *SENIOR_ROLES).distinct()


def _leads(request: UserRequest, case: GoldenCase) -> bool:
    return _led(request).filter(pk=case.source.tenant_id).exists()
