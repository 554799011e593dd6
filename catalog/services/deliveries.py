"""Remembering what left the house."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import DeliveredArtifact, Delivery, Tenant

HELD = "SELECT * FROM tenant WHERE tenant_id = %s FOR SHARE"


@transaction.atomic
def record_delivery(
    *, tenant: Tenant, recipient: User, form: str, artifact_ids: Iterable[uuid.UUID]
) -> Delivery:
    """Remember which artifacts were told to whom.

    artifact_ids is asked for after the tenant is held: what is on the list was released
    then, and nobody takes its last answer back until the delivery is on record.
    """
    Tenant.objects.raw(HELD, [tenant.pk])[0]
    delivery = Delivery.objects.create(tenant=tenant, recipient=recipient, form=form)
    DeliveredArtifact.objects.bulk_create(
        [
            DeliveredArtifact(delivery=delivery, artifact_id=artifact_id)
            for artifact_id in artifact_ids
        ],
        batch_size=1000,
    )
    return delivery
