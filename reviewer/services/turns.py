"""A turn at the desk: an answer in, and with the last one the next case out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.contrib.auth.models import User

from catalog.models import What
from catalog.sending import transaction_at_once
from catalog.services import note_seen
from reviewer.answers import Answer
from reviewer.models import Decision, ReviewTask, scopes_of
from reviewer.narrowing import Narrowing
from reviewer.services.decisions import Filed, file_answer, keeping_what_is_late
from reviewer.services.reservations import ANYTHING, reserve_ahead, reserve_next
from reviewer.services.undoing import last_undoable


@dataclass(frozen=True, slots=True)
class Turn:
    """following: the next task, held by the user, if the one answered is done; ahead:
    the one kept for after that; last: the answer that can be taken back then. settles:
    whether the task may have fields that a check settled.
    """

    decision: Decision
    task: ReviewTask
    following: ReviewTask | None = None
    ahead: ReviewTask | None = None
    last: Decision | None = None
    settles: bool = True

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
    goes_on: bool = True,
    keeps_ahead: bool = True,
) -> Turn:
    """decide(), and where the task is done by it, reserve the next one and the one
    after that, all in one transaction. An answer sent twice gets the same case again.
    goes_on: whether somebody waits for it; keeps_ahead: without, whoever has the next
    one asks for the one after that later.
    """
    with keeping_what_is_late(user, task_id, answer), transaction_at_once():
        filed = file_answer(user=user, task_id=task_id, token=token, answer=answer)
        turn = Turn(filed.decision, filed.task, settles=filed.settles)
        if goes_on and turn.done:
            turn = _go_on(user, filed, narrowing, turn, keeps_ahead=keeps_ahead)
        filed.seal()
    return turn


def note_desk_seen(*, user: User, task: ReviewTask) -> None:
    """Before its page is sent: what cannot be noted is not shown."""
    source = (task.source_id, task.tenant_id)
    note_seen(user=user, what=What.VALUES, sources=[source], task_id=task.pk)


def _go_on(
    user: User, filed: Filed, narrowing: Narrowing, turn: Turn, *, keeps_ahead: bool
) -> Turn:
    scopes = scopes_of(user)
    resume = filed.replayed or filed.after_all
    following = reserve_next(
        user=user, narrowing=narrowing, resume=resume, scopes=scopes
    )
    if following is None:
        return turn
    ahead = None
    if keeps_ahead:
        ahead = reserve_ahead(
            user=user, shown=following, narrowing=narrowing, scopes=scopes
        )
    note_desk_seen(user=user, task=following)
    last = last_undoable(user) if filed.replayed else filed.decision
    return replace(turn, following=following, ahead=ahead, last=last)
