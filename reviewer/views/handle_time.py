from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Tenant
from reviewer import handle_time as times
from reviewer.models.skills import SENIOR_ROLES
from reviewer.views.accounts import UserRequest, login_needed


@require_safe
@login_needed
def handle_time(request: UserRequest) -> HttpResponse:
    """For managers; to others it does not exist."""
    tenants = list(Tenant.objects.led_by(request.user, *SENIOR_ROLES).distinct())
    if not tenants:
        raise Http404
    form = times.RangeForm(request.GET)
    report = times.report(tenants, *form.bounds())
    context = {"report": report, "form": form, "tenants": tenants}
    return render(request, "review/handle_time.html", context)
