from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Tenant
from reviewer import services
from reviewer.models import Decision, ReviewTask, Settlement, Verdict
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import say
from tests.reviewer.cases import two_doubts
from tests.reviewer.checked import WRONG_TAX, make_checked_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant, client: Client) -> User:
    user = make_user("alice", tenant)
    client.force_login(user)
    return user


@pytest.fixture
def task(tenant: Tenant, alice: User) -> ReviewTask:
    task = make_checked_case(tenant, **WRONG_TAX)
    return services.reserve(user=alice, task_id=task.pk)


def ask(client: Client, task: ReviewTask, **typed: str) -> Any:
    return client.post(
        reverse("task-check", args=[task.pk]),
        {
            "token": str(task.reservation_token),
            "slot": [*typed],
            "value": [*typed.values()],
        },
    )


def test_as_it_stands_the_fields_hear_by_how_much_they_differ(
    client: Client, task: ReviewTask
) -> None:
    told = ask(client, task).json()
    assert told["agree"] == {}
    assert told["says"]["tax_total"][0] == {
        "text": "Net and tax miss the gross amount by 2.00.",
        "agrees": False,
    }


def test_a_typed_value_says_what_agrees_and_what_else_need_not_be_asked(
    client: Client, task: ReviewTask
) -> None:
    told = ask(client, task, tax_total="19,00").json()
    agrees = "Net and tax add up to the gross amount."
    assert told["says"]["tax_total"] == [{"text": agrees, "agrees": True}]
    assert told["agree"] == {"grand_total": agrees, "line_total": agrees}
    assert not Decision.objects.exists()
    assert not Settlement.objects.exists()


def test_half_a_value_is_not_said_yet(client: Client, task: ReviewTask) -> None:
    told = ask(client, task, tax_total="1 9 x").json()
    assert told["says"]["tax_total"][0]["agrees"] is False


def test_answers_that_stand_count_too(
    client: Client, task: ReviewTask, alice: User
) -> None:
    token = task.reservation_token
    assert token is not None
    answer = say("tax_total", Verdict.CORRECT, "18.00")
    services.decide(user=alice, task_id=task.pk, token=token, answer=answer)
    told = ask(client, task, grand_total="118.00").json()
    assert told["says"]["line_total"][0]["agrees"] is True


def test_a_reading_without_its_grounds_says_nothing(
    client: Client, tenant: Tenant, alice: User
) -> None:
    held = services.reserve(user=alice, task_id=two_doubts(tenant).pk)
    assert ask(client, held, total="20.00").json() == {"says": {}, "agree": {}}


def test_only_who_holds_the_task_is_told(
    client: Client, task: ReviewTask, tenant: Tenant
) -> None:
    client.force_login(make_user("bob", tenant))
    assert ask(client, task).json() == {"says": {}, "agree": {}}
    client.force_login(make_user("charlie", make_tenant("other")))
    assert ask(client, task).status_code == 404


def test_the_answer_tells_the_page_what_is_settled(
    client: Client, tenant: Tenant, alice: User
) -> None:
    made = make_checked_case(tenant, **WRONG_TAX, sure={"supplier_name": 0.4})
    held = services.reserve(user=alice, task_id=made.pk)
    response = client.post(
        reverse("task-decide", args=[held.pk]),
        {
            "token": str(held.reservation_token),
            "decision_id": str(say("x", Verdict.CONFIRM).decision_id),
            "slot": "tax_total",
            "choice": "correct",
            "value": "19.00",
        },
        headers={"Accept": "application/json"},
    )
    assert set(response.json()["settled"]) == {"grand_total", "line_total"}
    page = client.get(reverse("task", args=[held.pk])).content.decode()
    assert page.count("agrees now") == 2
