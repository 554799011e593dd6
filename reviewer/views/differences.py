"""Having people asked about more of what two versions disagree in."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from catalog.models import Membership, Tenant
from pipeline.models import ReprocessItem
from reviewer import services
from reviewer.asking_form import AskingForm
from reviewer.views.accounts import UserRequest, login_needed

FOR_MANAGERS = "Only managers and admins decide what others are asked: ask one of them."
NOTHING_LEFT = (
    "Nothing is left to ask there: of every disagreement people are asked already,"
    " or know the truth."
)


@require_POST
@login_needed
def ask_differences(request: UserRequest, reprocess_id: uuid.UUID) -> HttpResponse:
    """The form is an AskingForm; next: the page to go back to."""
    items = ReprocessItem.objects.filter(reprocess=reprocess_id)
    if not items.visible_to(request.user).exists():
        raise Http404
    roles = Membership.Role
    led = Tenant.objects.led_by(request.user, roles.MANAGER, roles.ADMIN)
    if not led.exists():
        raise PermissionDenied(FOR_MANAGERS)
    form = AskingForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error)
        return HttpResponseRedirect(_following(request))
    asked = services.ask_differences(
        items=items.filter(source__tenant__in=led),
        slices=form.cleaned_data["slices"],
        most=form.cleaned_data["most"],
        user=request.user,
    )
    _tell(request, asked, form.cleaned_data["most"])
    return HttpResponseRedirect(_following(request))


def _tell(request: UserRequest, asked: int, most: int) -> None:
    if not asked:
        messages.info(request, NOTHING_LEFT)
        return
    text = f"{asked} more disagreement{'s are' if asked > 1 else ' is'} in the queue."
    if asked < most:
        text += " There are no more than these."
    messages.success(request, text)


def _following(request: UserRequest) -> str:
    """Back to where the button is, if that is one of our pages."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, request.get_host(), require_https=request.is_secure()
    )
    return wanted if ours else f"{reverse('queue')}?asks=difference"
