from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from catalog import services as catalog
from catalog.models import (
    DerivedArtifact,
    Generation,
    GoldenCase,
    GoldenValue,
    Kind,
    Origin,
    Promotion,
    State,
    Tenant,
)
from catalog.regions import BoundingBox, Region
from reviewer import services
from reviewer.models import Correction, Decision, ReviewItem, ReviewTask, Verdict
from reviewer.services import Answer, AnswerRefused, ReservationLost
from tests.factories import BOX, make_task, make_tenant, make_user
from tests.reviewer.cases import SURE, date, one_doubt, two_doubts

ELSEWHERE = Region(1, BoundingBox(0.1, 0.2, 0.3, 0.25))


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def task(tenant: Tenant, alice: User) -> ReviewTask:
    """A conflicting total of 21.20 and a doubtful date, held by alice."""
    return services.reserve(user=alice, task_id=two_doubts(tenant).pk)


def answer(slot: str, verdict: Verdict, value: str = "", **more: Any) -> Answer:
    return Answer(
        decision_id=uuid.uuid4(), slot=slot, verdict=verdict, value=value, **more
    )


def decide(task: ReviewTask, user: User, given: Answer) -> Decision:
    assert task.reservation_token is not None
    return services.decide(
        user=user, task_id=task.pk, token=task.reservation_token, answer=given
    )


def standing(task: ReviewTask, slot: str) -> DerivedArtifact:
    live = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    return live.get(slot=slot)


def test_confirming_makes_a_human_artifact_over_the_old(
    task: ReviewTask, alice: User
) -> None:
    old = standing(task, "total")
    decision = decide(task, alice, answer("total", Verdict.CONFIRM))
    new = standing(task, "total")
    old.refresh_from_db()
    assert decision.artifact == new
    assert new.origin == Origin.HUMAN
    assert new.payload is not None
    assert new.payload["value"] == "21.20"
    assert new.payload["reason"] == "person_confirm"
    assert new.region == old.region == BOX
    assert (old.state, old.superseded_by) == (State.SUPERSEDED, new)
    assert not Correction.objects.exists()


def test_a_correction_keeps_both_values_and_both_boxes(
    task: ReviewTask, alice: User
) -> None:
    given = answer(
        "total",
        Verdict.CORRECT,
        "RM 1,021.20",
        region=ELSEWHERE,
        how=Correction.How.WORDS,
        active_ms=1500,
    )
    decision = decide(task, alice, given)
    correction = decision.correction
    assert (correction.old_value, correction.new_value) == ("21.20", "1021.20")
    assert correction.old_region == BOX
    assert correction.new_region == ELSEWHERE.as_json()
    assert correction.how == Correction.How.WORDS
    assert decision.active_ms == 1500
    payload = standing(task, "total").payload
    assert payload is not None
    assert (payload["value"], payload["raw"]) == ("1021.20", "RM 1,021.20")


def test_a_golden_case_says_what_is_true_and_what_the_machine_said(
    task: ReviewTask, alice: User
) -> None:
    given = answer("total", Verdict.CORRECT, "9.00", region=ELSEWHERE)
    decision = decide(task, alice, given)
    case = GoldenCase.objects.get()
    value = case.values.get()
    assert case.source == task.source
    assert case.source.content_hash == decision.artifact.source_hash
    assert case.came_from == GoldenCase.CameFrom.REVIEW
    assert case.slices == {
        "tenant": "acme",
        "template": "t-000000000001",
        "document_type": "receipt",
        "modality": "document",
    }
    assert (value.slot, value.value_type) == ("total", "money")
    assert (value.value, value.region) == ("9.00", ELSEWHERE.as_json())
    assert (value.machine_value, value.machine_region) == ("21.20", BOX)
    assert value.pipeline_version == task.generation.pipeline_version
    assert value.model_id == "rules-1.0.0"
    assert (value.filed_by, value.decision_ref) == (alice, decision.pk)


def test_the_ledger_names_the_decision(task: ReviewTask, alice: User) -> None:
    decision = decide(task, alice, answer("total", Verdict.CONFIRM))
    row = Promotion.objects.get(decision_ref=decision.pk)
    assert (row.reason, row.actor) == (Promotion.Reason.DECISION, alice)


def test_absent_is_an_expectation_and_unreadable_is_none(
    task: ReviewTask, alice: User
) -> None:
    decide(task, alice, answer("total", Verdict.ABSENT, "ignored"))
    decide(task, alice, answer("date", Verdict.UNREADABLE))
    values = GoldenValue.objects.standing().values_list("slot", "value")
    assert list(values) == [("total", "")]
    for slot in ("total", "date"):
        artifact = standing(task, slot)
        assert artifact.payload is not None
        assert (artifact.payload["value"], artifact.region) == ("", None)


def test_the_last_answer_ends_the_task_and_releases_the_values(
    task: ReviewTask, alice: User
) -> None:
    decide(task, alice, answer("total", Verdict.CONFIRM))
    task.refresh_from_db()
    generation = Generation.objects.get(pk=task.generation_id)
    assert (task.state, generation.released_at) == (ReviewTask.State.OPEN, None)
    decide(task, alice, answer("date", Verdict.CONFIRM))
    task.refresh_from_db()
    generation.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    assert task.done_at is not None
    assert (task.reserver, task.reservation_token) == (None, None)
    assert generation.released_at is not None


def test_the_same_decision_again_is_one_decision_even_when_all_is_done(
    task: ReviewTask, alice: User
) -> None:
    first = answer("total", Verdict.CONFIRM)
    last = answer("date", Verdict.CONFIRM)
    made = decide(task, alice, first)
    assert decide(task, alice, first) == made
    done = decide(task, alice, last)
    assert decide(task, alice, last) == done
    assert Decision.objects.count() == 2
    assert GoldenValue.objects.count() == 2


def test_a_number_of_another_answer_is_refused(
    task: ReviewTask, alice: User, tenant: Tenant
) -> None:
    given = answer("total", Verdict.CONFIRM)
    decide(task, alice, given)
    other = services.reserve(user=alice, task_id=two_doubts(tenant).pk)
    with pytest.raises(AnswerRefused):
        decide(other, alice, given)


def test_typing_what_stands_there_is_a_confirmation(
    task: ReviewTask, alice: User
) -> None:
    decision = decide(task, alice, answer("total", Verdict.CORRECT, " 21.20 "))
    assert decision.verdict == Verdict.CONFIRM
    assert not Correction.objects.exists()


def test_another_place_for_the_same_value_is_a_correction(
    task: ReviewTask, alice: User
) -> None:
    given = answer("total", Verdict.CORRECT, "21.20", region=ELSEWHERE)
    assert decide(task, alice, given).verdict == Verdict.CORRECT


def test_a_second_answer_follows_the_first(task: ReviewTask, alice: User) -> None:
    decide(task, alice, answer("total", Verdict.CORRECT, "9.00"))
    again = decide(task, alice, answer("total", Verdict.CORRECT, "8.00"))
    assert again.sequence == 2
    assert again.correction.old_value == "9.00"
    case = GoldenCase.objects.get()
    value = case.values.order_by("value_id").last()
    assert value is not None
    assert (value.value, value.machine_value) == ("8.00", "21.20")


@pytest.mark.parametrize(
    ("slot", "verdict", "value", "says"),
    [
        ("total", Verdict.CORRECT, "about ten", "amount"),
        ("total", Verdict.CORRECT, "", "amount"),
        ("date", Verdict.CORRECT, "soon", "date"),
    ],
)
def test_senseless_answers_are_refused_with_what_to_do(
    task: ReviewTask, alice: User, slot: str, verdict: Verdict, value: str, says: str
) -> None:
    with pytest.raises(AnswerRefused, match=says):
        decide(task, alice, answer(slot, verdict, value))
    assert not Decision.objects.exists()


def test_nothing_found_cannot_be_confirmed(tenant: Tenant, alice: User) -> None:
    task = make_task(tenant, fields=[date(), SURE])
    held = services.reserve(user=alice, task_id=task.pk)
    with pytest.raises(AnswerRefused, match="no value to confirm"):
        decide(held, alice, answer("total", Verdict.CONFIRM))
    decision = decide(held, alice, answer("total", Verdict.CORRECT, "5"))
    assert decision.correction.old_value == ""
    assert GoldenValue.objects.get().machine_value == ""


def test_an_item_that_is_not_asked_about_does_not_exist(
    task: ReviewTask, alice: User
) -> None:
    with pytest.raises(ReviewItem.DoesNotExist):
        decide(task, alice, answer("company", Verdict.CONFIRM))


def test_a_stale_token_stores_nothing(
    task: ReviewTask, alice: User, tenant: Tenant
) -> None:
    bob = make_user("bob", tenant)
    assert task.reservation_token is not None
    services.put_back(user=alice, task_id=task.pk, token=task.reservation_token)
    services.reserve(user=bob, task_id=task.pk)
    with pytest.raises(ReservationLost) as refusal:
        decide(task, alice, answer("total", Verdict.CONFIRM))
    assert refusal.value.task.reserver == bob
    assert not Decision.objects.exists()


def test_another_persons_token_and_another_tenants_task_are_refused(
    task: ReviewTask, tenant: Tenant
) -> None:
    charlie = make_user("charlie", make_tenant("globex"))
    with pytest.raises(ReviewTask.DoesNotExist):
        decide(task, charlie, answer("total", Verdict.CONFIRM))
    bob = make_user("bob", tenant)
    with pytest.raises(ReservationLost):
        decide(task, bob, answer("total", Verdict.CONFIRM))


def test_all_or_nothing(
    task: ReviewTask, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiskFull(Exception):
        pass

    def fail(**given: object) -> None:
        raise DiskFull

    before = DerivedArtifact.objects.count(), Promotion.objects.count()
    monkeypatch.setattr(catalog, "file_golden_value", fail)
    with pytest.raises(DiskFull):
        decide(task, alice, answer("total", Verdict.CORRECT, "9.00"))
    assert (DerivedArtifact.objects.count(), Promotion.objects.count()) == before
    assert standing(task, "total").origin == Origin.MACHINE
    assert not Decision.objects.exists()
    assert not Correction.objects.exists()
    assert not GoldenCase.objects.exists()
    assert task.items.filter(decided=True).count() == 0


def test_a_document_of_no_known_type_is_looked_at_and_closed(
    tenant: Tenant, alice: User
) -> None:
    task = make_task(tenant, document_type="", reason="unknown_document_type")
    held = services.reserve(user=alice, task_id=task.pk)
    assert held.reservation_token is not None
    services.close_without_items(
        user=alice, task_id=task.pk, token=held.reservation_token
    )
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    assert task.generation.released_at is None


def test_a_task_with_open_fields_is_not_closed(task: ReviewTask, alice: User) -> None:
    assert task.reservation_token is not None
    with pytest.raises(AnswerRefused):
        services.close_without_items(
            user=alice, task_id=task.pk, token=task.reservation_token
        )


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_eight_times_at_once_is_one_decision() -> None:
    tenant = make_tenant("acme")
    alice = make_user("alice", tenant)
    task = services.reserve(user=alice, task_id=one_doubt(tenant).pk)
    given = answer("date", Verdict.CORRECT, "2018-01-12")
    ready = threading.Barrier(8)

    def send(_: int) -> uuid.UUID:
        try:
            ready.wait(timeout=20)
            return decide(task, alice, given).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {given.decision_id}
    assert Decision.objects.count() == GoldenValue.objects.count() == 1
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE


def test_unreadable_takes_an_earlier_expectation_back(
    task: ReviewTask, alice: User
) -> None:
    decide(task, alice, answer("total", Verdict.CORRECT, "25.30"))
    decide(task, alice, answer("total", Verdict.UNREADABLE))

    assert GoldenValue.objects.filter(slot="total").count() == 2
    assert not GoldenValue.objects.standing().exists()
