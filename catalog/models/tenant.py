from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.compiled import compiled
from catalog.ids import new_id
from catalog.people import Viewer

if TYPE_CHECKING:
    from catalog.models.source_media import SourceMedia


class TenantQuerySet(models.QuerySet["Tenant"]):
    def visible_to(self, user: Viewer) -> TenantQuerySet:
        """Those whose documents the user may look at."""
        seen = self.led_by(user, *Membership.Role.values)
        return seen.exclude(pk__in=Membership.objects.crops_only_of(user))

    def joined_by(self, user: Viewer) -> TenantQuerySet:
        """Those the user works for, also where nothing but crops is shown to them."""
        return self.led_by(user, *Membership.Role.values)

    def open(self) -> TenantQuerySet:
        """Those that still take documents."""
        return self.filter(off_boarded_at__isnull=True)

    def led_by(self, user: Viewer, *roles: str) -> TenantQuerySet:
        """Tenants in which the user holds one of the roles; operators hold them all."""
        if user.is_superuser:
            return self
        if user.pk is None:
            return self.none()
        return self.filter(memberships__user=user.pk, memberships__role__in=roles)


class Tenant(models.Model):
    """Whose documents these are: the border of every permission and every deletion."""

    tenant_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    retention_class = models.ForeignKey(
        "catalog.RetentionClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="of what it uploads; empty: standard",
    )
    off_boarded_at = models.DateTimeField(
        null=True, editable=False, help_text="nothing comes in any more"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tenant"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def crops_only_of(self, user: Viewer) -> models.QuerySet[Any, Any]:
        """Ids of the tenants in which the user sees only crops; of operators none."""
        found = self.filter(user=user.pk, crops_only=True)
        if user.is_superuser:
            found = self.none()
        return found.values_list("tenant_id", flat=True)

    def only_crops_for(self, user: Viewer) -> bool:
        """Whether the user has memberships, and sees only crops in every one."""
        if user.is_superuser:
            return False
        kinds = self.filter(user=user.pk).values_list("crops_only", flat=True)
        return set(kinds) == {True}


class Membership(models.Model):
    """A person's role in a tenant.

    crops_only: a reviewer who is shown, of the cases they hold or answered, the fields
    asked about, each with a margin; no page, no original, no other value.
    """

    class Role(models.TextChoices):
        REVIEWER = "reviewer"
        MANAGER = "manager"
        ADMIN = "admin"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REVIEWER)
    crops_only = models.BooleanField(
        "sees only crops",
        db_default=False,
        default=False,
        help_text="of the fields asked about, and nothing else; for reviewers",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "tenant"], name="membership_once_a_tenant"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["reviewer", "manager", "admin"]),
                name="membership_role_known",
            ),
            models.CheckConstraint(
                condition=models.Q(crops_only=False) | models.Q(role="reviewer"),
                name="only_reviewers_see_only_crops",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.tenant}"


def may_erase(user: Viewer, source: SourceMedia) -> bool:
    """Admins of its tenant, and operators."""
    led = Tenant.objects.led_by(user, Membership.Role.ADMIN)
    return led.filter(pk=source.tenant_id).exists()


def sees_only_crops(user: Viewer, tenant_id: uuid.UUID) -> bool:
    if user.is_superuser or user.pk is None:
        return False
    return bool(_crops_only_in(user.pk, tenant_id))


@compiled
def _crops_only_in(user_id: int, tenant_id: uuid.UUID) -> models.QuerySet[Membership]:
    mine = Membership.objects.filter(user=user_id, tenant=tenant_id)
    return mine.filter(crops_only=True)
