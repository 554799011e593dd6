"""Second looks as tests want them: a rule that always asks, and people who answer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from catalog.models import Tenant
from reviewer.models import ReviewTask, SecondLookRule, Verdict
from tests.reviewer.answering import answered, say
from tests.reviewer.cases import two_doubts

SECOND, THIRD = ReviewTask.Asks.SECOND, ReviewTask.Asks.THIRD


def make_rule(**more: Any) -> SecondLookRule:
    """By default of everything, and worth a look always."""
    costs = {"loss": 1_000_000, "look_cost": 1}
    return SecondLookRule.objects.create(**{**costs, **more})


def confirm(task: ReviewTask, user: User, **values: str) -> None:
    """Confirms every field of a task, but those that are given are corrected."""
    slots = task.items.filter(decided=False).values_list("slot", flat=True)
    answered(
        task,
        user,
        *(
            say(slot, Verdict.CORRECT, values[slot])
            if slot in values
            else say(slot, Verdict.CONFIRM)
            for slot in slots
        ),
    )


def look_at(task: ReviewTask, asks: ReviewTask.Asks = SECOND) -> ReviewTask:
    """The open look at the reading that a task was about."""
    looks = ReviewTask.objects.open().asking(asks)
    return looks.get(generation=task.generation)


def first_answered(tenant: Tenant, user: User, **values: str) -> ReviewTask:
    """The open second look at a total and a date that a first person answered."""
    task = two_doubts(tenant)
    confirm(task, user, **values)
    return look_at(task)
