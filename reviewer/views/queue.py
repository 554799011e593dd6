from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from reviewer import queue_page, services
from reviewer.models import ReviewTask
from reviewer.narrowing import Narrowing
from reviewer.views.accounts import UserRequest, login_needed


@require_safe
@login_needed
def queue(request: UserRequest) -> HttpResponse:
    narrowing = Narrowing.of(request.GET.dict())
    open_tasks = ReviewTask.objects.of_tenants_of(request.user).open()
    page = queue_page.page(
        request.user, open_tasks, narrowing, after=request.GET.get("after", "")
    )
    return render(request, "review/queue.html", {"page": page})


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
    return f"{reverse('task', args=[task.pk])}?{narrowing.query}".rstrip("?")


def queue_url(narrowing: Narrowing) -> str:
    return f"{reverse('queue')}?{narrowing.query}".rstrip("?")
