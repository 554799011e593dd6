"""The reviewer's verbs. Each is one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog import services as catalog
from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    Disposition,
    Generation,
    Kind,
    Origin,
    State,
    Tenant,
)
from pipeline.doubts import ASKED_AGAIN, Doubt, every_field
from pipeline.manifest import Manifest
from pipeline.models import Run
from pipeline.report import live_fields
from reviewer import answers, triage
from reviewer.answers import Answer, AnswerRefused
from reviewer.models import Correction, Decision, ReviewItem, ReviewTask, Verdict
from reviewer.narrowing import Narrowing

__all__ = [
    "RESERVATION",
    "Answer",
    "AnswerRefused",
    "ReservationLost",
    "close_without_items",
    "decide",
    "extend",
    "open_task",
    "put_back",
    "reopen",
    "reserve",
    "reserve_next",
    "skip",
]

log = structlog.get_logger()

TAKEN_NUMBER = "This answer has the number of another one: send it anew."
RESERVATION = timedelta(seconds=120)
ANYTHING = Narrowing()


class ReservationLost(Exception):
    """Somebody else holds the task, or it is answered; task says who and until when."""

    def __init__(self, task: ReviewTask) -> None:
        super().__init__("the reservation is lost")
        self.task = task


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
    fields = live_fields(generation)
    manifest = Manifest.of(run.pipeline_version)
    doubts = triage.questions(generation=generation, fields=fields, manifest=manifest)
    return _file_task(generation, doubts, fields)


@transaction.atomic
def reopen(*, user: User, source_id: uuid.UUID) -> ReviewTask:
    """Ask about every field of a source anew: a released value may prove wrong.

    The open task, if there is one. What was released stays so until it is answered.
    Raises Generation.DoesNotExist where nothing current is to be seen, AnswerRefused
    for a document of no known type.
    """
    with suppress(catalog.SourceErased):
        catalog.hold_source(source_id=source_id)
    generation = (
        Generation.objects.visible_to(user)
        .current()
        .select_related("source", "run__pipeline_version")
        .select_for_update(of=("self",), no_key=True)
        .get(source=source_id)
    )
    task = ReviewTask.objects.open().filter(generation=generation).first()
    if task is not None:
        return task
    manifest = Manifest.of(generation.run.pipeline_version)
    spec = manifest.document_type(generation.document_type)
    if spec is None:
        raise AnswerRefused("It is of no known type: there are no fields to review.")
    claims = triage.claims_of(live_fields(generation))
    machine = generation.artifacts.of_kind(Kind.FIELD).filter(origin=Origin.MACHINE)
    doubts = every_field(claims, spec, reason=ASKED_AGAIN)
    return _file_task(generation, doubts, list(machine))


def _file_task(
    generation: Generation,
    doubts: Sequence[Doubt],
    fields: Sequence[DerivedArtifact],
) -> ReviewTask:
    """A task with an item a doubt, each with the machine's artifact for its slot."""
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
def reserve_next(
    *,
    user: User,
    tenant: Tenant | None = None,
    narrowing: Narrowing = ANYTHING,
) -> ReviewTask | None:
    """Give the user the most urgent task that nobody else holds, or None.

    A task that the user already holds comes first; those that the user skipped come
    only by name (reserve).
    """
    tasks = ReviewTask.objects.of_tenants_of(user)
    if tenant is not None:
        tasks = tasks.filter(tenant=tenant)
    wanted = narrowing.apply(tasks).not_skipped_by(user).in_triage_order()
    task = (
        wanted.reserved_by(user).select_for_update(of=("self",), no_key=True).first()
        or wanted.free_for(user)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .first()
    )
    return _hold(task, user) if task is not None else None


@transaction.atomic
def reserve(*, user: User, task_id: uuid.UUID) -> ReviewTask:
    """Give the user this task. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = _locked(user, task_id)
    if task.state != ReviewTask.State.OPEN or task.is_held_by_other(user):
        raise ReservationLost(task)
    return _hold(task, user)


def _locked(user: User, task_id: uuid.UUID) -> ReviewTask:
    return (
        ReviewTask.objects.visible_to(user)
        .select_for_update(of=("self",), no_key=True)
        .select_related("generation__source", "tenant", "reserver")
        .get(pk=task_id)
    )


def _hold_source_of(task_id: uuid.UUID) -> None:
    """Before the task is locked, as an erasure does it. What was erased has withdrawn
    its tasks, and that is what the person is told.
    """
    found = ReviewTask.objects.filter(pk=task_id).values_list("source_id", flat=True)
    with suppress(catalog.SourceErased):
        for source_id in found:
            catalog.hold_source(source_id=source_id)


def _hold(task: ReviewTask, user: User) -> ReviewTask:
    """A new token each time: a page that was left behind can no longer answer, nor
    put back what another page of the same person has taken since."""
    task.reserver = user
    task.reservation_token = new_id()
    task.reserved_until = timezone.now() + RESERVATION
    task.save(update_fields=["reserver", "reservation_token", "reserved_until"])
    return task


def _let_go(task: ReviewTask) -> None:
    task.reserver = task.reservation_token = task.reserved_until = None


def _check_held(task: ReviewTask, user: User, token: uuid.UUID) -> None:
    """Raises ReservationLost unless the user's token still holds the locked task.

    A reservation that ran out still holds until somebody else takes the task: being
    slow must not cost a person their work.
    """
    held = (task.reserver_id, task.reservation_token) == (user.pk, token)
    if task.state != ReviewTask.State.OPEN or not held:
        raise ReservationLost(task)


def _held(user: User, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """The task, locked. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = _locked(user, task_id)
    _check_held(task, user, token)
    return task


@transaction.atomic
def extend(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """Hold the task for another while.

    Raises ReviewTask.DoesNotExist, ReservationLost.
    """
    task = _held(user, task_id, token)
    task.reserved_until = timezone.now() + RESERVATION
    task.save(update_fields=["reserved_until"])
    return task


@transaction.atomic
def put_back(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> None:
    """End a reservation at once, so that others need not wait for its end.

    A token that holds nothing any more changes nothing.
    """
    tasks = ReviewTask.objects.filter(reserver=user, reservation_token=token)
    tasks.filter(pk=task_id).update(
        reserver=None, reservation_token=None, reserved_until=None
    )


@transaction.atomic
def skip(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> None:
    """Leave the task to others. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = _held(user, task_id, token)
    task.skipped_by = sorted({*task.skipped_by, user.pk})
    _let_go(task)
    task.save()


@transaction.atomic
def decide(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, answer: Answer
) -> Decision:
    """File an answer: human artifact, decision, golden value, all or nothing.

    The same decision_id again gives the same decision, whatever became of the task
    since. When the last item is answered the task is done and the generation's values
    are released. An item may be answered anew while its task is open.
    Raises ReviewTask.DoesNotExist, ReviewItem.DoesNotExist, ReservationLost,
    AnswerRefused.
    """
    _hold_source_of(task_id)
    task = _locked(user, task_id)
    known = Decision.objects.filter(pk=answer.decision_id).first()
    if known is not None:
        return _same(known, user, task)
    _check_held(task, user, token)
    item = task.items.select_related("artifact").get(slot=answer.slot)
    standing = _standing(task, item)
    said = answers.settled(answer, item=item, standing=standing)
    decision = _record_decision(task, item, standing, user, said, raw=answer.value)
    if said.verdict != Verdict.CONFIRM:
        _record_correction(decision, said.how, standing)
    catalog.file_golden_value(
        generation=task.generation,
        value=answers.expectation(task, item, decision),
        slices=answers.slices_of(task),
    )
    _close_item(task, item)
    return decision


def _same(known: Decision, user: User, task: ReviewTask) -> Decision:
    if known.reviewer_id != user.pk or known.item.task_id != task.pk:
        raise AnswerRefused(TAKEN_NUMBER)
    return known


def _standing(task: ReviewTask, item: ReviewItem) -> DerivedArtifact | None:
    return (
        DerivedArtifact.objects.live_in(task.generation)
        .of_kind(Kind.FIELD)
        .filter(slot=item.slot)
        .first()
    )


def _record_decision(
    task: ReviewTask,
    item: ReviewItem,
    standing: DerivedArtifact | None,
    user: User,
    said: Answer,
    *,
    raw: str,
) -> Decision:
    artifact = catalog.record_human_artifact(
        generation=task.generation,
        answer=catalog.HumanValue(
            slot=item.slot,
            payload=answers.new_payload(said, item=item, raw=raw),
            region=answers.new_region(said, standing),
            decision_id=said.decision_id,
            actor=user,
        ),
    )
    try:
        with transaction.atomic():
            return Decision.objects.create(
                decision_id=said.decision_id,
                item=item,
                sequence=item.decisions.count() + 1,
                reviewer=user,
                verdict=said.verdict,
                artifact=artifact,
                active_ms=said.active_ms,
            )
    except IntegrityError as error:
        # The same number at the same moment for another task.
        raise AnswerRefused(TAKEN_NUMBER) from error


def _record_correction(
    decision: Decision, how: str, standing: DerivedArtifact | None
) -> None:
    Correction.objects.create(
        decision=decision,
        how=how,
        old_value=answers.value_of(standing),
        old_region=answers.region_of(standing),
        new_value=answers.value_of(decision.artifact),
        new_region=decision.artifact.region,
    )


def _close_item(task: ReviewTask, item: ReviewItem) -> None:
    item.decided = True
    item.save(update_fields=["decided"])
    task.reserved_until = timezone.now() + RESERVATION
    if task.items.filter(decided=False).exists():
        task.save(update_fields=["reserved_until"])
        return
    _finish(task)
    catalog.release(generation=task.generation)


def _finish(task: ReviewTask) -> None:
    task.state = ReviewTask.State.DONE
    task.done_at = timezone.now()
    _let_go(task)
    task.save()


@transaction.atomic
def close_without_items(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> None:
    """Say that a document of no known type was looked at.

    Raises ReviewTask.DoesNotExist, ReservationLost, AnswerRefused.
    """
    task = _held(user, task_id, token)
    if task.items.filter(decided=False).exists():
        raise AnswerRefused("Answer the open fields first.")
    _finish(task)
    log.info("task_closed_without_items", task_id=str(task.pk), user=user.pk)
