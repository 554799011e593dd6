"""Who of a tenant may be given a task."""

from __future__ import annotations

from django.contrib.auth.models import User

from catalog.models import Membership
from reviewer.models import ReviewTask, scopes_of


def may_have(task: ReviewTask, person: User) -> bool:
    """Whether it is within the person's skills; also what a senior was asked for."""
    return any(
        scope.tenant_id in (None, task.tenant_id)
        and (scope.document_types is None or task.document_type in scope.document_types)
        and (scope.languages is None or task.language in ("", *scope.languages))
        for scope in scopes_of(person)
    )


def able_to_review(task: ReviewTask) -> list[User]:
    """Members of its tenant who may be given it, and did not answer it before."""
    members = Membership.objects.filter(tenant=task.tenant_id, user__is_active=True)
    people = members.exclude(user__in=task.excluded).select_related("user")
    return [one.user for one in people if may_have(task, one.user)]
