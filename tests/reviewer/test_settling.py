from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.test import Client

from catalog.ids import new_id
from catalog.models import Generation, GoldenValue, Tenant
from reviewer import exports, live_checks, services
from reviewer.models import Decision, ReviewTask, SecondOpinion, Settlement, Verdict
from reviewer.services import ReservationLost
from reviewer.timeline import timeline_of
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.checked import WRONG_TAX, asked, make_checked_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def bob(tenant: Tenant) -> User:
    return make_user("bob", tenant)


@pytest.fixture
def task(tenant: Tenant) -> ReviewTask:
    return make_checked_case(tenant, **WRONG_TAX)


DIFFERS = "net_plus_tax_differs"


def test_a_wrong_tax_makes_all_three_doubtful(task: ReviewTask) -> None:
    assert asked(task) == {
        "grand_total": DIFFERS,
        "line_total": DIFFERS,
        "tax_total": DIFFERS,
    }


def test_the_right_tax_settles_the_others_and_ends_the_task(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    assert task.state == ReviewTask.State.DONE
    assert Generation.objects.get(pk=task.generation_id).released_at is not None
    settled = Settlement.objects.standing()
    assert dict(settled.values_list("item__slot", "reason")) == {
        "grand_total": "net_plus_tax_agrees",
        "line_total": "net_plus_tax_agrees",
    }
    assert {s.decision.item.slot for s in settled} == {"tax_total"}


def test_what_a_check_settled_is_no_decision_and_no_truth(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    assert list(Decision.objects.values_list("item__slot", flat=True)) == ["tax_total"]
    assert list(GoldenValue.objects.values_list("slot", flat=True)) == ["tax_total"]


def test_an_answer_that_repairs_nothing_settles_nothing(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("tax_total", Verdict.CONFIRM))
    assert [*asked(task)] == ["grand_total", "line_total"]
    assert not Settlement.objects.exists()


def test_without_the_check_nothing_agrees(task: ReviewTask, alice: User) -> None:
    """The document has no tax: the sum no longer contradicts, but nothing agrees."""
    answered(task, alice, say("tax_total", Verdict.ABSENT))
    assert [*asked(task)] == ["grand_total", "line_total"]


def test_a_value_that_was_hardly_read_is_asked_all_the_same(
    tenant: Tenant, alice: User
) -> None:
    task = make_checked_case(tenant, **WRONG_TAX, sure={"grand_total": 0.75})
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    assert [*asked(task)] == ["grand_total"]
    assert task.state == ReviewTask.State.OPEN


def test_a_doubt_of_another_kind_is_not_settled(tenant: Tenant, alice: User) -> None:
    task = make_checked_case(tenant, **WRONG_TAX, sure={"supplier_name": 0.4})
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    assert asked(task) == {"supplier_name": "low_confidence"}


def test_taken_back_it_is_asked_again(task: ReviewTask, alice: User) -> None:
    [decision] = answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    undo = services.undo(
        user=alice,
        decision_id=say("x", Verdict.CONFIRM).decision_id,
        undoes=decision.pk,
    )
    task.refresh_from_db()
    assert task.state == ReviewTask.State.OPEN
    assert set(asked(task)) == {"grand_total", "line_total", "tax_total"}
    assert not Settlement.objects.standing().exists()
    assert {s.ended_by_id for s in Settlement.objects.all()} == {undo.pk}
    assert Generation.objects.get(pk=task.generation_id).released_at is None


def test_another_answer_after_which_it_differs_asks_again(
    tenant: Tenant, alice: User
) -> None:
    task = make_checked_case(tenant, **WRONG_TAX, sure={"supplier_name": 0.4})
    answered(
        task,
        alice,
        say("tax_total", Verdict.CORRECT, "19.00"),
        say("tax_total", Verdict.CORRECT, "18.00"),
    )
    assert set(asked(task)) == {"grand_total", "line_total", "supplier_name"}


def test_a_settled_field_may_be_answered_all_the_same(
    tenant: Tenant, alice: User
) -> None:
    """The page had not heard yet that it was settled."""
    task = make_checked_case(tenant, **WRONG_TAX, sure={"supplier_name": 0.4})
    answered(
        task,
        alice,
        say("tax_total", Verdict.CORRECT, "19.00"),
        say("grand_total", Verdict.CONFIRM, seen=0),
    )
    ended = Settlement.objects.get(item__slot="grand_total")
    assert ended.ended_by is not None
    assert ended.ended_by.item.slot == "grand_total"
    assert [*asked(task)] == ["supplier_name"]


def test_an_answer_on_its_way_when_the_task_ended_counts(
    task: ReviewTask, alice: User
) -> None:
    held = services.reserve(user=alice, task_id=task.pk)
    token = held.reservation_token
    assert token is not None
    first = services.decide_and_go_on(
        user=alice,
        task_id=task.pk,
        token=token,
        answer=say("tax_total", Verdict.CORRECT, "19.00"),
    )
    assert first.done
    late = say("grand_total", Verdict.CORRECT, "119.10", seen=0)
    second = services.decide_and_go_on(
        user=alice, task_id=task.pk, token=token, answer=late
    )
    assert second.done
    assert second.decision.verdict == Verdict.CORRECT
    assert not SecondOpinion.objects.exists()


def test_nobody_else_may_answer_what_ended(
    task: ReviewTask, alice: User, bob: User
) -> None:
    held = services.reserve(user=alice, task_id=task.pk)
    token = held.reservation_token
    assert token is not None
    services.decide(
        user=alice,
        task_id=task.pk,
        token=token,
        answer=say("tax_total", Verdict.CORRECT, "19.00"),
    )
    answer = say("grand_total", Verdict.CONFIRM, seen=0)
    with pytest.raises(ReservationLost):
        services.decide(user=bob, task_id=task.pk, token=token, answer=answer)
    assert SecondOpinion.objects.get().reviewer == bob


def test_the_record_cannot_be_changed(task: ReviewTask, alice: User) -> None:
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    one = Settlement.objects.all()[:1]
    ids = [s.pk for s in one]
    for change in ({"reason": "x"}, {"decision": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Settlement.objects.filter(pk__in=ids).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Settlement.objects.filter(pk__in=ids).delete()


def test_a_look_again_is_answered_by_people_alone(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("tax_total", Verdict.CORRECT, "17.00"))
    services.reopen(user=alice, source_id=task.source_id)
    answered(
        task,
        alice,
        say("line_total", Verdict.CONFIRM),
        say("grand_total", Verdict.CONFIRM),
    )
    again = services.reopen(user=alice, source_id=task.source_id)
    answered(again, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    assert not Settlement.objects.exists()


def test_an_export_says_that_it_agrees(
    task: ReviewTask, alice: User, tenant: Tenant
) -> None:
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    [sent] = exports.export(tenant=tenant, recipient=alice, form="json").lines
    values = json.loads(sent)["values"]
    told = {slot: (one["status"], one["origin"]) for slot, one in values.items()}
    assert told["grand_total"] == ("agrees", "machine")
    assert told["tax_total"] == ("verified", "human")


def test_a_rule_that_stumbles_costs_nobody_an_answer(
    task: ReviewTask, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*given: object) -> None:
        raise ValueError("19.00 is not what was expected")

    monkeypatch.setattr(live_checks, "recheck", stumbles)
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    assert Decision.objects.count() == 1
    assert [*asked(task)] == ["grand_total", "line_total"]


def test_the_line_of_time_tells_what_was_settled_and_its_end(
    task: ReviewTask, alice: User, client: Client
) -> None:
    answered(task, alice, say("tax_total", Verdict.CORRECT, "19.00"))
    told = [one for one in timeline_of(task.source) if one.kind == "settlement"]
    assert {one.happening.what for one in told} == {
        "Grand total agrees now and was not asked",
        "Line total agrees now and was not asked",
    }
    assert all("add up" in one.happening.detail for one in told)
    assert all(one.happening.who == "alice" for one in told)
    client.force_login(alice)
    page = client.get(f"/sources/{task.source_id}/").content.decode()
    assert "Line total agrees now and was not asked" in page
    answer = client.get(f"/api/v1/sources/{task.source_id}/history/").json()
    kinds = [one["kind"] for one in answer["history"]]
    assert kinds.count("settlement") == 2
    decision = Decision.objects.get()
    services.undo(user=alice, decision_id=new_id(), undoes=decision.pk)
    ended = [one for one in timeline_of(task.source) if one.kind == "settlement"]
    assert len(ended) == 4
