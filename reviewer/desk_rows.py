"""What the desk asks of the database, each question one compiled query."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, QuerySet

from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Generation, Kind
from reviewer.models import (
    Decision,
    PlantedError,
    ReviewItem,
    ReviewTask,
    SecondOpinion,
    Settlement,
    TaskNote,
)


@compiled
def generation_of(generation_id: uuid.UUID) -> QuerySet[Generation]:
    """With source and tenant."""
    # Long, and no page of a task asks for them.
    rows = Generation.objects.defer("steps").select_related("source__tenant")
    return rows.filter(pk=generation_id)


@compiled
def items_of(task_id: uuid.UUID) -> QuerySet[ReviewItem]:
    """By position, with both artifacts."""
    return _items().filter(task=task_id).order_by("position")


@compiled
def item_of(task_id: uuid.UUID, slot: str) -> QuerySet[ReviewItem]:
    return _items().filter(task=task_id, slot=slot)


def _items() -> QuerySet[ReviewItem]:
    return ReviewItem.objects.select_related("artifact", "other_artifact")


@compiled
def decisions_in(task_id: uuid.UUID) -> QuerySet[Decision]:
    """In the order given, with what telling of them needs."""
    decisions = Decision.objects.of_task(ReviewTask(pk=task_id)).select_related(
        *("artifact", "item__task", "item__artifact", "item__other_artifact"),
        "undone_by",
    )
    return decisions.order_by("sequence")


def made_for(generation_id: uuid.UUID) -> Mapping[str, list[DerivedArtifact]]:
    """By kind: the fields as they stand, the words and the pictures of the pages."""
    found: dict[str, list[DerivedArtifact]] = {kind: [] for kind in SHOWN}
    for artifact in _made(generation_id):
        found[artifact.kind].append(artifact)
    return found


SHOWN = (Kind.FIELD, Kind.OCR, Kind.PAGE_IMAGE)


@compiled
def _made(generation_id: uuid.UUID) -> QuerySet[DerivedArtifact]:
    live = DerivedArtifact.objects.live_in(Generation(pk=generation_id))
    return live.of_kind(*SHOWN).order_by("slot")


@dataclass(frozen=True, slots=True)
class There:
    """Of what most cases have nothing when they come to the desk. answered: decisions
    about it, also those taken back; settled: by checks; planted: checks of the review
    in it; noted, opined: what people wrote, and second opinions.
    """

    answered: bool
    settled: bool
    planted: bool
    noted: bool
    opined: bool


def what_is_there(task: ReviewTask) -> There:
    [found] = _there(task.pk)
    return There(*found)


@compiled
def _there(task_id: uuid.UUID) -> QuerySet[ReviewTask, tuple[bool, ...]]:
    task = ReviewTask(pk=task_id)
    return ReviewTask.objects.filter(pk=task_id).values_list(
        Exists(Decision.objects.of_task(task).order_by()),
        Exists(Settlement.objects.of_task(task).order_by()),
        Exists(PlantedError.objects.of_task(task)),
        Exists(TaskNote.objects.of_task(task).order_by()),
        Exists(SecondOpinion.objects.of_task(task).order_by()),
    )
