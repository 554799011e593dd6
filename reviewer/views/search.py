from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import What
from catalog.services import note_seen
from reviewer.search_page import find
from reviewer.views.accounts import UserRequest, login_needed


@require_safe
@login_needed
def search(request: UserRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()
    given = request.GET.get("page", "")
    number = max(int(given), 1) if given.isdecimal() and len(given) < 4 else 1
    results = find(request.user, query, number=number) if query else None
    if results is not None:
        found = {(hit.source.pk, hit.source.tenant_id) for hit in results.found}
        note_seen(user=request.user, sources=sorted(found), what=What.WORDS)
    context = {"query": query, "results": results}
    template = "search/_results.html" if request.htmx else "search/search.html"
    return render(request, template, context)
