"""Remembering what left the house."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import DeliveredArtifact, Delivery, Tenant


@transaction.atomic
def record_delivery(
    *, tenant: Tenant, recipient: User, form: str, artifact_ids: Iterable[uuid.UUID]
) -> Delivery:
    """Remember which artifacts were told to whom."""
    delivery = Delivery.objects.create(tenant=tenant, recipient=recipient, form=form)
    DeliveredArtifact.objects.bulk_create(
        [
            DeliveredArtifact(delivery=delivery, artifact_id=artifact_id)
            for artifact_id in artifact_ids
        ],
        batch_size=1000,
    )
    return delivery
