from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviewer import key_table
from reviewer.models import OwnKeys
from reviewer.views.accounts import UserRequest, login_needed


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_needed
def own_keys(request: UserRequest) -> HttpResponse:
    """The keys of the person who is logged in, to read and to change."""
    if request.method != "POST":
        own = OwnKeys.objects.of(request.user)
        keys = key_table.keys_of(request.user)
        return _page(request, keys, no_signs=own is not None and own.no_signs)
    if "reset" in request.POST:
        key_table.reset_keys(user=request.user)
        messages.success(request, "All keys are the usual ones again.")
        return redirect("own-keys")
    given = {a.name: request.POST.get(a.name, a.usual) for a in key_table.ACTIONS}
    no_signs = "no_signs" in request.POST
    try:
        key_table.save_keys(user=request.user, keys=given, no_signs=no_signs)
    except key_table.KeysRefused as error:
        return _page(request, given, no_signs=no_signs, error=str(error))
    messages.success(request, "Your keys are saved: they count on every machine.")
    return redirect("own-keys")


def _page(
    request: UserRequest, keys: dict[str, str], *, no_signs: bool, error: str = ""
) -> HttpResponse:
    context = {
        "rows": [(action, keys[action.name]) for action in key_table.ACTIONS],
        "no_signs": no_signs,
        "changed": OwnKeys.objects.of(request.user) is not None,
        "error": error,
    }
    status = 400 if error else 200
    return render(request, "review/own_keys.html", context, status=status)
