from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import GoldenCase, What
from catalog.services import note_seen
from reviewer import golden_page
from reviewer.filters import GoldenListFilter
from reviewer.views.accounts import UserRequest, login_needed

PAGE_SIZE = 50


@require_safe
@login_needed
def golden_cases(request: UserRequest) -> HttpResponse:
    visible = GoldenCase.objects.visible_to(request.user).of_kept_sources()
    narrowed = GoldenListFilter(request.GET, visible, request=request)
    page = Paginator(narrowed.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowed,
        "page": page,
        "rows": golden_page.rows_of(page.object_list),
        "anything": bool(page.object_list) or visible.exists(),
    }
    template = "golden/_list.html" if request.htmx else "golden/cases.html"
    return render(request, template, context)


@require_safe
@login_needed
def golden_case(request: UserRequest, case_id: uuid.UUID) -> HttpResponse:
    cases = GoldenCase.objects.visible_to(request.user).select_related("source__tenant")
    case = get_object_or_404(cases, pk=case_id)
    note_seen(user=request.user, source=case.source, what=What.VALUES)
    return render(
        request, "golden/case.html", golden_page.open_page(case, request.GET.dict())
    )
