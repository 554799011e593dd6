from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.derived_artifact import DerivedArtifact
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Viewer) -> DeliveryQuerySet:
        return self.filter(within_tenants_of(user))


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


class DeliveredArtifact(models.Model):
    """One artifact that a delivery carried: who was told a value that proved wrong."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="carried")
    artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, related_name="deliveries"
    )

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
