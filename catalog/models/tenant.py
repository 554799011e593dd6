from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.people import Viewer

if TYPE_CHECKING:
    from catalog.models.source_media import SourceMedia


class TenantQuerySet(models.QuerySet["Tenant"]):
    def visible_to(self, user: Viewer) -> TenantQuerySet:
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


class Membership(models.Model):
    """A person's role in a tenant."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer"
        MANAGER = "manager"
        ADMIN = "admin"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REVIEWER)

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
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.tenant}"


def may_erase(user: Viewer, source: SourceMedia) -> bool:
    """Admins of its tenant, and operators."""
    led = Tenant.objects.led_by(user, Membership.Role.ADMIN)
    return led.filter(pk=source.tenant_id).exists()
