"""One field of many documents: held together, and answered together.

All tasks of a sheet carry one token, the sheet's. There is no row of its own: a sheet
is what its holder still holds of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog.ids import new_id
from reviewer.answers import Answer, AnswerRefused
from reviewer.models import (
    Decision,
    ReviewItem,
    ReviewTask,
    UnansweredTime,
    scopes_of,
)
from reviewer.narrowing import Narrowing
from reviewer.services.decisions import file_answer, keeping_what_is_late
from reviewer.services.reservations import ANYTHING, RESERVATION, ReservationLost

SIZE, LARGEST = 24, 48
NOTHING_WRONG: Mapping[uuid.UUID, str] = {}
LET_GO = {
    "reserver": None,
    "reservation_token": None,
    "reserved_until": None,
    "ahead": False,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """tasks: in triage order."""

    token: uuid.UUID
    tasks: Sequence[ReviewTask]


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    task_id: uuid.UUID
    answer: Answer


@dataclass(slots=True)
class Outcome:
    """What became of a sheet's answers. By task: decisions; those that came too late;
    what to say of those that make no sense, which stay held.
    """

    decisions: dict[uuid.UUID, Decision] = field(default_factory=dict)
    late: dict[uuid.UUID, ReservationLost] = field(default_factory=dict)
    refused: dict[uuid.UUID, str] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """How many are second opinions now."""
        return sum(late.kept is not None for late in self.late.values())


@transaction.atomic
def take_sheet(
    *,
    user: User,
    slot: str,
    narrowing: Narrowing = ANYTHING,
    size: int = SIZE,
    but: Collection[uuid.UUID] = (),
) -> Sheet | None:
    """Hold the most urgent tasks that doubt this field and that nobody holds, all at
    once; None where there is none. but: tasks that are left to the desk.
    """
    here = narrowing.apply(ReviewTask.objects.within(scopes_of(user)))
    wanted = here.free_for(user).doubting(slot).exclude(pk__in=list(but))
    rows = wanted.select_for_update(of=("self",), no_key=True, skip_locked=True)
    found = [task.pk for task in rows.in_triage_order()[: min(size, LARGEST)]]
    token = new_id()
    ReviewTask.objects.filter(pk__in=found).update(
        reserver=user,
        reservation_token=token,
        reserved_until=timezone.now() + RESERVATION,
        ahead=False,
    )
    return Sheet(token, _tasks(user, token)) if found else None


@transaction.atomic
def hold_sheet(*, user: User, token: uuid.UUID) -> Sheet | None:
    """Hold what the user still holds of a sheet for another while; None: nothing."""
    held = ReviewTask.objects.on_sheet(user, token)
    held.update(reserved_until=timezone.now() + RESERVATION)
    tasks = _tasks(user, token)
    return Sheet(token, tasks) if tasks else None


@transaction.atomic
def put_sheet_back(
    *,
    user: User,
    token: uuid.UUID,
    active_ms: int = 0,
    but: Collection[uuid.UUID] = (),
) -> None:
    """Let go of what is held of it, but for some. active_ms: spent without answers."""
    held = ReviewTask.objects.on_sheet(user, token).exclude(pk__in=list(but))
    ids = list(held.select_for_update(no_key=True).values_list("pk", flat=True))
    for task_id, ms in zip(ids, shares(active_ms, len(ids)), strict=True):
        UnansweredTime.objects.spent(task_id, UnansweredTime.Ended.LEFT, ms)
    ReviewTask.objects.filter(pk__in=ids).update(**LET_GO)


def answer_sheet(
    *,
    user: User,
    token: uuid.UUID,
    answers: Sequence[SheetAnswer],
    left_out: Collection[uuid.UUID] = (),
    wrong: Mapping[uuid.UUID, str] = NOTHING_WRONG,
    active_ms: int = 0,
) -> Outcome:
    """File a sheet's answers, each as decide() does it, in a transaction of its own.

    So a crash or a lost reservation costs no other answer, and the same call again
    gives the same decisions. The time at work is shared alike among what was answered
    and what was left out. Tasks that ask more, and what was left out, go back to the
    queue; those whose answer was refused stay held. wrong: what could not be read.
    """
    outcome = Outcome(refused=dict(wrong))
    times = shares(active_ms, len(answers) + len(left_out))
    for one, ms in zip(answers, times, strict=False):
        timed = replace(one, answer=replace(one.answer, active_ms=ms))
        _file(user, token, timed, outcome)
    unanswered = times[len(answers) :]
    with transaction.atomic():
        _leave(user, token, dict(zip(left_out, unanswered, strict=True)))
        put_sheet_back(user=user, token=token, but=outcome.refused)
    return outcome


def _file(user: User, token: uuid.UUID, one: SheetAnswer, outcome: Outcome) -> None:
    task_id, answer = one.task_id, one.answer
    try:
        with keeping_what_is_late(user, task_id, answer), transaction.atomic():
            filed = file_answer(user=user, task_id=task_id, token=token, answer=answer)
            filed.seal()
    except ReservationLost as late:
        outcome.late[task_id] = late
    except AnswerRefused as error:
        outcome.refused[task_id] = str(error)
    except (ReviewTask.DoesNotExist, ReviewItem.DoesNotExist):
        outcome.refused[task_id] = "This case is gone."
    else:
        outcome.decisions[task_id] = filed.decision


def _leave(user: User, token: uuid.UUID, times: dict[uuid.UUID, int]) -> None:
    """Of what is still held only: a sheet that is sent twice has let go of the rest."""
    held = ReviewTask.objects.on_sheet(user, token).filter(pk__in=times)
    for task_id in held.values_list("pk", flat=True):
        ended = UnansweredTime.Ended.LEFT_OUT
        UnansweredTime.objects.spent(task_id, ended, times[task_id])


def shares(total: int, parts: int) -> list[int]:
    """Whole parts, as alike as can be, that sum up to the total."""
    if parts == 0:
        return []
    each, over = divmod(total, parts)
    return [each + (index < over) for index in range(parts)]


def _tasks(user: User, token: uuid.UUID) -> list[ReviewTask]:
    held = ReviewTask.objects.on_sheet(user, token).in_triage_order()
    return list(
        held.select_related("generation__source", "comparison", "tenant").defer(
            "generation__steps"
        )
    )
