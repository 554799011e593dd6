"""How sure a version was of what it read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models.fields.json import KT

from catalog.models import Kind
from pipeline.comparing.readings import by_machine


def least_confidences(generation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, float]:
    """The least confidence of each generation's critical fields, 0..1; a generation
    without any is not in it.
    """
    rows = by_machine(generation_ids).of_kind(Kind.FIELD)
    found: dict[uuid.UUID, float] = {}
    critical = rows.filter(payload__critical=True).order_by()
    for generation_id, confidence in critical.values_list(
        "generation_id", KT("payload__confidence")
    ):
        known = found.get(generation_id, 1.0)
        found[generation_id] = min(known, float(confidence or 0))
    return found
