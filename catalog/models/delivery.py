from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.derived_artifact import DerivedArtifact
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of
from catalog.slices import Slice

Counts = models.QuerySet["DeliveredArtifact", dict[str, Any]]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Viewer) -> DeliveryQuerySet:
        return self.filter(within_tenants_of(user))

    def telling_of(self, wanted: Slice) -> DeliveryQuerySet:
        """Those that carried an artifact of the slice, the newest first."""
        carried = DeliveredArtifact.objects.in_slice(wanted).values("delivery")
        return self.filter(pk__in=carried).order_by("-delivery_id")


class Delivery(models.Model):
    """Values that left the house: to whom, when, in what form. Append-only."""

    delivery_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    form = models.CharField(max_length=4, choices=[("json", "JSON"), ("csv", "CSV")])
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "delivery"
        ordering = ["-at"]
        verbose_name_plural = "deliveries"
        triggers = [
            pgtrigger.Protect(
                name="delivery_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} to {self.recipient} at {self.at:%Y-%m-%d %H:%M}"


class DeliveredArtifactQuerySet(models.QuerySet["DeliveredArtifact"]):
    def in_slice(self, wanted: Slice) -> DeliveredArtifactQuerySet:
        return self.filter(wanted.conditions("artifact__generation"))

    def by_tenant(self) -> Counts:
        """{"artifact__source__tenant", "sources", "artifacts", "deliveries"}."""
        return self._counted("artifact__source__tenant").annotate(
            sources=models.Count("artifact__source", distinct=True)
        )

    def by_recipient(self) -> Counts:
        """By tenant too: {"delivery__recipient", ..., "deliveries", "last"}."""
        return (
            self._counted(
                "artifact__source__tenant",
                "delivery__recipient",
                "delivery__recipient__username",
            )
            .annotate(last=models.Max("delivery__at"))
            .order_by("-last", "delivery__recipient")
        )

    def _counted(self, *keys: str) -> Counts:
        counts: Counts = self.values(*keys).annotate(
            artifacts=models.Count("artifact", distinct=True),
            deliveries=models.Count("delivery", distinct=True),
        )
        return counts


class DeliveredArtifact(models.Model):
    """One artifact that a delivery carried: who was told a value that proved wrong."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="carried")
    artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, related_name="deliveries"
    )

    objects = DeliveredArtifactQuerySet.as_manager()

    class Meta:
        db_table = "delivered_artifact"
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "delivery"], name="delivered_once_a_delivery"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="delivered_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} in {self.delivery_id}"
