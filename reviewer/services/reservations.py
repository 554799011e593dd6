"""Who holds a task, and until when."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog import services as catalog
from catalog.ids import new_id
from catalog.models import Tenant
from reviewer.models import ReviewTask
from reviewer.narrowing import Narrowing

RESERVATION = timedelta(seconds=120)
ANYTHING = Narrowing()


class ReservationLost(Exception):
    """Somebody else holds the task, or it is answered; task says who and until when."""

    def __init__(self, task: ReviewTask) -> None:
        super().__init__("the reservation is lost")
        self.task = task


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
    task = locked(user, task_id)
    if task.state != ReviewTask.State.OPEN or task.is_held_by_other(user):
        raise ReservationLost(task)
    return _hold(task, user)


def locked(user: User, task_id: uuid.UUID) -> ReviewTask:
    return (
        ReviewTask.objects.visible_to(user)
        .select_for_update(of=("self",), no_key=True)
        .select_related(
            "generation__source",
            "comparison__new_generation",
            "tenant",
            "reserver",
        )
        .get(pk=task_id)
    )


def hold_source_of(task_id: uuid.UUID) -> None:
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


def let_go(task: ReviewTask) -> None:
    task.reserver = task.reservation_token = task.reserved_until = None


def check_held(task: ReviewTask, user: User, token: uuid.UUID) -> None:
    """Raises ReservationLost unless the user's token still holds the locked task.

    A reservation that ran out still holds until somebody else takes the task: being
    slow must not cost a person their work.
    """
    held = (task.reserver_id, task.reservation_token) == (user.pk, token)
    if task.state != ReviewTask.State.OPEN or not held:
        raise ReservationLost(task)


def held(user: User, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """The task, locked. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = locked(user, task_id)
    check_held(task, user, token)
    return task


@transaction.atomic
def extend(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """Hold the task for another while.

    Raises ReviewTask.DoesNotExist, ReservationLost.
    """
    task = held(user, task_id, token)
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
    task = held(user, task_id, token)
    task.skipped_by = sorted({*task.skipped_by, user.pk})
    let_go(task)
    task.save()
