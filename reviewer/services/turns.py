"""A turn at the desk: an answer in, and with the last one the next case out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from reviewer.answers import Answer
from reviewer.models import Decision, ReviewTask, scopes_of
from reviewer.narrowing import Narrowing
from reviewer.services.decisions import Filed, file_answer, keeping_what_is_late
from reviewer.services.reservations import ANYTHING, reserve_ahead, reserve_next


@dataclass(frozen=True, slots=True)
class Turn:
    """following: the next task, held by the user, if the one answered is done; ahead:
    the one kept for after that.
    """

    decision: Decision
    task: ReviewTask
    following: ReviewTask | None = None
    ahead: ReviewTask | None = None

    @property
    def done(self) -> bool:
        return self.task.state == ReviewTask.State.DONE


def decide_and_go_on(
    *,
    user: User,
    task_id: uuid.UUID,
    token: uuid.UUID,
    answer: Answer,
    narrowing: Narrowing = ANYTHING,
) -> Turn:
    """decide(), and where the task is done by it, reserve the next one and the one
    after that, all in one transaction. An answer sent twice gets the same case again.
    """
    with keeping_what_is_late(user, task_id, answer), transaction.atomic():
        filed = file_answer(user=user, task_id=task_id, token=token, answer=answer)
        turn = _go_on(user, filed, narrowing)
        filed.seal()
    return turn


def _go_on(user: User, filed: Filed, narrowing: Narrowing) -> Turn:
    turn = Turn(filed.decision, filed.task)
    if not turn.done:
        return turn
    scopes = scopes_of(user)
    resume = filed.replayed or filed.after_all
    following = reserve_next(
        user=user, narrowing=narrowing, resume=resume, scopes=scopes
    )
    if following is None:
        return turn
    ahead = reserve_ahead(
        user=user, shown=following, narrowing=narrowing, scopes=scopes
    )
    return Turn(filed.decision, filed.task, following, ahead)
