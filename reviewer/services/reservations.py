"""Who holds a task, and until when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from catalog.compiled import compiled
from catalog.ids import new_id
from catalog.models import Tenant
from reviewer.claiming import Claim, claim
from reviewer.models import (
    AHEAD,
    ReviewTask,
    Scope,
    SecondOpinion,
    UnansweredTime,
    scopes_of,
)
from reviewer.narrowing import Narrowing

RESERVATION = timedelta(seconds=120)
ANYTHING = Narrowing()


class ReservationLost(Exception):
    """Somebody else holds the task, or it is answered; task says who and until when.

    kept: the answer that came with it, where it was kept beside what stands. answered:
    the reservation is held, but the field has an answer that the page does not know of.
    """

    def __init__(self, task: ReviewTask, *, answered: bool = False) -> None:
        super().__init__("the reservation is lost")
        self.task = task
        self.kept: SecondOpinion | None = None
        self.answered = answered


def reserve_next(
    *,
    user: User,
    tenant: Tenant | None = None,
    narrowing: Narrowing = ANYTHING,
    resume: bool = True,
    scopes: Sequence[Scope] | None = None,
) -> ReviewTask | None:
    """Give the user the most urgent task that nobody else holds, or None.

    A task that the user already holds comes first; resume=False: only one that was kept
    ahead for the user. Then what others held and let run out. Those that the user
    skipped come only by name (reserve).
    """
    scopes = scopes_of(user, tenant=tenant) if scopes is None else scopes
    return _claimed(user, scopes, narrowing, length=RESERVATION, resume=resume)


def reserve_ahead(
    *,
    user: User,
    shown: ReviewTask,
    narrowing: Narrowing = ANYTHING,
    scopes: Sequence[Scope] | None = None,
) -> ReviewTask | None:
    """Keep the task that will come after the one shown, for a minute.

    It is lent: somebody who finds nothing else may have it (see claiming).
    """
    scopes = scopes_of(user) if scopes is None else scopes
    return _claimed(
        user, scopes, narrowing, length=AHEAD, ahead=True, resume=False, but=shown.pk
    )


def _claimed(
    user: User,
    scopes: Sequence[Scope],
    narrowing: Narrowing,
    *,
    length: timedelta,
    ahead: bool = False,
    resume: bool = True,
    but: uuid.UUID | None = None,
) -> ReviewTask | None:
    return claim(
        Claim(
            user_id=user.pk,
            token=new_id(),
            now=timezone.now(),
            scopes=scopes,
            narrowing=narrowing,
            length=length,
            ahead=ahead,
            resume=resume,
            but=but,
        )
    )


@transaction.atomic
def reserve(*, user: User, task_id: uuid.UUID) -> ReviewTask:
    """Give the user this task. Raises ReviewTask.DoesNotExist, ReservationLost.

    What is outside of the user's skills does not exist for the user, nor what somebody
    else is to read without the user's answer.
    """
    task = locked(user, task_id)
    if task.state != ReviewTask.State.OPEN or task.is_held_by_other(user):
        raise ReservationLost(task)
    given = ReviewTask.objects.within(scopes_of(user)).not_closed_to(user)
    if not given.filter(pk=task_id).exists():
        raise ReviewTask.DoesNotExist
    return hold(task, user)


def locked(user: User, task_id: uuid.UUID) -> ReviewTask:
    """Raises ReviewTask.DoesNotExist."""
    found = _lock(user.pk, task_id, operator=user.is_superuser)
    if not found:
        raise ReviewTask.DoesNotExist
    return found[0]


@compiled
def _lock(user_id: int, task_id: uuid.UUID, *, operator: bool) -> QuerySet[ReviewTask]:
    user = User(pk=user_id, is_superuser=operator)
    return (
        ReviewTask.objects.visible_to(user)
        .not_closed_to(user)
        .select_for_update(of=("self",), no_key=True)
        .select_related(
            "generation__source",
            "comparison__new_generation",
            "tenant",
            "reserver",
        )
        # Long, and nothing here asks for them.
        .defer("generation__steps", "comparison__new_generation__steps")
        .filter(pk=task_id)
    )


def seen(user: User, task_id: uuid.UUID) -> ReviewTask:
    """As it is now, to be asked about. Raises ReviewTask.DoesNotExist."""
    found = _visible(user.pk, task_id, operator=user.is_superuser)
    if not found:
        raise ReviewTask.DoesNotExist
    return found[0]


@compiled
def _visible(
    user_id: int, task_id: uuid.UUID, *, operator: bool
) -> QuerySet[ReviewTask]:
    user = User(pk=user_id, is_superuser=operator)
    return ReviewTask.objects.visible_to(user).filter(pk=task_id)


def hold_source_of(task_id: uuid.UUID) -> None:
    """Before the task is locked, as an erasure does it. What was erased has withdrawn
    its tasks, and that is what the person is told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM source_media WHERE source_id = (SELECT source_id"
            " FROM review_task WHERE task_id = %s) FOR KEY SHARE",
            [task_id],
        )


def hold(task: ReviewTask, user: User) -> ReviewTask:
    """A new token each time: a page that was left behind can no longer put back what
    another page of the same person has taken since."""
    task.reserver = user
    task.reservation_token = new_id()
    task.reserved_until = timezone.now() + RESERVATION
    task.ahead = False
    task.save(
        update_fields=["reserver", "reservation_token", "reserved_until", "ahead"]
    )
    return task


def let_go(task: ReviewTask) -> None:
    task.reserver = task.reservation_token = task.reserved_until = None
    task.ahead = False


def holds(task: ReviewTask, user: User, token: uuid.UUID) -> bool:
    """Whether the user's token still holds the task.

    A reservation that ran out still holds until somebody else takes the task: being
    slow must not cost a person their work.
    """
    held = (task.reserver_id, task.reservation_token) == (user.pk, token)
    return task.state == ReviewTask.State.OPEN and held


def check_held(task: ReviewTask, user: User, token: uuid.UUID) -> None:
    """Raises ReservationLost unless the user's token still holds the locked task."""
    if not holds(task, user, token):
        raise ReservationLost(task)


def held(user: User, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """The task, locked. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = locked(user, task_id)
    check_held(task, user, token)
    return task


@transaction.atomic
def extend(*, user: User, task_id: uuid.UUID, token: uuid.UUID) -> ReviewTask:
    """Hold the task for another while, and what is kept ahead with it.

    Raises ReviewTask.DoesNotExist, ReservationLost.
    """
    task = held(user, task_id, token)
    now = timezone.now()
    task.reserved_until = now + RESERVATION
    task.ahead = False
    task.save(update_fields=["reserved_until", "ahead"])
    kept = ReviewTask.objects.reserved_by(user).filter(ahead=True)
    kept.update(reserved_until=Greatest(F("reserved_until"), Value(now + AHEAD)))
    return task


@transaction.atomic
def put_back(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, active_ms: int = 0
) -> None:
    """End a reservation at once, so that others need not wait for its end; with it goes
    what was kept for after it. A token that holds nothing any more changes nothing.
    active_ms: at work on it since the last answer. Raises ReviewTask.DoesNotExist.
    """
    ReviewTask.objects.visible_to(user).only("pk").get(pk=task_id)
    own = ReviewTask.objects.filter(state=ReviewTask.State.OPEN, reserver=user)
    shown = Q(pk=task_id, reservation_token=token)
    lent = Q(ahead=True, reserved_until__lte=timezone.now() + AHEAD)
    if own.filter(shown).exists():
        UnansweredTime.objects.spent(task_id, UnansweredTime.Ended.LEFT, active_ms)
        own.filter(shown | lent).update(
            reserver=None, reservation_token=None, reserved_until=None, ahead=False
        )


@transaction.atomic
def skip(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, active_ms: int = 0
) -> None:
    """Leave the task to others. Raises ReviewTask.DoesNotExist, ReservationLost."""
    task = held(user, task_id, token)
    UnansweredTime.objects.spent(task_id, UnansweredTime.Ended.SKIPPED, active_ms)
    task.skipped_by = sorted({*task.skipped_by, user.pk})
    let_go(task)
    task.save()
