"""Skills, seniors, comments, due times and an empty queue that says why."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Membership, Tenant
from reviewer import queue_page, services, triage
from reviewer.models import (
    ReviewTask,
    Skills,
    Stakes,
    TaskNote,
    Turnaround,
    scopes_of,
)
from reviewer.narrowing import Narrowing
from reviewer.services import AnswerRefused, ReservationLost
from tests.factories import make_run, make_source, make_tenant, make_user
from tests.reviewer.cases import one_doubt, two_doubts


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def olga(tenant: Tenant) -> User:
    """A senior reviewer."""
    olga = make_user("olga", tenant)
    skill(olga, senior=True)
    return olga


def skill(user: User, **skills: Any) -> None:
    membership = Membership.objects.get(user=user)
    Skills.objects.create(membership=membership, **skills)


def held(tenant: Tenant, user: User) -> ReviewTask:
    return services.reserve(user=user, task_id=two_doubts(tenant).pk)


def say(verb: Any, user: User, task: ReviewTask, text: str = "") -> TaskNote:
    note: TaskNote = verb(
        user=user,
        task_id=task.pk,
        token=task.reservation_token,
        note_id=uuid.uuid4(),
        text=text,
    )
    return note


def test_people_get_and_see_what_their_skills_allow(
    client: Client, tenant: Tenant, alice: User, bob: User
) -> None:
    task = two_doubts(tenant)
    skill(alice, document_types=["invoice"])
    skill(bob, document_types=["invoice", "receipt"], languages=["de"])
    client.force_login(alice)
    assert services.reserve_next(user=alice) is None
    assert task.source.name not in client.get("/").content.decode()
    assert client.get(reverse("task", args=[task.pk])).status_code == 404
    assert client.get("/api/v1/review-tasks/").json()["results"] == []
    assert services.reserve_next(user=bob) == task  # nobody knows its language
    ReviewTask.objects.update(
        reserver=None, reservation_token=None, reserved_until=None, language="fr"
    )
    assert services.reserve_next(user=bob) is None


def test_a_senior_gets_what_others_ask_help_with(
    tenant: Tenant, alice: User, bob: User, olga: User
) -> None:
    task = held(tenant, alice)
    note = say(services.escalate, alice, task, "Which of the two totals?")
    assert (note.kind, note.text) == ("escalate", "Which of the two totals?")
    assert services.reserve_next(user=alice) is None
    assert services.reserve_next(user=bob) is None
    with pytest.raises(ReviewTask.DoesNotExist):
        services.reserve(user=bob, task_id=task.pk)
    assert services.reserve_next(user=olga) == task


def test_a_returned_case_waits_for_its_first_reviewer(
    tenant: Tenant, alice: User, bob: User, olga: User
) -> None:
    task = held(tenant, alice)
    say(services.escalate, alice, task)
    taken = services.reserve_next(user=olga)
    assert taken is not None
    note = say(services.return_to_first, olga, taken, "The second one.")
    assert note.to == alice
    assert services.reserve_next(user=bob) is None
    with pytest.raises(ReservationLost):
        services.reserve(user=bob, task_id=task.pk)
    urgent = two_doubts(tenant)
    assert services.reserve_next(user=alice) == task
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert services.reserve_next(user=bob) == task
    assert urgent.reserver is None


def test_asking_needs_somebody_to_ask(tenant: Tenant, alice: User) -> None:
    task = held(tenant, alice)
    with pytest.raises(AnswerRefused, match="senior"):
        say(services.escalate, alice, task)
    with pytest.raises(AnswerRefused, match="Nobody else"):
        say(services.return_to_first, alice, task)
    make_user("mona", tenant, role="manager")
    say(services.escalate, alice, task)


@pytest.mark.parametrize("name", ["escalate", "return"])
def test_a_note_twice_is_one_and_a_stale_token_writes_none(
    client: Client, tenant: Tenant, alice: User, bob: User, olga: User, name: str
) -> None:
    task = held(tenant, alice)
    if name == "return":
        say(services.escalate, alice, task)
        found = services.reserve_next(user=olga)
        assert found is not None
        task, alice = found, olga
    client.force_login(alice)
    url = f"/api/v1/review-tasks/{task.pk}/{name}/"
    form = {"note_id": str(uuid.uuid4()), "token": str(task.reservation_token)}
    before = TaskNote.objects.count()
    for _ in range(2):
        assert client.post(url, form, "application/json").status_code == 201
    assert TaskNote.objects.count() == before + 1
    stale = {**form, "note_id": str(uuid.uuid4())}
    assert client.post(url, stale, "application/json").status_code == 409
    assert TaskNote.objects.count() == before + 1


def test_a_comment_is_read_by_the_next_one(
    client: Client, tenant: Tenant, alice: User, bob: User
) -> None:
    task = held(tenant, alice)
    client.force_login(alice)
    form = {"text": "<b>Look</b> at page 2", "note_id": uuid.uuid4()}
    assert client.post(reverse("task-comment", args=[task.pk]), form).status_code == 302
    assert client.post(reverse("task-comment", args=[task.pk]), form).status_code == 302
    assert TaskNote.objects.count() == 1
    page = client.get(reverse("task", args=[task.pk])).content.decode()
    assert "&lt;b&gt;Look&lt;/b&gt; at page 2" in page
    notes = client.get(f"/api/v1/review-tasks/{task.pk}/notes/").json()
    assert [note["author"] for note in notes] == ["alice"]
    with pytest.raises(AnswerRefused):
        services.comment(user=alice, task_id=task.pk, note_id=uuid.uuid4(), text="  ")


@pytest.mark.parametrize("name", ["task-comment", "task-escalate", "task-return"])
def test_another_tenants_task_does_not_exist(
    client: Client, tenant: Tenant, charlie: User, name: str
) -> None:
    task = two_doubts(tenant)
    client.force_login(charlie)
    form = {"text": "x", "token": uuid.uuid4(), "note_id": uuid.uuid4()}
    assert client.post(reverse(name, args=[task.pk]), form).status_code == 404
    assert not TaskNote.objects.exists()


def test_an_empty_queue_says_why(
    client: Client, tenant: Tenant, alice: User, bob: User, olga: User
) -> None:
    say(services.escalate, bob, held(tenant, bob))
    services.reserve(user=bob, task_id=one_doubt(tenant).pk)
    foreign = one_doubt(tenant)
    ReviewTask.objects.filter(pk=foreign.pk).update(document_type="statement")
    make_run(make_source(tenant), state="queued")
    skill(alice, document_types=["receipt"])
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert "Nothing is left for you" in page
    assert "1 held by others: bob until" in page
    assert "1 waiting for a senior reviewer" in page
    assert "1 outside your skills" in page
    assert "1 document still being read" in page
    client.force_login(make_user("dora", make_tenant("meadow")))
    assert "Nothing waits for a person" in client.get("/").content.decode()


def test_waiting_lifts_a_task_and_a_due_time_puts_it_first() -> None:
    now = timezone.now()
    old = triage.priority_of(Stakes.LOW, [], opened=now - timedelta(days=4))
    assert old > triage.priority_of(Stakes.MEDIUM, [], opened=now)
    due = triage.priority_of(Stakes.LOW, [], opened=now, due_at=now)
    assert due > triage.priority_of(Stakes.HIGH, [], opened=now)
    later = triage.priority_of(
        Stakes.LOW, [], opened=now, due_at=now + timedelta(days=30)
    )
    assert later == triage.priority_of(Stakes.LOW, [], opened=now)


def test_the_turnaround_of_the_type_counts_before_the_tenants(tenant: Tenant) -> None:
    Turnaround.objects.create(tenant=tenant, document_type="", minutes=600)
    Turnaround.objects.create(tenant=tenant, document_type="receipt", minutes=60)
    task = two_doubts(tenant)
    assert task.due_at is not None
    assert task.due_at - task.created_at < timedelta(minutes=61)


def test_managers_see_the_queue_by_reason(
    client: Client, tenant: Tenant, alice: User
) -> None:
    task = held(tenant, alice)
    client.force_login(alice)
    assert client.get(reverse("queue-report")).status_code == 404
    mona = make_user("mona", tenant, role="manager")
    client.force_login(mona)
    page = client.get(reverse("queue-report")).content.decode()
    assert "Differs from sum of lines" in page
    assert task.reason == "sum_of_lines_differs"
    standing = queue_page.standing(mona, scopes_of(mona), Narrowing(), open_count=1)
    assert standing.held_count == 1
