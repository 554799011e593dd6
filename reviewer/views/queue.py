from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Tenant
from reviewer import queue_page, queue_report, services
from reviewer.addresses import address_of
from reviewer.models import ReviewTask
from reviewer.models.skills import SENIOR_ROLES
from reviewer.narrowing import Narrowing
from reviewer.views.accounts import UserRequest, login_needed


@require_safe
@login_needed
def queue(request: UserRequest) -> HttpResponse:
    narrowing = Narrowing.of(request.GET.dict())
    page = queue_page.page(request.user, narrowing, after=request.GET.get("after", ""))
    leads = Tenant.objects.led_by(request.user, *SENIOR_ROLES).exists()
    return render(request, "review/queue.html", {"page": page, "leads": leads})


@require_safe
@login_needed
def report(request: UserRequest) -> HttpResponse:
    """For managers; to others it does not exist."""
    tenants = list(Tenant.objects.led_by(request.user, *SENIOR_ROLES).distinct())
    if not tenants:
        raise Http404
    return render(request, "review/report.html", {"report": queue_report.of(tenants)})


@require_POST
@login_needed
def review_next(request: UserRequest) -> HttpResponse:
    narrowing = Narrowing.parse(request.POST.get("within", ""))
    task = services.reserve_next(user=request.user, narrowing=narrowing)
    if task is not None:
        return redirect(task_url(task, narrowing))
    messages.info(request, "Nothing is left for you here; below is why.")
    return redirect(queue_url(narrowing))


def task_url(task: ReviewTask, narrowing: Narrowing) -> str:
    return f"{address_of('task', task.pk)}?{narrowing.query}".rstrip("?")


def queue_url(narrowing: Narrowing) -> str:
    return f"{address_of('queue')}?{narrowing.query}".rstrip("?")
