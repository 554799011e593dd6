from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import GoldenValue
from reviewer.models import Decision, ReviewTask
from tests.factories import make_task, make_tenant

URL = "/api/v1/review-tasks/"


@pytest.fixture
def task(alice: User) -> ReviewTask:
    return make_task(make_tenant("harbour"))


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(f"{URL}{path}/", data, content_type="application/json")


def reserved(client: Client, task: ReviewTask) -> str:
    token: str = post(client, f"{task.pk}/reserve").json()["reservation_token"]
    return token


def test_next_gives_a_task_with_its_items_and_token(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)

    given = post(client, "next").json()

    assert given["task_id"] == str(task.pk)
    assert given["reservation_token"]
    total = given["items"][0]
    assert (total["slot"], total["standing"]["value"]) == ("total", "21.20")


def test_next_is_empty_when_nothing_is_left(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert post(client, "next").status_code == 204


def test_next_in_a_foreign_tenant_is_not_found(client: Client, alice: User) -> None:
    make_task(make_tenant("meadow"))
    client.force_login(alice)

    assert post(client, "next", tenant="meadow").status_code == 404
    assert post(client, "next").status_code == 204


def test_the_token_is_for_the_holder_only(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    token = reserved(client, task)

    assert token not in client.get(URL).content.decode()
    assert token not in client.get(f"{URL}{task.pk}/").content.decode()


def test_answers_end_in_values_and_a_golden_case(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    token = reserved(client, task)

    corrected = post(
        client,
        f"{task.pk}/decide",
        token=token,
        slot="total",
        verdict="correct",
        value="22,50",
        region={"page": 1, "bbox": [0.1, 0.1, 0.2, 0.2]},
    )
    others = task.items.exclude(slot="total").values_list("slot", flat=True)
    confirmed = [
        post(client, f"{task.pk}/decide", token=token, slot=slot, verdict="confirm")
        for slot in others
    ]

    assert corrected.status_code == 201
    assert confirmed[-1].json()["task"]["state"] == "done"
    assert GoldenValue.objects.get(slot="total").value == "22.50"


def test_the_same_answer_twice_is_one_decision(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    answer = {
        "token": reserved(client, task),
        "decision_id": str(uuid.uuid4()),
        "slot": "total",
        "verdict": "confirm",
    }

    first, second = (post(client, f"{task.pk}/decide", **answer) for _ in range(2))

    assert first.json()["decision_id"] == second.json()["decision_id"]
    assert Decision.objects.count() == 1


def test_a_second_reviewer_is_told_who_was_first(
    client: Client, task: ReviewTask, alice: User, bob: User
) -> None:
    client.force_login(alice)
    reserved(client, task)
    client.force_login(bob)

    response = post(client, f"{task.pk}/reserve")

    assert response.status_code == 409
    assert "alice" in response.json()["detail"]


@pytest.mark.parametrize("path", ["decide", "skip", "extend", "close"])
def test_a_token_that_holds_nothing_is_a_conflict(
    client: Client, task: ReviewTask, alice: User, path: str
) -> None:
    client.force_login(alice)

    response = post(
        client,
        f"{task.pk}/{path}",
        token=str(uuid.uuid4()),
        slot="total",
        verdict="confirm",
    )

    assert response.status_code == 409
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "answer",
    [
        {"slot": "total", "verdict": "correct", "value": "many"},
        {"slot": "nothing", "verdict": "confirm"},
        {"slot": "total", "verdict": "maybe"},
        {"slot": "total", "verdict": "confirm", "token": "x"},
        {"slot": "total", "verdict": "confirm", "decision_id": "x"},
        {"slot": "total\x00", "verdict": "confirm"},
        {
            "slot": "total",
            "verdict": "correct",
            "value": "1",
            "region": {"page": 1, "bbox": [0.9, 0.1, 0.2, 0.2]},
        },
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_with_a_sentence(
    client: Client, task: ReviewTask, alice: User, answer: dict[str, Any]
) -> None:
    client.force_login(alice)
    token = reserved(client, task)

    response = post(client, f"{task.pk}/decide", **{"token": token, **answer})

    assert response.status_code == 400
    assert len(response.json()["detail"]) > 10
    assert not Decision.objects.exists()


def test_a_body_that_is_no_object_is_refused(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)

    for body in ("[1]", "{", '"x"', "null", "[" * 100_000):
        response = client.post(
            f"{URL}{task.pk}/decide/", body, content_type="application/json"
        )
        assert response.status_code == 400, body


def test_a_skipped_task_does_not_come_again(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    token = reserved(client, task)

    assert post(client, f"{task.pk}/skip", token=token).status_code == 204
    assert post(client, "next").status_code == 204


def test_a_task_put_back_is_free_for_others(
    client: Client, task: ReviewTask, alice: User, bob: User
) -> None:
    client.force_login(alice)
    token = reserved(client, task)
    assert post(client, f"{task.pk}/put-back", token=token).status_code == 204

    client.force_login(bob)
    assert post(client, f"{task.pk}/reserve").status_code == 200


def test_tasks_are_filtered(client: Client, task: ReviewTask, alice: User) -> None:
    client.force_login(alice)

    def count(**query: str) -> int:
        return len(client.get(URL, query).json()["results"])

    assert (count(state="open"), count(state="done")) == (1, 0)
    assert (count(stakes="3"), count(stakes="1")) == (1, 0)
    assert count(mine="true") == 0
    reserved(client, task)
    assert count(mine="true") == 1
