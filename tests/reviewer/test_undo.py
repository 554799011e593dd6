from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog import fsck
from catalog.models import DerivedArtifact, Generation, GoldenValue, Kind
from reviewer import exports, services
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from reviewer.services import Answer, AnswerRefused, ReservationLost
from tests.factories import make_task, make_tenant
from tests.reviewer.cases import SURE, date, one_doubt, two_doubts


@pytest.fixture
def task(alice: User) -> ReviewTask:
    return services.reserve(user=alice, task_id=two_doubts(make_tenant("harbour")).pk)


def decide(task: ReviewTask, user: User, slot: str, value: str = "") -> Decision:
    task.refresh_from_db()
    assert task.reservation_token is not None
    verdict = Verdict.CORRECT if value else Verdict.CONFIRM
    return services.decide(
        user=user,
        task_id=task.pk,
        token=task.reservation_token,
        answer=Answer(uuid.uuid4(), slot, verdict, value),
    )


def undo(user: User, wrong: Decision, number: uuid.UUID | None = None) -> Decision:
    return services.undo(user=user, decision_id=number or uuid.uuid4(), undoes=wrong.pk)


def standing(task: ReviewTask, slot: str) -> DerivedArtifact:
    live = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    return live.get(slot=slot)


def test_what_stood_before_stands_again_and_the_history_is_kept(
    task: ReviewTask, alice: User
) -> None:
    before = standing(task, "total")
    wrong = decide(task, alice, "total", "9.00")
    undone = undo(alice, wrong)
    now = standing(task, "total")
    assert (now.payload, now.region) == (before.payload, before.region)
    assert (undone.verdict, undone.undoes, undone.artifact) == ("undo", wrong, now)
    assert Decision.objects.count() == 2
    assert Correction.objects.get().new_value == "9.00"
    assert task.items.get(slot="total").decided is False
    assert not GoldenValue.objects.standing().exists()


def test_an_earlier_answer_of_a_person_stands_again(
    task: ReviewTask, alice: User
) -> None:
    first = decide(task, alice, "total", "8.00")
    undo(alice, decide(task, alice, "total", "9.00"))
    assert (standing(task, "total").payload or {})["value"] == "8.00"
    assert standing(task, "total").origin == "human"
    assert task.items.get(slot="total").decided is True
    assert GoldenValue.objects.standing().get().value == "8.00"
    undo(alice, first)
    assert (standing(task, "total").payload or {})["value"] == "21.20"
    assert task.items.get(slot="total").decided is False


def test_a_done_task_is_open_again_and_nothing_is_released(
    task: ReviewTask, alice: User
) -> None:
    decide(task, alice, "total")
    last = decide(task, alice, "date")
    assert Generation.objects.get().released_at is not None
    undo(alice, last)
    task.refresh_from_db()
    assert (task.state, task.reserver, task.done_at) == ("open", alice, None)
    assert Generation.objects.get().released_at is None
    decide(task, alice, "date")
    assert Generation.objects.get().released_at is not None


def test_where_nothing_was_found_nothing_stands_again(alice: User) -> None:
    tenant = make_tenant("harbour")
    made = make_task(tenant, fields=[date(), SURE])
    task = services.reserve(user=alice, task_id=made.pk)
    undo(alice, decide(task, alice, "total", "9.00"))
    payload = standing(task, "total").payload or {}
    assert (payload["value"], payload["reason"]) == ("", "missing")
    assert standing(task, "total").origin == "restore"


def test_what_was_exported_stays(task: ReviewTask, alice: User) -> None:
    decide(task, alice, "total")
    last = decide(task, alice, "date")
    export = exports.export(tenant=task.tenant, recipient=alice, form="json")
    assert list(export.lines)
    with pytest.raises(AnswerRefused, match="exported"):
        undo(alice, last)
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("UPDATE generation SET released_at = NULL")


def test_the_same_undo_twice_is_one_and_another_is_refused(
    task: ReviewTask, alice: User
) -> None:
    wrong, number = decide(task, alice, "total"), uuid.uuid4()
    assert undo(alice, wrong, number) == undo(alice, wrong, number)
    with pytest.raises(AnswerRefused, match="already"):
        undo(alice, wrong)


def test_an_answer_under_a_newer_one_stays(task: ReviewTask, alice: User) -> None:
    first = decide(task, alice, "total", "8.00")
    decide(task, alice, "total", "9.00")
    with pytest.raises(AnswerRefused, match="newer answer"):
        undo(alice, first)


def test_nobody_takes_back_what_another_said_or_holds(
    task: ReviewTask, alice: User, bob: User, charlie: User
) -> None:
    wrong = decide(task, alice, "total")
    for other in (bob, charlie):
        with pytest.raises(Decision.DoesNotExist):
            undo(other, wrong)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        services.reserve_next(user=bob)
        with pytest.raises(ReservationLost):
            undo(alice, wrong)


def test_the_store_agrees_with_itself_after_an_undo(
    task: ReviewTask, alice: User
) -> None:
    undo(alice, decide(task, alice, "total", "9.00"))
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    run = fsck.begin(mode="source", source_id=task.source_id)
    assert fsck.go_on(run, grace=timedelta())
    found = fsck.result_of(run)["findings"]
    assert [one for one in found if "blob" not in str(one)] == []


def test_the_key_goes_back_to_the_case_before(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    decide(task, alice, "total")
    last = decide(task, alice, "date")
    following = one_doubt(make_tenant("harbour"))
    page = client.get(reverse("task", args=[following.pk])).content.decode()
    assert f'name="undoes" value="{last.pk}"' in page
    response = client.post(reverse("review-undo"), {"undoes": last.pk})
    assert response.headers["Location"] == reverse("task", args=[task.pk])
    assert "taken back" in client.get(response.headers["Location"]).content.decode()


def test_undo_over_the_api(
    client: Client, task: ReviewTask, alice: User, bob: User
) -> None:
    wrong = decide(task, alice, "total")

    def post(user: User, **data: Any) -> Any:
        client.force_login(user)
        url = "/api/v1/review-tasks/undo/"
        return client.post(url, data, content_type="application/json")

    assert post(bob, undoes=str(wrong.pk)).status_code == 404
    assert post(alice, undoes="x").status_code == 400
    told = post(alice, undoes=str(wrong.pk))
    assert (told.status_code, told.json()["verdict"]) == (201, "undo")
