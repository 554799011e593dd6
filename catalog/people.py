"""Who may look: every visible_to() is made of this one rule."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

Viewer = User | AnonymousUser
# What another app hides of artifacts from a person for a while, as conditions of rows.
HIDDEN_ARTIFACTS: list[Callable[[Viewer], Q]] = []
# The same of golden values.
HIDDEN_TRUTHS: list[Callable[[Viewer], Q]] = []


def within_tenants_of(user: Viewer, path: str = "tenant") -> Q:
    """Rows of tenants that the user is a member of; operators (superusers) see all.

    path leads from the row to its tenant, in the spelling of look-ups.
    """
    if user.is_superuser:
        return Q()
    if user.pk is None:
        return Q(pk__in=[])
    return Q((f"{path}__memberships__user", user.pk))
