"""Whether a case still is as it was when its desk was drawn."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.db.models import Count, F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Kind
from reviewer.models import (
    Decision,
    PlantedAnswer,
    PlantedError,
    ReviewItem,
    ReviewTask,
    SecondOpinion,
    Settlement,
    TaskNote,
)

# Who holds it, and who passed it by: nothing of it shows.
OF_HOLDING = frozenset(
    {
        *("reserver_id", "reservation_token", "reserved_until", "ahead"),
        "skipped_by",
    }
)
SHOWN = [
    field.attname
    for field in ReviewTask._meta.concrete_fields
    if field.attname not in OF_HOLDING
]


def stamp_of(task: ReviewTask) -> str:
    """Another one after each change of what a desk shows of the case: of the task, its
    fields, what stands in them, what people answered, wrote and took back, and what
    checks settled. Nothing can be read from it.
    """
    [found] = _counted(task.pk, task.generation_id)
    told = repr([*[getattr(task, name) for name in SHOWN], *found])
    return hashlib.sha256(told.encode()).hexdigest()


@compiled
def _counted(
    task_id: uuid.UUID, generation_id: uuid.UUID
) -> QuerySet[ReviewTask, tuple[Any, ...]]:
    """Records are append-only, so that a count says whether there are new ones."""
    task = ReviewTask(pk=task_id)
    items = ReviewItem.objects.filter(task=task_id)
    settled = Settlement.objects.of_task(task)
    fields = DerivedArtifact.objects.filter(generation=generation_id)
    newest = fields.of_kind(Kind.FIELD).order_by("-artifact_id")
    return ReviewTask.objects.filter(pk=task_id).values_list(
        _count(items),
        _count(items.filter(decided=True)),
        _count(Decision.objects.of_task(task)),
        _count(settled),
        _count(settled.standing()),
        _count(PlantedError.objects.of_task(task)),
        _count(PlantedAnswer.objects.of_task(task)),
        _count(TaskNote.objects.of_task(task).select_related(None)),
        _count(SecondOpinion.objects.of_task(task)),
        Subquery(newest.values("artifact_id")[:1]),
        F("generation__state"),
    )


def _count(rows: QuerySet[Any, Any]) -> Coalesce:
    counted = rows.order_by().values(one=Value(1)).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)
