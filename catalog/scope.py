"""Whose rows the questions about the whole corpus are asked of."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404

from catalog.models import Membership, Tenant
from catalog.people import Viewer

LEADERS = (Membership.Role.MANAGER, Membership.Role.ADMIN)
NOT_YOURS = (
    "Only managers and admins may ask this of a tenant: ask one of them, or to be one."
)


def leads_any(user: Viewer) -> bool:
    return user.is_superuser or Tenant.objects.led_by(user, *LEADERS).exists()


def scope_of(user: Viewer, slug: str = "") -> tuple[uuid.UUID, ...] | None:
    """Ids of the tenants that the user leads, or of the one named; None: all there are.

    Raises Http404 for a tenant that the user is not in, PermissionDenied where they are
    no manager and no admin: an answer "none" would be taken for one.
    """
    led = Tenant.objects.led_by(user, *LEADERS)
    if slug:
        if not Tenant.objects.visible_to(user).filter(slug=slug).exists():
            raise Http404
        led = led.filter(slug=slug)
    elif user.is_superuser:
        return None
    found = tuple(led.values_list("pk", flat=True))
    if not found:
        raise PermissionDenied(NOT_YOURS)
    return found
