"""What people say to each other about a task, and whom they ask."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog import services as catalog
from catalog.ids import new_id
from reviewer.answers import AnswerRefused
from reviewer.models import (
    Decision,
    PlantedAnswer,
    ReviewTask,
    Skills,
    TaskNote,
    UnansweredTime,
)
from reviewer.services.reservations import check_held, let_go, locked
from reviewer.team import may_have

TAKEN_NUMBER = "This note has the number of another one: send it anew."
LONGEST_NOTE = 1000  # characters
# How long a returned task waits for its first reviewer before anybody may have it.
RETURNED = timedelta(hours=24)


@transaction.atomic
def comment(
    *, user: User, task_id: uuid.UUID, note_id: uuid.UUID, text: str
) -> TaskNote:
    """Say something about a task to whoever reads it; the same note_id is one note.

    Raises ReviewTask.DoesNotExist, AnswerRefused.
    """
    task = _held_source(user, task_id)
    if not text.strip():
        raise AnswerRefused("Write the comment first.")
    return _note(task, user, note_id, TaskNote.Kind.COMMENT, text)


@transaction.atomic
def escalate(
    *,
    user: User,
    task_id: uuid.UUID,
    token: uuid.UUID,
    note_id: uuid.UUID,
    text: str = "",
    active_ms: int = 0,
) -> TaskNote:
    """Leave the task to a senior reviewer. What was answered of it stays.

    Raises ReviewTask.DoesNotExist, ReservationLost, AnswerRefused.
    """
    task = _held_source(user, task_id)
    if (known := _known(task, user, note_id)) is not None:
        return known
    check_held(task, user, token)
    if not Skills.objects.seniors_of(task.tenant, but=[user.pk, *task.excluded]):
        raise AnswerRefused(
            "Nobody else here is a senior reviewer: skip the case, or ask an admin to"
            " name one."
        )
    UnansweredTime.objects.spent(task_id, UnansweredTime.Ended.ESCALATED, active_ms)
    task.for_senior = True
    let_go(task)
    task.save()
    return _note(task, user, note_id, TaskNote.Kind.ESCALATE, text)


@transaction.atomic
def return_to_first(
    *,
    user: User,
    task_id: uuid.UUID,
    token: uuid.UUID,
    note_id: uuid.UUID,
    text: str = "",
    active_ms: int = 0,
) -> TaskNote:
    """Give the task back to who asked for help, or first answered it.

    It is kept for that person for a day, and is anybody's then. Raises
    ReviewTask.DoesNotExist, ReservationLost, AnswerRefused.
    """
    task = _held_source(user, task_id)
    if (known := _known(task, user, note_id)) is not None:
        return known
    check_held(task, user, token)
    first = first_reviewer(task, but=user)
    if first is None:
        raise AnswerRefused("Nobody else worked on this case before you.")
    UnansweredTime.objects.spent(task_id, UnansweredTime.Ended.RETURNED, active_ms)
    task.for_senior = False
    task.reserver = first
    task.reservation_token = new_id()
    task.reserved_until = timezone.now() + RETURNED
    task.ahead = True
    task.save()
    return _note(task, user, note_id, TaskNote.Kind.RETURN, text, to=first)


def first_reviewer(task: ReviewTask, *, but: User) -> User | None:
    """Who asked for help last, else who answered first; nobody who may not have it."""
    asked = TaskNote.objects.of_task(task).filter(kind=TaskNote.Kind.ESCALATE)
    asker = asked.exclude(author=but).order_by("-written_at").first()
    people = [asker.author if asker else None, _first_answerer(task, but=but)]
    for found in people:
        if found is None or not found.is_active or found.pk in task.excluded:
            continue
        if may_have(task, found):
            return found
    return None


def _first_answerer(task: ReviewTask, *, but: User) -> User | None:
    of_source = Decision.objects.filter(item__task__source=task.source_id)
    beside = PlantedAnswer.objects.of_source(task.source_id)
    given: list[Decision | PlantedAnswer | None] = [
        of_source.exclude(reviewer=but).select_related("reviewer").first(),
        beside.exclude(reviewer=but).select_related("reviewer").first(),
    ]
    ordered = sorted((a for a in given if a), key=lambda answer: answer.decided_at)
    return ordered[0].reviewer if ordered else None


def _held_source(user: User, task_id: uuid.UUID) -> ReviewTask:
    """The task, locked; nothing is written about a source that is being erased."""
    sources = ReviewTask.objects.visible_to(user).values_list("source_id", flat=True)
    try:
        catalog.hold_source(source_id=sources.get(pk=task_id))
    except catalog.SourceErased as error:
        raise AnswerRefused("The document was erased.") from error
    return locked(user, task_id)


def _known(task: ReviewTask, user: User, note_id: uuid.UUID) -> TaskNote | None:
    return TaskNote.objects.filter(pk=note_id, task=task, author=user).first()


def _note(
    task: ReviewTask,
    user: User,
    note_id: uuid.UUID,
    kind: TaskNote.Kind,
    text: str,
    *,
    to: User | None = None,
) -> TaskNote:
    known = TaskNote.objects.filter(pk=note_id).first()
    if known is not None:
        if (known.task_id, known.author_id) != (task.pk, user.pk):
            raise AnswerRefused(TAKEN_NUMBER)
        return known
    text = text.strip()[:LONGEST_NOTE]
    return TaskNote.objects.create(
        note_id=note_id, task=task, kind=kind, author=user, to=to, text=text
    )
