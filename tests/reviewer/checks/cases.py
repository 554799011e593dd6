"""A real doubt and a planted error that must not be told apart."""

from __future__ import annotations

from typing import Any

from catalog.models import Tenant
from reviewer.models import Confusion, PlantedError, ReviewItem, ReviewTask
from tests.factories import BOX, field_artifact, make_task
from tests.reviewer.cases import SURE, date, total

TRUE, SHOWN = "Gin Kee", "G1n Kee"
DOUBTFUL_NAME = field_artifact(
    "company", SHOWN, value_type="name", confidence=0.6, critical=True
)


def real_doubt(tenant: Tenant) -> ReviewTask:
    """Asks about total, date, and a company that was misread."""
    return make_task(tenant, fields=[total(), date(), DOUBTFUL_NAME])


def with_planted(tenant: Tenant, **more: Any) -> ReviewTask:
    """The same questions; the company was read well, and shown as if it were not."""
    task = make_task(tenant, fields=[total(), date(), SURE])
    plant(task, **more)
    return task


def plant(
    task: ReviewTask,
    *,
    kind: Confusion = Confusion.LOOKALIKE,
    reason: str = "low_confidence",
) -> PlantedError:
    """Among the critical fields in the order of the document type: before the date."""
    artifact = task.generation.artifacts.get(slot="company")
    item = ReviewItem.objects.create(
        task=task,
        position=task.items.count(),
        slot="company",
        value_type="name",
        critical=True,
        artifact=artifact,
        reason=reason,
    )
    _as_ordered(task)
    nothing = kind == Confusion.NOTHING
    payload = {**(DOUBTFUL_NAME.payload or {}), "value": "" if nothing else SHOWN}
    return PlantedError.objects.create(
        item=item,
        kind=kind,
        family="company",
        payload=payload,
        region=None if nothing else BOX,
        known=False,
        learned=False,
    )


def _as_ordered(task: ReviewTask) -> None:
    order = ["total", "company", "date"]
    for item in task.items.all():
        item.position = order.index(item.slot)
        item.save(update_fields=["position"])
