"""The indexes of review_task: what each question about the queue walks."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

HELD = models.Q(state="open", reserved_until__isnull=False)
FREE = models.Q(state="open", reserved_until__isnull=True)

INDEXES = [
    models.Index(
        "tenant",
        models.F("priority").desc(),
        "created_at",
        "task_id",
        condition=models.Q(state="open"),
        name="review_task_triage",
    ),
    # For those who see many tenants.
    models.Index(
        models.F("priority").desc(),
        "created_at",
        "task_id",
        condition=models.Q(state="open"),
        name="review_task_urgent",
    ),
    # Counts by facet, read from the index alone.
    models.Index(
        fields=[
            *("tenant", "asks", "document_type"),
            *("reason", "stakes", "for_senior"),
        ],
        condition=models.Q(state="open"),
        name="review_task_facets",
    ),
    # What nobody ever held, or what was put back: whoever asks for a case walks
    # one of these three from its top. No row that is held stands in the way.
    models.Index(
        "tenant",
        models.F("priority").desc(),
        "created_at",
        "task_id",
        condition=FREE & models.Q(for_senior=False),
        name="review_task_free",
    ),
    models.Index(
        "tenant",
        "document_type",
        models.F("priority").desc(),
        "created_at",
        "task_id",
        condition=FREE & models.Q(for_senior=False),
        name="review_task_free_of_type",
    ),
    models.Index(
        "tenant",
        models.F("priority").desc(),
        "created_at",
        "task_id",
        condition=models.Q(state="open", for_senior=True),
        name="review_task_for_senior",
    ),
    # Reservations that ran out, the first of them first.
    models.Index(
        fields=["tenant", "reserved_until"],
        condition=HELD,
        name="review_task_held",
    ),
    models.Index(fields=["reserver"], condition=HELD, name="review_task_reserver"),
    GinIndex(
        fields=["skipped_by"],
        condition=models.Q(state="open"),
        name="review_task_skipped",
    ),
    GinIndex(
        fields=["excluded"],
        condition=models.Q(state="open", asks__in=["second", "third"]),
        name="review_task_excluded",
    ),
]
