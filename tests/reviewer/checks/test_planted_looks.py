"""A planted error and a real doubt, side by side through all that a reviewer can do:
every page and every answer of the API must read the same."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from difflib import unified_diff
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from catalog.models import Tenant
from reviewer import services
from reviewer.models import ReviewTask
from tests.factories import make_tenant
from tests.reviewer.checks.cases import SHOWN, TRUE, real_doubt, with_planted

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Numbers and times that differ from task to task anyhow.
SECRETS = re.compile(r'(csrfmiddlewaretoken" value|X-CSRFToken": )[="\s]*"\w+"')
TIME = re.compile(r"(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[\d.:+Z]*")
PRIORITY = re.compile(r'"priority": ?-?\d+')


def plainly(text: str) -> str:
    for pattern in (UUID, SECRETS, TIME, PRIORITY):
        text = pattern.sub("…", text)
    return text


def difference(one: str, other: str) -> list[str]:
    lines = unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0)
    return list(lines)[2:]


class Reviewer:
    """Does the same to a task, and keeps all that was said to it."""

    def __init__(self, client: Client, task: ReviewTask) -> None:
        self.client, self.task = client, task
        self.said: list[str] = []
        self.numbers: list[uuid.UUID] = []

    def hear(self, response: Any) -> Any:
        place = response.headers.get("Location", "")
        said = f"{response.status_code} {place}\n{response.content.decode()}"
        self.said.append(plainly(said))
        return response

    def open(self) -> None:
        self.hear(self.client.get(reverse("task", args=[self.task.pk])))
        self.task.refresh_from_db()

    def answer(self, slot: str, choice: str, **more: Any) -> None:
        number = more.pop("number", None) or uuid.uuid4()
        self.numbers.append(number)
        form = {
            "token": self.task.reservation_token or uuid.uuid4(),
            "decision_id": number,
            "slot": slot,
            "choice": choice,
            **more,
        }
        url = reverse("task-decide", args=[self.task.pk])
        self.hear(self.client.post(url, form, headers={"Accept": "application/json"}))

    def undo(self, number: uuid.UUID) -> None:
        self.hear(self.client.post(reverse("review-undo"), {"undoes": number}))
        self.task.refresh_from_db()

    def api(self, path: str = "", **data: Any) -> Any:
        url = f"/api/v1/review-tasks/{path}"
        if not data:
            return self.hear(self.client.get(url))
        return self.hear(self.client.post(url, data, content_type="application/json"))


def confirm_all(one: Reviewer) -> None:
    one.open()
    for slot in ("total", "company", "date"):
        one.answer(slot, "confirm")
        one.open()
    one.hear(one.client.get(reverse("queue")))


def correct_in_the_middle(one: Reviewer) -> None:
    one.open()
    one.answer("company", "correct", value=TRUE)
    one.open()
    one.answer("company", "correct", value="Gim Kee", seen=1)
    one.answer("company", "confirm", seen=0)  # knows of too little: kept beside
    one.open()


def pick_on_the_page(one: Reviewer) -> None:
    one.open()
    one.answer("company", "correct", value=TRUE, region="1,0.1,0.2,0.3,0.25")
    one.open()


def absent_then_unreadable(one: Reviewer) -> None:
    one.open()
    one.answer("company", "absent")
    one.open()
    one.answer("company", "unreadable")
    one.open()


def replay(one: Reviewer) -> None:
    one.open()
    number = uuid.uuid4()
    for _ in range(2):
        one.answer("company", "confirm", number=number)
    one.answer("date", "confirm", number=number)
    one.open()


def take_back_in_the_middle(one: Reviewer) -> None:
    one.open()
    one.answer("company", "correct", value="Gim Kee")
    one.answer("company", "correct", value=TRUE)
    one.undo(one.numbers[-2])  # there is a newer one
    one.undo(one.numbers[-1])
    one.open()
    one.undo(one.numbers[-2])
    one.open()
    one.undo(one.numbers[-2])  # twice


def take_back_the_last_one(one: Reviewer) -> None:
    one.open()
    for slot in ("total", "date", "company"):
        one.answer(slot, "confirm")
    one.open()
    one.undo(one.numbers[-1])
    one.open()
    one.answer("company", "correct", value=TRUE)
    one.answer("company", "confirm")  # done: too late


def nonsense(one: Reviewer) -> None:
    one.open()
    one.answer("company", "newer")
    one.answer("company", "correct", value="")
    one.answer("company", "what")


def over_the_api(one: Reviewer) -> None:
    one.api(f"{one.task.pk}/")
    told = one.api(f"{one.task.pk}/reserve/", go=1).json()
    token, numbers = told["reservation_token"], [str(uuid.uuid4()) for _ in range(4)]
    common = {"token": token, "slot": "company"}
    path = f"{one.task.pk}/decide/"
    one.api(path, **common, verdict="correct", value=TRUE, decision_id=numbers[0])
    one.api(f"{one.task.pk}/")
    one.api("undo/", undoes=numbers[0], decision_id=numbers[1])
    one.api("undo/", undoes=numbers[0], decision_id=numbers[1])
    one.api(f"{one.task.pk}/")
    one.api(path, **common, verdict="confirm", decision_id=numbers[2])
    one.api(path, **common, verdict="confirm", decision_id=numbers[2])


PLAYS: list[Callable[[Reviewer], None]] = [
    confirm_all,
    correct_in_the_middle,
    pick_on_the_page,
    absent_then_unreadable,
    replay,
    take_back_in_the_middle,
    take_back_the_last_one,
    nonsense,
    over_the_api,
]


def heard(make: Callable[[Tenant], ReviewTask], play: Callable[..., list[str]]) -> Any:
    """What was said in a world of its own, which is gone then."""
    with transaction.atomic():
        said = play(make(make_tenant("harbour")))
        transaction.set_rollback(True)
    return said


def check_the_same(play: Callable[[ReviewTask], list[str]]) -> None:
    real, planted = heard(real_doubt, play), heard(with_planted, play)
    for step, (one_real, one_planted) in enumerate(zip(real, planted, strict=True)):
        told_apart = difference(one_real, one_planted)
        assert not told_apart, f"after step {step}: {told_apart}"
    assert any(SHOWN in said for said in planted)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.__name__)
def test_it_reads_the_same_whatever_a_reviewer_does(
    alice: User, play: Callable[[Reviewer], None]
) -> None:
    def played(task: ReviewTask) -> list[str]:
        one = Reviewer(logged_in(alice), task)
        play(one)
        return one.said

    check_the_same(played)


def test_a_late_answer_is_kept_with_the_same_words(alice: User, bob: User) -> None:
    def played(task: ReviewTask) -> list[str]:
        one = Reviewer(logged_in(alice), task)
        one.open()
        token = task.reservation_token
        assert token is not None
        services.put_back(user=alice, task_id=task.pk, token=token)
        services.reserve(user=bob, task_id=task.pk)
        one.answer("company", "correct", value=TRUE)
        one.answer("company", "confirm", shown=SHOWN)
        other = Reviewer(logged_in(bob), task)
        other.open()
        other.answer("company", "correct", value=TRUE)
        other.open()
        assert "alice answered" in other.said[-1]
        return [*one.said, *other.said]

    check_the_same(played)
