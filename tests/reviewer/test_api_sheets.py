"""Sheets for scripts, and many who take them at the same moment."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from catalog.models import Tenant
from reviewer import services
from reviewer.models import Decision, ReviewTask
from tests.factories import make_tenant, make_user
from tests.reviewer.cases import one_doubt, two_doubts

API = "/api/v1/review-sheets/"
JSON: dict[str, Any] = {"content_type": "application/json"}


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


def test_a_sheet_from_the_first_look_to_the_last_answer(
    client: Client, alice: User, tenant: Tenant
) -> None:
    more, done, out = two_doubts(tenant), one_doubt(tenant), one_doubt(tenant)
    client.force_login(alice)
    assert {"slot": "date", "count": 3} in client.get(API).json()
    told = client.post(API, {"slot": "date", "tenant": "harbour"}, **JSON)
    assert told.status_code == 201
    sheet = told.json()
    assert {cell["task_id"] for cell in sheet["cells"]} == {
        str(task.pk) for task in (more, done, out)
    }
    assert sheet["cells"][0]["region"]["page"] == 1
    url = f"{API}{sheet['token']}/"
    assert client.post(f"{url}extend/").status_code == 204
    answers = [
        {"task_id": str(more.pk), "verdict": "confirm", "decision_id": uuid.uuid4()},
        {"task_id": str(done.pk), "verdict": "correct", "value": "2018-01-12"},
    ]
    sent = {
        "slot": "date",
        "answers": answers,
        "left_out": [out.pk],
        "active_ms": 3000,
    }
    outcome = client.post(f"{url}answer/", sent, **JSON).json()
    assert set(outcome["decisions"]) == {str(more.pk), str(done.pk)}
    assert (outcome["second_opinions"], outcome["refused"]) == ([], {})
    assert set(Decision.objects.values_list("active_ms", flat=True)) == {1000}
    assert not ReviewTask.objects.exclude(reserver=None).exists()
    assert client.post(f"{url}extend/").status_code == 404


def test_what_a_script_does_wrong(client: Client, alice: User, tenant: Tenant) -> None:
    one_doubt(tenant)
    assert client.post(API, {"slot": "date"}, **JSON).status_code == 401
    client.force_login(alice)
    assert client.post(API, {}, **JSON).status_code == 400
    assert client.post(API, {"slot": "date", "size": 1000}, **JSON).status_code == 400
    assert (
        client.post(API, {"slot": "date", "tenant": "meadow"}, **JSON).status_code
        == 404
    )
    assert client.post(API, {"slot": "total"}, **JSON).status_code == 204
    token = client.post(API, {"slot": "date"}, **JSON).json()["token"]
    sent = {"slot": "date", "answers": [{"verdict": "confirm"}]}
    assert client.post(f"{API}{token}/answer/", sent, **JSON).status_code == 400
    assert client.post(f"{API}{token}/put-back/", {"active_ms": 5}).status_code == 204
    assert not ReviewTask.objects.exclude(reserver=None).exists()


@pytest.mark.django_db(transaction=True)
def test_eight_people_at_once_hold_each_task_once() -> None:
    tenant = make_tenant("harbour")
    tasks = {one_doubt(tenant).pk for _ in range(20)}
    people = [make_user(f"p{i}", tenant) for i in range(8)]
    start = threading.Barrier(len(people))
    found: list[list[uuid.UUID]] = []

    def take(user: User) -> None:
        try:
            start.wait()
            sheet = services.take_sheet(user=user, slot="date", size=3)
            found.append([task.pk for task in sheet.tasks] if sheet else [])
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [task for sheet in found for task in sheet]
    assert len(held) == len(set(held)) == 20
    assert set(held) == tasks
