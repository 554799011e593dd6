"""Whether review works, for who leads a team; others get told whom to ask."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.scope import scope_of
from reviewer import proof_page, proof_sections
from reviewer.views.accounts import UserRequest, login_needed


@require_safe
@login_needed
def proof(request: UserRequest) -> HttpResponse:
    asked = request.GET.dict()
    page = proof_page.open_page(scope_of(request.user), asked)
    context = {"page": page, **proof_sections.contexts(page.tenants)}
    return render(request, "proof/proof.html", context)
