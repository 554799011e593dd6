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


def within_tenants_of(
    user: Viewer, path: str = "tenant", *, crops_too: bool = False
) -> Q:
    """Rows of tenants that the user is a member of; operators (superusers) see all.

    path leads from the row to its tenant, in the spelling of look-ups. Where a member
    sees only crops, nothing is there: what shows a whole page, value or word asks like
    this. crops_too: rows that such a member may have too, which say nothing of what a
    document says (a task, an answer of one's own).
    """
    if user.is_superuser:
        return Q()
    if user.pk is None:
        return Q(pk__in=[])
    member = {f"{path}__memberships__user": user.pk}
    if not crops_too:
        member[f"{path}__memberships__crops_only"] = False
    # In one Q, so that both are asked of the same membership.
    return Q(**member)
