"""The reviewer's verbs. Each is one transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog import services as catalog
from catalog.ids import new_id
from catalog.models import Disposition, GoldenValue, Kind, State, Tenant
from catalog.models.derived_artifact import DerivedArtifact
from catalog.regions import Region
from pipeline.claims import Claim, ClaimStatus, ValueType
from pipeline.extracting.values import normalise
from pipeline.manifest import Manifest
from pipeline.models import Run
from reviewer import triage
from reviewer.models import Correction, Decision, ReviewItem, ReviewTask, Verdict

RESERVATION = timedelta(seconds=120)


class ReservationLost(Exception):
    """The reservation ran out and somebody else holds or has answered the task."""


class AnswerRefused(Exception):
    """The answer makes no sense; the message says what to do, for the reviewer."""


@transaction.atomic
def open_task(*, run: Run) -> ReviewTask | None:
    """Ask people about a run's generation, if its disposition says so."""
    generation = run.generation
    if (
        generation is None
        or generation.disposition != Disposition.HUMAN_REVIEW
        or generation.state != State.CURRENT
    ):
        return None
    fields = triage.fields_of(generation)
    manifest = Manifest.of(run.pipeline_version)
    doubts = triage.questions(generation=generation, fields=fields, manifest=manifest)
    stakes = triage.stakes_of(doubts)
    task = ReviewTask.objects.create(
        tenant_id=generation.source.tenant_id,
        source=generation.source,
        generation=generation,
        stakes=stakes,
        priority=triage.priority_of(stakes, doubts),
        reason=doubts[0].reason if doubts else generation.reason,
        document_type=generation.document_type,
        template_key=generation.template_key,
    )
    by_slot = {artifact.slot: artifact for artifact in fields}
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                task=task,
                position=position,
                slot=doubt.slot,
                value_type=doubt.value_type,
                critical=doubt.critical,
                artifact=by_slot.get(doubt.slot),
                reason=doubt.reason,
            )
            for position, doubt in enumerate(doubts)
        ]
    )
    return task


@transaction.atomic
def reserve_next(*, user: User, tenant: Tenant | None = None) -> ReviewTask | None:
    """Give the user the most urgent task that nobody else holds, or None.

    A task that the user already holds comes first; those that the user skipped come
    only by name (reserve).
    """
    tasks = ReviewTask.objects.visible_to(user)
    if tenant is not None:
        tasks = tasks.filter(tenant=tenant)
    task = (
        tasks.reserved_by(user).not_skipped_by(user).in_triage_order().first()
        or tasks.free_for(user)
        .not_skipped_by(user)
        .in_triage_order()
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .first()
    )
    return _hold(task, user) if task is not None else None


@transaction.atomic
def reserve(*, user: User, task_id: uuid.UUID) -> ReviewTask:
    """Give the user this task. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = (
        ReviewTask.objects.visible_to(user)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=task_id)
    )
    held_by_other = (
        task.reserver_id not in (None, user.pk)
        and task.reserved_until is not None
        and task.reserved_until > timezone.now()
    )
    if task.state != ReviewTask.State.OPEN or held_by_other:
        raise ReservationLost
    return _hold(task, user)


def _hold(task: ReviewTask, user: User) -> ReviewTask:
    if task.reserver_id != user.pk or task.reservation_token is None:
        task.reservation_token = new_id()
    task.reserver = user
    task.reserved_until = timezone.now() + RESERVATION
    task.save(update_fields=["reserver", "reservation_token", "reserved_until"])
    return task


def _let_go(task: ReviewTask) -> None:
    task.reserver = task.reservation_token = task.reserved_until = None


def _held(task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """The task, locked, if the token still holds it. Raises ReservationLost.

    A reservation that ran out still holds until somebody else takes the task: being
    slow must not cost a person their work.
    """
    task = (
        ReviewTask.objects.select_for_update(no_key=True, of=("self",))
        .select_related("generation__source")
        .filter(pk=task_id, reservation_token=token, state=ReviewTask.State.OPEN)
        .first()
    )
    if task is None:
        raise ReservationLost
    return task


@transaction.atomic
def extend(*, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """Hold the task for another while. Raises ReservationLost."""
    task = _held(task_id, token)
    task.reserved_until = timezone.now() + RESERVATION
    task.save(update_fields=["reserved_until"])
    return task


@transaction.atomic
def put_back(*, task_id: uuid.UUID, token: uuid.UUID) -> None:
    """End a reservation at once, so that others need not wait for its end."""
    ReviewTask.objects.filter(pk=task_id, reservation_token=token).update(
        reserver=None, reservation_token=None, reserved_until=None
    )


@transaction.atomic
def skip(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> None:
    """Leave the task to others. Raises ReservationLost."""
    task = _held(task_id, token)
    task.skipped_by = sorted({*task.skipped_by, user.pk})
    _let_go(task)
    task.save()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says about one item.

    decision_id is made by whoever asks, so that a repeated call is one decision.
    value is what was typed or picked ("" for absent and unreadable); region is where it
    stands, if the person showed it.
    """

    decision_id: uuid.UUID
    slot: str
    verdict: Verdict
    value: str = ""
    region: Region | None = None
    how: Correction.How = Correction.How.TYPED
    active_ms: int = 0


@transaction.atomic
def decide(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, answer: Answer
) -> Decision:
    """File an answer: human artifact, decision, golden value, all or nothing.

    The same decision_id again gives the same decision. When the last item is answered
    the task is done and the generation's values are released.
    Raises ReservationLost, AnswerRefused, ReviewItem.DoesNotExist.
    """
    known = Decision.objects.filter(pk=answer.decision_id, reviewer=user).first()
    if known is not None:
        return known
    task = _held(task_id, token)
    item = task.items.select_related("artifact").get(slot=answer.slot)
    standing = _standing(task, item)
    value = _value(item, standing, answer)
    artifact = catalog.record_human_artifact(
        generation=task.generation,
        answer=catalog.HumanValue(
            slot=item.slot,
            payload=_payload(item, answer, value),
            region=_region(standing, answer),
            decision_id=answer.decision_id,
            actor=user,
        ),
    )
    decision = Decision.objects.create(
        decision_id=answer.decision_id,
        item=item,
        sequence=item.decisions.count() + 1,
        reviewer=user,
        verdict=answer.verdict,
        artifact=artifact,
        active_ms=answer.active_ms,
    )
    if answer.verdict != Verdict.CONFIRM:
        Correction.objects.create(
            decision=decision,
            how=answer.how,
            old_value=_payload_value(standing),
            old_region=standing.region if standing else None,
            new_value=value,
            new_region=artifact.region,
        )
    _file_golden(task, item, decision, standing)
    _close_item(task, item)
    return decision


def _standing(task: ReviewTask, item: ReviewItem) -> DerivedArtifact | None:
    return (
        DerivedArtifact.objects.live_in(task.generation)
        .filter(kind=Kind.FIELD, slot=item.slot)
        .first()
    )


def _payload_value(artifact: DerivedArtifact | None) -> str:
    return str(artifact.payload["value"]) if artifact and artifact.payload else ""


def _value(item: ReviewItem, standing: DerivedArtifact | None, answer: Answer) -> str:
    """The normalised value that the answer means. Raises AnswerRefused."""
    if answer.verdict == Verdict.CONFIRM:
        if standing is None:
            raise AnswerRefused("There is no value to confirm: type it, or say absent.")
        return _payload_value(standing)
    if answer.verdict in (Verdict.ABSENT, Verdict.UNREADABLE):
        return ""
    value = normalise(ValueType(item.value_type), answer.value)
    if not value:
        raise AnswerRefused(f"This does not read as a {item.value_type}: check it.")
    return value


def _region(standing: DerivedArtifact | None, answer: Answer) -> dict[str, Any] | None:
    if answer.region is not None:
        return answer.region.as_json()
    if answer.verdict in (Verdict.ABSENT, Verdict.UNREADABLE) or standing is None:
        return None
    return standing.region


def _payload(item: ReviewItem, answer: Answer, value: str) -> dict[str, Any]:
    claim = Claim(
        slot=item.slot,
        value=value,
        raw=answer.value or value,
        value_type=ValueType(item.value_type),
        confidence=1.0,
        status=ClaimStatus.VERIFIED,
        reason=f"person_{answer.verdict}",
        critical=item.critical,
    )
    payload = claim.as_json()
    del payload["region"]
    return payload


def _file_golden(
    task: ReviewTask,
    item: ReviewItem,
    decision: Decision,
    standing: DerivedArtifact | None,
) -> None:
    if decision.verdict == Verdict.UNREADABLE:
        return  # nobody knows the truth, so it is no expectation of any version
    generation = task.generation
    catalog.file_golden_value(
        generation=generation,
        value=GoldenValue(
            slot=item.slot,
            value_type=item.value_type,
            value=_payload_value(decision.artifact),
            region=decision.artifact.region,
            machine_value=_payload_value(standing),
            machine_region=standing.region if standing else None,
            pipeline_version=generation.pipeline_version,
            model_id=(standing.model_id or "") if standing else "",
            decision_ref=decision.decision_id,
            filed_by=decision.reviewer,
        ),
        slices={
            "tenant": task.tenant.slug,
            "template": generation.template_key,
            "document_type": generation.document_type,
            "modality": generation.source.modality,
        },
    )


def _close_item(task: ReviewTask, item: ReviewItem) -> None:
    item.decided = True
    item.save(update_fields=["decided"])
    task.reserved_until = timezone.now() + RESERVATION
    if not task.items.filter(decided=False).exists():
        task.state = ReviewTask.State.DONE
        task.done_at = timezone.now()
        _let_go(task)
        catalog.release(generation=task.generation)
    task.save()


@transaction.atomic
def close_without_items(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> None:
    """Say that a document of no known type was looked at. Raises ReservationLost."""
    task = _held(task_id, token)
    if task.items.filter(Q(decided=False)).exists():
        raise AnswerRefused("Answer the open fields first.")
    task.state = ReviewTask.State.DONE
    task.done_at = timezone.now()
    _let_go(task)
    task.save()
