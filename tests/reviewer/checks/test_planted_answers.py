"""Nothing comes of an answer to a planted error but that it was caught or missed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from catalog.models import (
    DerivedArtifact,
    Generation,
    GoldenValue,
    Kind,
    Promotion,
    Tenant,
)
from catalog.services import erase
from reviewer import exports, history, queue_report, services
from reviewer.models import (
    Confusion,
    Correction,
    Decision,
    Outcome,
    PlantedAnswer,
    PlantedError,
    ReviewTask,
    SecondOpinion,
    Verdict,
)
from reviewer.services import AnswerRefused, ReservationLost
from reviewer.timeline import timeline_of
from tests.factories import make_tenant
from tests.reviewer.answering import answered, say
from tests.reviewer.checks.cases import SHOWN, TRUE, with_planted

BEFORE = [say("total", Verdict.CONFIRM), say("date", Verdict.CONFIRM)]


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def task(tenant: Tenant) -> ReviewTask:
    return with_planted(tenant)


def in_catalog() -> list[int]:
    return [
        DerivedArtifact.objects.count(),
        GoldenValue.objects.count(),
        Promotion.objects.count(),
        Correction.objects.count(),
        Decision.objects.count(),
    ]


@pytest.mark.parametrize(
    ("verdict", "value", "outcome"),
    [
        (Verdict.CONFIRM, "", Outcome.MISSED),
        (Verdict.CORRECT, SHOWN, Outcome.MISSED),
        (Verdict.CORRECT, TRUE, Outcome.CAUGHT),
        (Verdict.CORRECT, "GIN KEE.", Outcome.CAUGHT),
        (Verdict.CORRECT, "Gim Kee", Outcome.OTHER),
        (Verdict.ABSENT, "", Outcome.OTHER),
        (Verdict.UNREADABLE, "", Outcome.OTHER),
    ],
)
def test_it_is_caught_or_missed_and_nothing_else_is_stored(
    task: ReviewTask, alice: User, verdict: Verdict, value: str, outcome: Outcome
) -> None:
    before = in_catalog()
    answered(task, alice, say("company", verdict, value))
    assert in_catalog() == before
    assert PlantedAnswer.objects.get().outcome == outcome
    standing = DerivedArtifact.objects.live_in(task.generation).get(slot="company")
    assert (standing.payload or {})["value"] == TRUE
    assert task.items.get(slot="company").decided


@pytest.mark.parametrize(
    ("verdict", "value", "outcome"),
    [
        (Verdict.ABSENT, "", Outcome.MISSED),
        (Verdict.CORRECT, TRUE, Outcome.CAUGHT),
        (Verdict.CORRECT, "Wong", Outcome.OTHER),
    ],
)
def test_where_nothing_was_shown_to_agree_is_to_miss_it(
    tenant: Tenant, alice: User, verdict: Verdict, value: str, outcome: Outcome
) -> None:
    task = with_planted(tenant, kind=Confusion.NOTHING, reason="missing")
    with pytest.raises(AnswerRefused, match="no value to confirm"):
        answered(task, alice, say("company", Verdict.CONFIRM))
    answered(task, alice, say("company", verdict, value))
    assert PlantedAnswer.objects.get().outcome == outcome


@pytest.mark.parametrize("last", ["company", "date"])
def test_the_values_are_released_with_the_last_answer_of_all(
    task: ReviewTask, alice: User, last: str
) -> None:
    slots = [slot for slot in ("total", "company", "date") if slot != last]
    answered(task, alice, *(say(slot, Verdict.CONFIRM) for slot in slots))
    assert Generation.objects.get().released_at is None
    assert task.state == ReviewTask.State.OPEN
    answered(task, alice, say(last, Verdict.CONFIRM))
    assert Generation.objects.get().released_at is not None
    assert task.state == ReviewTask.State.DONE


def test_what_leaves_the_house_has_nothing_of_it(
    task: ReviewTask, alice: User, client: Client
) -> None:
    answered(task, alice, *BEFORE, say("company", Verdict.CORRECT, "Wrong Ltd"))
    form: Any
    for form in ("json", "csv"):
        told = exports.export(tenant=task.tenant, recipient=alice, form=form)
        text = "".join(told.lines)
        assert TRUE in text
        assert SHOWN not in text
        assert "Wrong Ltd" not in text
    client.force_login(alice)
    source = task.source_id
    for page in (
        reverse("source", args=[source]),
        reverse("source-history", args=[source]),
        reverse("golden-cases"),
        reverse("golden-case", args=[GoldenValue.objects.all()[0].case_id]),
        f"{reverse('search')}?q=G1n",
        f"/api/v1/sources/{source}/",
        f"/api/v1/sources/{source}/history/",
        "/api/v1/search/?q=G1n",
        f"/api/v1/review-tasks/?source={source}",
    ):
        text = client.get(page).content.decode()
        assert SHOWN not in text.replace("?q=G1n", ""), page
        assert "Wrong Ltd" not in text, page
        assert "planted" not in text.lower(), page


def test_the_history_tells_of_the_other_answers_only(
    task: ReviewTask, alice: User, bob: User
) -> None:
    held = services.reserve(user=bob, task_id=task.pk)
    old_token = held.reservation_token or uuid.uuid4()
    services.put_back(user=bob, task_id=task.pk, token=old_token)
    answered(task, alice, *BEFORE, say("company", Verdict.CONFIRM))
    with pytest.raises(ReservationLost):
        services.decide(
            user=bob,
            task_id=task.pk,
            token=old_token,
            answer=say("company", Verdict.CORRECT, TRUE),
        )
    assert SecondOpinion.objects.count() == 1
    for told in (history.history_of(task.source), timeline_of(task.source)):
        text = str(told)
        assert "Company" not in text
        assert "Total confirmed" in text
    assert queue_report.of([task.tenant]).compared == 0


def test_another_value_than_expected_is_asked_about_in_earnest(
    task: ReviewTask, alice: User, bob: User
) -> None:
    answered(task, alice, say("company", Verdict.CORRECT, "Gim Kee"), *BEFORE)
    asked = ReviewTask.objects.open().get()
    item = asked.items.get()
    assert (item.slot, item.reason) == ("company", "asked_again")
    assert (asked.generation, asked.asks) == (task.generation, "doubts")
    # What the machine had read is asked about, and an answer counts like any other.
    assert item.artifact is not None
    assert (item.artifact.payload or {})["value"] == TRUE
    answered(asked, bob, say("company", Verdict.CORRECT, "Gim Kee"))
    live = DerivedArtifact.objects.live_in(task.generation).get(slot="company")
    assert (live.payload or {})["value"] == "Gim Kee"
    assert Correction.objects.get().new_value == "Gim Kee"


def test_an_undo_stops_what_was_asked_in_earnest(task: ReviewTask, alice: User) -> None:
    [wrong, *_, last] = answered(
        task, alice, say("company", Verdict.CORRECT, "Gim Kee"), *BEFORE
    )
    for one in (last, wrong):
        services.undo(user=alice, decision_id=uuid.uuid4(), undoes=one.pk)
    assert ReviewTask.objects.open().get() == task
    assert Generation.objects.get().released_at is None
    again = say("company", Verdict.CORRECT, TRUE), say("date", Verdict.CONFIRM)
    answered(task, alice, *again)
    assert task.state == ReviewTask.State.DONE
    assert not ReviewTask.objects.open().exists()


def test_a_real_answer_beside_it_can_be_taken_back_too(
    task: ReviewTask, alice: User
) -> None:
    made = answered(task, alice, say("company", Verdict.ABSENT), *BEFORE)
    last = services.last_undoable(alice)
    assert last is not None
    assert last.pk == made[-1].pk
    services.undo(user=alice, decision_id=uuid.uuid4(), undoes=last.pk)
    task.refresh_from_db()
    assert task.state == ReviewTask.State.OPEN


def test_what_was_exported_is_not_taken_back(task: ReviewTask, alice: User) -> None:
    [*_, last] = answered(task, alice, *BEFORE, say("company", Verdict.CONFIRM))
    told = exports.export(tenant=task.tenant, recipient=alice, form="json")
    assert list(told.lines)
    with pytest.raises(AnswerRefused, match="exported"):
        services.undo(user=alice, decision_id=uuid.uuid4(), undoes=last.pk)


def test_only_who_answered_takes_it_back(
    task: ReviewTask, alice: User, bob: User, charlie: User
) -> None:
    [made] = answered(task, alice, say("company", Verdict.CONFIRM))
    for other in (bob, charlie):
        with pytest.raises(Decision.DoesNotExist):
            services.undo(user=other, decision_id=uuid.uuid4(), undoes=made.pk)


def test_an_erasure_empties_it_and_the_count_stays(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("company", Verdict.CORRECT, "Gim Kee"))
    erase(source=task.source, basis="request")
    planted, given = PlantedError.objects.get(), PlantedAnswer.objects.get()
    assert (planted.payload, planted.region) == (None, None)
    assert (given.value, given.raw, given.region) == ("", "", None)
    assert given.outcome == Outcome.OTHER


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE planted_answer SET outcome = 'missed'",
        "UPDATE planted_answer SET value = ''",
        "DELETE FROM planted_answer",
        "UPDATE planted_error SET payload = NULL",
        "DELETE FROM planted_error",
    ],
)
def test_the_database_keeps_them(task: ReviewTask, alice: User, statement: str) -> None:
    answered(task, alice, say("company", Verdict.CORRECT, TRUE))
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


def test_no_field_artifact_ever_shows_it(task: ReviewTask, alice: User) -> None:
    answered(task, alice, *BEFORE, say("company", Verdict.CONFIRM))
    fields = DerivedArtifact.objects.of_kind(Kind.FIELD)
    values = [(one.payload or {}).get("value") for one in fields]
    assert TRUE in values
    assert SHOWN not in values
