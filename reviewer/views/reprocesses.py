"""Beginning a reprocess, watching it, and telling it what to do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from catalog.scope import scope_of
from pipeline import reprocessing
from pipeline.models import Reprocess
from pipeline.reprocessing import ReprocessRefused
from pipeline.reprocessing.dry_run import forecast
from reviewer import reprocess_page
from reviewer.reprocess_form import ReprocessForm
from reviewer.rollbacks import administered
from reviewer.views.accounts import UserRequest, login_needed

PAGE_SIZE = 25
FOR_ADMINS = "Only admins of all the tenants that it reads may do this: ask them."


@require_safe
@login_needed
def reprocesses(request: UserRequest) -> HttpResponse:
    scope = scope_of(request.user)
    found = Reprocess.objects.of_tenants(scope).select_related(
        "pipeline_version", "created_by"
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = reprocess_page.rows_of(list(page.object_list), scope)
    context = {"page": page, "rows": rows, "may_start": may_start(request)}
    return render(request, "versions/reprocesses.html", context)


def may_start(request: UserRequest) -> bool:
    return administered(request.user) != ()


@require_http_methods(["GET", "POST"])
@login_needed
def reprocess_start(request: UserRequest) -> HttpResponse:
    """GET shows what would happen, POST has it happen."""
    if not may_start(request):
        raise PermissionDenied(FOR_ADMINS)
    posted = request.method == "POST"
    given = (request.POST if posted else request.GET).dict()
    form = ReprocessForm(given, scope=administered(request.user))
    context: dict[str, object] = {"form": form, "asked": "to" in given}
    if "to" not in given or not form.is_valid():
        status = 400 if "to" in given else 200
        return render(request, "versions/reprocess_start.html", context, status=status)
    return _begin(request, form) if posted else _foretell(request, form, context)


def _foretell(
    request: UserRequest, form: ReprocessForm, context: dict[str, object]
) -> HttpResponse:
    try:
        found = forecast(version=form.target, selection=form.selection)
        context |= {"forecast": found, "plan": form.plan}
    except ReprocessRefused as refused:
        context["refused"] = str(refused)
    return render(request, "versions/reprocess_start.html", context)


def _begin(request: UserRequest, form: ReprocessForm) -> HttpResponse:
    try:
        begun = reprocessing.start(
            version=form.target,
            selection=form.selection,
            plan=form.plan,
            actor=request.user,
        )
    except ReprocessRefused as refused:
        context = {"form": form, "asked": True, "refused": str(refused)}
        return render(request, "versions/reprocess_start.html", context, status=409)
    messages.success(request, f"Begun: {begun.items_count} sources to read.")
    return redirect("reprocess", begun.pk)


def _found(request: UserRequest, reprocess_id: uuid.UUID) -> Reprocess:
    known = Reprocess.objects.visible_to(request.user)
    rows = known.select_related("pipeline_version", "created_by")
    found = get_object_or_404(rows, pk=reprocess_id)
    # Whoever is in one of its tenants may know of it; only those who lead one may look.
    mine = Reprocess.objects.of_tenants(scope_of(request.user)).filter(pk=found.pk)
    if not mine.exists():
        raise Http404
    return found


@require_safe
@login_needed
def reprocess(request: UserRequest, reprocess_id: uuid.UUID) -> HttpResponse:
    found = _found(request, reprocess_id)
    scope = scope_of(request.user)
    shown = reprocess_page.open_page(found, scope, request.user, request.GET.dict())
    template = "_reprocess_live" if request.htmx else "reprocess"
    context = {"shown": shown, "reprocess": found}
    return render(request, f"versions/{template}.html", context)


@require_POST
@login_needed
def reprocess_act(request: UserRequest, reprocess_id: uuid.UUID) -> HttpResponse:
    """POST "verb": pause, resume (with "budget"), cancel, go_on, retry (or "item")."""
    found = _found(request, reprocess_id)
    if not reprocess_page.may_act(request.user, found):
        raise PermissionDenied(FOR_ADMINS)
    try:
        _act(found, request.POST.dict())
    except ReprocessRefused as refused:
        messages.error(request, str(refused))
    return redirect("reprocess", found.pk)


def _act(found: Reprocess, given: dict[str, str]) -> None:
    """Raises ReprocessRefused."""
    verbs: dict[str, Callable[[], object]] = {
        "pause": lambda: reprocessing.pause(reprocess=found),
        "cancel": lambda: reprocessing.cancel(reprocess=found),
        "go_on": lambda: reprocessing.go_on(reprocess=found),
        "resume": lambda: reprocessing.resume(
            reprocess=found, budget_micro_usd=_micro_usd(given.get("budget", ""))
        ),
        "retry": lambda: reprocessing.retry(
            reprocess=found, item_id=_item(given.get("item", ""))
        ),
    }
    if (verb := verbs.get(given.get("verb", ""))) is None:
        raise ReprocessRefused("Say what to do: use one of the page's buttons.")
    verb()


def _micro_usd(amount: str) -> int | None:
    try:
        return int(Decimal(amount) * 1_000_000) if amount else None
    except (InvalidOperation, ValueError, OverflowError):
        raise ReprocessRefused("Write the budget as a number, such as 12.50.") from None


def _item(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given) if given else None
    except ValueError:
        raise ReprocessRefused("There is no such item.") from None
