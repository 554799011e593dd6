"""What the desk's script is told after an answer that is stored."""

from __future__ import annotations

from typing import Any

from reviewer import wording
from reviewer.desk import agreements
from reviewer.models import Decision, ReviewTask
from reviewer.values import value_of


def progress(
    task: ReviewTask, decision: Decision, *, following: str, settles: bool = True
) -> dict[str, Any]:
    """What it needs to go on.

    following: the URL to go to when the task is done. settles: whether checks may have
    settled fields of it.
    """
    done = task.state == ReviewTask.State.DONE
    return {
        "slot": decision.item.slot,
        "decision_id": str(decision.pk),
        "seen": decision.sequence,
        "verdict": decision.verdict,
        "verdict_text": wording.decided(decision),
        "value": value_of(decision.artifact),
        "done": done,
        "says": wording.done(task) if done else "",
        "settled": agreements(task) if settles else {},
        "following": following,
    }


def held(task: ReviewTask, last: Decision | None) -> dict[str, str]:
    """What a desk that was drawn before the task was reserved needs of it."""
    return {
        "token": str(task.reservation_token),
        "undoes": str(last.pk) if last else "",
    }
