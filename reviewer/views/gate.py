"""Gates: what was measured, who answers for it, and what is moved by it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from catalog.models import What
from catalog.scope import scope_of
from catalog.services import PromotionRefused, note_seen
from pipeline import versions
from pipeline.gate import (
    GateRefused,
    measure,
    open_gate,
    promote_passing,
    sign,
    signed_json,
)
from pipeline.models import Gate
from reviewer import gate_file, gate_page
from reviewer.gate_forms import ActForm, OpenGateForm
from reviewer.views.accounts import UserRequest, login_needed

REFUSALS = (GateRefused, PromotionRefused, versions.VersionRefused)
NOT_YOURS = "Only admins of every tenant in it may do this: ask one of them."


def _gate(request: UserRequest, gate_id: uuid.UUID) -> Gate:
    visible = Gate.objects.visible_to(request.user).select_related(
        "reprocess__pipeline_version", "signed_by", "golden_set"
    )
    return get_object_or_404(visible, pk=gate_id)


@require_safe
@login_needed
def gates(request: UserRequest) -> HttpResponse:
    scope_of(request.user)  # refuses whoever leads no tenant, as the other pages do
    context = gate_page.list_page(request.user, request.GET.get("page", ""))
    return render(request, "versions/gates.html", context)


@require_safe
@login_needed
def gate(request: UserRequest, gate_id: uuid.UUID) -> HttpResponse:
    shown = gate_page.open_page(
        _gate(request, gate_id), request.user, request.GET.dict()
    )
    note_seen(user=request.user, sources=shown.told_of, what=What.VALUES)
    return render(request, "versions/gate.html", {"shown": shown, "gate": shown.gate})


@require_safe
@login_needed
def gate_report(request: UserRequest, gate_id: uuid.UUID, form: str) -> HttpResponse:
    found = _gate(request, gate_id)
    if form == "json":
        response: HttpResponse = JsonResponse(signed_json(found))
    elif form == "html":
        told_of = gate_file.told_of(found)
        note_seen(user=request.user, sources=told_of, what=What.VALUES)
        response = HttpResponse(gate_file.html_of(found))
    else:
        raise Http404
    name = f"gate-{found.pk}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
@login_needed
def gate_open(request: UserRequest, reprocess_id: uuid.UUID) -> HttpResponse:
    known = Gate.objects.visible_to(request.user).filter(reprocess=reprocess_id)
    if (found := known.first()) is not None:
        return redirect("gate", found.pk)
    reprocess = get_object_or_404(gate_page.ungated(request.user), pk=reprocess_id)
    form = OpenGateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = open_gate(
            reprocess=reprocess, actor=request.user, margins=form.margins()
        )
        return redirect("gate", measure(gate=made).pk)
    context = {"form": form, "reprocess": reprocess}
    return render(request, "versions/gate_open.html", context)


@require_POST
@login_needed
def gate_act(request: UserRequest, gate_id: uuid.UUID, verb: str) -> HttpResponse:
    found = _gate(request, gate_id)
    form = ActForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A note has at most 200 characters.")
        return redirect("gate", found.pk)
    try:
        said = _VERBS[verb](request, found, form)
        messages.success(request, said)
    except KeyError as error:
        raise Http404 from error
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("gate", found.pk)


def _measure(request: UserRequest, gate: Gate, form: ActForm) -> str:
    measure(gate=gate)
    return "Measured anew."


def _sign(request: UserRequest, gate: Gate, form: ActForm) -> str:
    if not gate_page.allowed(gate, request.user).sign:
        raise PermissionDenied(NOT_YOURS)
    sign(gate=gate, actor=request.user, seen=form.cleaned_data["seen"])
    return "Signed: the gate is a record now."


def _promote(request: UserRequest, gate: Gate, form: ActForm) -> str:
    may = gate_page.allowed(gate, request.user)
    if not may.promote:
        raise PermissionDenied(NOT_YOURS)
    done = promote_passing(
        gate=gate,
        actor=request.user,
        note=form.cleaned_data["note"],
        tenants=may.tenants,
    )
    many = "" if done.generations == 1 else "s"
    return f"{done.generations} document{many} moved, {done.stayed} stay."


def _activate(request: UserRequest, gate: Gate, form: ActForm) -> str:
    if not gate_page.allowed(gate, request.user).activate:
        raise PermissionDenied(
            "Only operators may activate a version: ask one of them."
        )
    version = versions.activate(
        version=gate.reprocess.pipeline_version,
        actor=request.user,
        gate=gate,
        note=form.cleaned_data["note"],
    )
    return f"{version} reads new documents from now on."


_VERBS = {
    "measure": _measure,
    "sign": _sign,
    "promote": _promote,
    "activate": _activate,
}
