"""Answers as people give them, with a reservation of their own."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import User

from reviewer import services
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from reviewer.services import Answer

OLDER: dict[str, Any] = {"verdict": Verdict.CONFIRM}
NEWER: dict[str, Any] = {"verdict": Verdict.CORRECT, "how": Correction.How.VERSION}


def say(slot: str, verdict: Verdict, value: str = "", **more: Any) -> Answer:
    return Answer(
        decision_id=uuid.uuid4(), slot=slot, verdict=verdict, value=value, **more
    )


def answered(task: ReviewTask, user: User, *answers: Answer) -> list[Decision]:
    """Takes the task, answers, and reads it anew."""
    held = services.reserve(user=user, task_id=task.pk)
    assert held.reservation_token is not None
    token = held.reservation_token
    made = [
        services.decide(user=user, task_id=task.pk, token=token, answer=answer)
        for answer in answers
    ]
    task.refresh_from_db()
    return made
