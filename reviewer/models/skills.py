"""What people may be given to review, and by when tasks should be answered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.compiled import compiled
from catalog.models import Membership, Tenant
from catalog.people import Viewer

# Who leads a tenant is also asked for help.
SENIOR_ROLES = frozenset([Membership.Role.MANAGER, Membership.Role.ADMIN])


@dataclass(frozen=True, slots=True)
class Scope:
    """Tasks that a person may be given: of one tenant, or of all where it is None.

    document_types and languages: None is any. A task whose language nobody knows is
    for everybody. senior: also those for which a senior was asked.
    """

    tenant_id: uuid.UUID | None
    document_types: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    senior: bool = False

    def as_condition(self) -> models.Q:
        wanted = models.Q()
        if self.tenant_id is not None:
            wanted &= models.Q(tenant_id=self.tenant_id)
        if self.document_types is not None:
            wanted &= models.Q(document_type__in=self.document_types)
        if self.languages is not None:
            wanted &= models.Q(language__in=["", *self.languages])
        if not self.senior:
            wanted &= models.Q(for_senior=False)
        # An operator's has no condition, and Q() in an OR would vanish.
        return wanted or models.Q(pk__isnull=False)


class SkillsQuerySet(models.QuerySet["Skills"]):
    def seniors_of(self, tenant: Tenant, *, but: Sequence[int]) -> bool:
        """Whether anybody else there may be asked for help."""
        members = Membership.objects.filter(tenant=tenant, user__is_active=True)
        able = models.Q(role__in=SENIOR_ROLES) | models.Q(skills__senior=True)
        return members.filter(able).exclude(user__in=but).exists()


class Skills(models.Model):
    """What a member may review. Without a row, and where a list is empty: all."""

    membership = models.OneToOneField(
        Membership, models.CASCADE, primary_key=True, related_name="skills"
    )
    document_types = ArrayField(
        models.CharField(max_length=50),
        default=list,
        blank=True,
        help_text="the words of document types; empty: all",
    )
    languages = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        help_text="two letters each; empty: all",
    )
    senior = models.BooleanField(
        default=False, help_text="gets what others ask for help with"
    )

    objects = SkillsQuerySet.as_manager()

    class Meta:
        db_table = "reviewer_skills"
        verbose_name_plural = "skills"

    def __str__(self) -> str:
        return f"skills of {self.membership}"


def scopes_of(user: Viewer, *, tenant: Tenant | None = None) -> list[Scope]:
    """What the user may be given, of one tenant or of all."""
    if user.is_superuser:
        return [Scope(tenant.pk if tenant else None, senior=True)]
    return [
        Scope(
            tenant_id=tenant_id,
            document_types=_limit(types),
            languages=_limit(languages),
            senior=bool(senior) or role in SENIOR_ROLES,
        )
        for tenant_id, role, types, languages, senior in _memberships(user.pk)
        if tenant is None or tenant.pk == tenant_id
    ]


@compiled
def _memberships(user_id: int | None) -> models.QuerySet[Membership, tuple[Any, ...]]:
    return Membership.objects.filter(user=user_id).values_list(
        "tenant_id",
        "role",
        "skills__document_types",
        "skills__languages",
        "skills__senior",
    )


def _limit(words: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(words) if words else None


class TurnaroundQuerySet(models.QuerySet["Turnaround"]):
    def of(self, tenant_id: uuid.UUID, document_type: str) -> timedelta | None:
        """The one for the type, else the tenant's own; None: nothing is promised."""
        found = self.filter(tenant=tenant_id, document_type__in=["", document_type])
        row = found.order_by("-document_type").first()
        return timedelta(minutes=row.minutes) if row else None

    def due_at(
        self, tenant_id: uuid.UUID, document_type: str, opened: datetime
    ) -> datetime | None:
        promised = self.of(tenant_id, document_type)
        return opened + promised if promised else None


class Turnaround(models.Model):
    """Within what time a tenant's tasks should be answered, by document type."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    document_type = models.CharField(
        max_length=50, blank=True, help_text="empty: all others"
    )
    minutes = models.PositiveIntegerField()

    objects = TurnaroundQuerySet.as_manager()

    class Meta:
        db_table = "turnaround"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "document_type"], name="one_turnaround_a_type"
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0), name="turnaround_takes_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_type or 'all types'} within {self.minutes} min"
