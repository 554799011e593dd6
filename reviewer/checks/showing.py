"""What questions with a planted error show, as if it were what the machine had read.

Artifacts and decisions made here are never saved: they are for those who read a task
and need not know which of its questions are checks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Kind, Origin
from pipeline.claims import Claim, ClaimStatus, ValueType
from pipeline.doubts import MISSING
from reviewer.answers import Answer, new_payload
from reviewer.models import (
    Confusion,
    Decision,
    PlantedAnswer,
    PlantedError,
    ReviewItem,
    ReviewTask,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Mask:
    """A planted error with all its answers, oldest first, as its question shows it."""

    item: ReviewItem
    planted: PlantedError
    answers: Sequence[PlantedAnswer]

    @property
    def asked(self) -> DerivedArtifact | None:
        """What the question showed before any answer; None where nothing was found."""
        if self.planted.kind == Confusion.NOTHING:
            return None
        one = self.planted
        machine = self.item.artifact_id
        return self._artifact(machine, Origin.MACHINE, one.payload, one.region)

    @property
    def standing(self) -> DerivedArtifact | None:
        """What it shows now. After an undo it is what stood before, put there anew."""
        if not self.answers:
            return self.asked
        last, given = self.answers[-1], self.standing_answer
        if given is not None:
            return self._said(given, number=last.artifact_ref)
        payload = self.planted.payload
        if self.planted.kind == Confusion.NOTHING:
            payload = _nothing(self.item)
        return self._artifact(
            last.artifact_ref, Origin.RESTORE, payload, self.planted.region
        )

    @property
    def standing_answer(self) -> PlantedAnswer | None:
        return next((one for one in reversed(self.answers) if one.stands), None)

    @property
    def standing_told(self) -> Decision | None:
        return self.told(self.standing_answer) if self.standing_answer else None

    def told(self, answer: PlantedAnswer) -> Decision:
        """The answer as a decision about a doubt."""
        artifact = self._said(answer, number=answer.artifact_ref)
        if answer.verdict == Verdict.UNDO:
            artifact = self.standing or artifact
        return Decision(
            decision_id=answer.pk,
            item=self.item,
            sequence=answer.sequence,
            reviewer=answer.reviewer,
            verdict=answer.verdict,
            artifact=artifact,
            active_ms=answer.active_ms,
            undoes_id=answer.undoes_id,
            decided_at=answer.decided_at,
        )

    def _said(self, answer: PlantedAnswer, *, number: uuid.UUID) -> DerivedArtifact:
        said = Answer(
            decision_id=answer.pk,
            slot=self.item.slot,
            verdict=Verdict(answer.verdict),
            value=answer.value,
        )
        payload = new_payload(said, item=self.item, raw=answer.raw)
        return self._artifact(number, Origin.HUMAN, payload, answer.region)

    def _artifact(
        self,
        number: uuid.UUID | None,
        origin: Origin,
        payload: dict[str, Any] | None,
        region: dict[str, Any] | None,
    ) -> DerivedArtifact:
        task = self.item.task
        return DerivedArtifact(
            artifact_id=number,
            source_id=task.source_id,
            generation_id=task.generation_id,
            kind=Kind.FIELD,
            slot=self.item.slot,
            origin=origin,
            payload=payload,
            region=region,
        )


def _nothing(item: ReviewItem) -> dict[str, Any]:
    """As an undo says that nothing was found."""
    claim = Claim(
        slot=item.slot,
        value="",
        raw="",
        value_type=ValueType(item.value_type),
        confidence=0.0,
        status=ClaimStatus.UNVERIFIED,
        reason=MISSING,
        critical=item.critical,
    )
    payload = claim.as_json()
    del payload["region"]
    return payload


@compiled
def _planted_in(task_id: uuid.UUID) -> QuerySet[PlantedError]:
    return PlantedError.objects.of_task(ReviewTask(pk=task_id))


def masks_of(task: ReviewTask, items: Iterable[ReviewItem]) -> dict[uuid.UUID, Mask]:
    """By item; of most tasks none. Each such item then has what its question showed in
    place of its artifact, and must not be saved with it.
    """
    planted = {one.pk: one for one in _planted_in(task.pk)}
    if not planted:
        return {}
    answers: dict[uuid.UUID, list[PlantedAnswer]] = {pk: [] for pk in planted}
    for answer in PlantedAnswer.objects.of_task(task).with_answerers():
        answers[answer.planted_id].append(answer)
    found = {}
    for item in items:
        if item.pk in planted:
            item.task = task
            mask = Mask(_copy(item), planted[item.pk], answers[item.pk])
            found[item.pk] = mask
            item.artifact = mask.asked
    return found


def _copy(item: ReviewItem) -> ReviewItem:
    """The item as it was, with the number of the artifact that the machine made."""
    fields = {f.attname: getattr(item, f.attname) for f in item._meta.concrete_fields}
    copied = ReviewItem(**fields)
    copied.task = item.task
    return copied


def as_shown(
    masks: Mapping[uuid.UUID, Mask], live: Iterable[DerivedArtifact]
) -> list[DerivedArtifact]:
    """A task's live fields, with what its questions show where that is planted."""
    if not masks:
        return list(live)
    hidden = {mask.item.slot for mask in masks.values()}
    shown = [mask.standing for mask in masks.values()]
    kept = [one for one in live if one.slot not in hidden]
    return kept + [one for one in shown if one is not None]


def of_task(task: ReviewTask) -> list[Mask]:
    return list(masks_of(task, task.items.all()).values())
