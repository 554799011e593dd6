"""What a person may not see of a source: answers given before theirs.

While another person's look at a field is open, what was answered there is shown to
those only who have answered: to everybody else it reads as the machine read it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from catalog.models import DerivedArtifact, Generation, Kind, Origin, SourceMedia
from catalog.people import Viewer
from pipeline.report import live_fields
from reviewer.models import BlindLook, Decision, ReviewItem, ReviewTask


@dataclass(frozen=True, slots=True)
class Veil:
    """slots: those whose answers are hidden from the viewer. tasks: what hides them."""

    slots: Collection[str] = frozenset()
    tasks: Collection[uuid.UUID] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.slots)

    def hides(self, artifact: DerivedArtifact) -> bool:
        return (
            artifact.slot in self.slots
            and artifact.kind == Kind.FIELD
            and artifact.origin != Origin.MACHINE
        )


NO_VEIL = Veil()


def veil_of(viewer: Viewer, source: SourceMedia | uuid.UUID) -> Veil:
    key = source if isinstance(source, uuid.UUID) else source.pk
    return veils_of(viewer, [key])[key]


def veils_of(viewer: Viewer, sources: Iterable[uuid.UUID]) -> dict[uuid.UUID, Veil]:
    """In one query, for lists."""
    asked = list(sources)
    found: dict[uuid.UUID, tuple[set[str], set[uuid.UUID]]] = {
        key: (set(), set()) for key in asked
    }
    tasks = ReviewTask.objects.open().blind().filter(source__in=asked)
    open_looks = tasks.not_closed_to(viewer)
    rows = ReviewItem.objects.filter(task__in=open_looks).values_list(
        "task__source_id", "slot", "task_id"
    )
    for source_id, slot, task_id in rows:
        found[source_id][0].add(slot)
        found[source_id][1].add(task_id)
    return {key: Veil(*both) for key, both in found.items()}


def fields_for(viewer: Viewer, generation: Generation) -> list[DerivedArtifact]:
    """What stands in a generation, but for answers that are hidden from the viewer."""
    fields = live_fields(generation)
    veil = veil_of(viewer, generation.source_id)
    if not veil:
        return fields
    machine = _machine_fields(generation, veil.slots)
    shown = [machine.get(one.slot) if veil.hides(one) else one for one in fields]
    return [one for one in shown if one is not None]


def _machine_fields(
    generation: Generation, slots: Collection[str]
) -> dict[str, DerivedArtifact]:
    rows = DerivedArtifact.objects.filter(generation=generation, slot__in=slots)
    fields = rows.whole().of_kind(Kind.FIELD).filter(origin=Origin.MACHINE)
    return {one.slot: one for one in fields.order_by("artifact_id")}


def hidden_artifacts(viewer: Viewer) -> Q:
    """The condition of those that a viewer may not see, for catalog.people."""
    looks = ReviewTask.objects.open().blind().not_closed_to(viewer)
    items = ReviewItem.objects.filter(
        task__in=looks, task__source=OuterRef("source"), slot=OuterRef("slot")
    )
    answers = Q(kind=Kind.FIELD) & ~Q(origin=Origin.MACHINE)
    return answers & Q(Exists(items))


def hidden_truths(viewer: Viewer) -> Q:
    """The same of golden values, which every answer files."""
    looks = ReviewTask.objects.open().blind().not_closed_to(viewer)
    items = ReviewItem.objects.filter(
        task__in=looks,
        task__source=OuterRef("case__source"),
        slot=OuterRef("slot"),
    )
    return Q(Exists(items))


def machine_of(task: ReviewTask, item: ReviewItem) -> DerivedArtifact | None:
    """What the machine read, of an item that may ask about two people's answers."""
    if task.asks != ReviewTask.Asks.THIRD:
        return item.artifact
    second = BlindLook.objects.select_related("second__item__artifact").get(item=item)
    return second.second.item.artifact if second.second else None


def standing_for(task: ReviewTask, item: ReviewItem) -> DerivedArtifact | None:
    """What stands for whoever answers a blind task: their own answer to it, else what
    the machine read."""
    given = Decision.objects.filter(item=item).standing().order_by("sequence")
    last = given.select_related("artifact").last()
    return last.artifact if last else machine_of(task, item)
