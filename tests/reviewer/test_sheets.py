"""One field of many documents, held and answered together."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from catalog.models import Tenant
from reviewer import services
from reviewer.models import (
    Decision,
    ReviewTask,
    SecondOpinion,
    Skills,
    UnansweredTime,
    Verdict,
)
from reviewer.narrowing import Narrowing
from reviewer.services import Answer, Sheet, SheetAnswer
from reviewer.services.sheets import shares
from tests.factories import make_tenant
from tests.reviewer.cases import one_doubt, two_doubts


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


def taken(user: User, slot: str = "date", **more: Any) -> Sheet:
    sheet = services.take_sheet(user=user, slot=slot, **more)
    assert sheet is not None
    return sheet


def right(task: ReviewTask) -> SheetAnswer:
    return SheetAnswer(task.pk, Answer(uuid.uuid4(), "date", Verdict.CONFIRM))


def fresh(task: ReviewTask) -> ReviewTask:
    return ReviewTask.objects.get(pk=task.pk)


class TestTaking:
    def test_the_most_urgent_with_the_field_are_held_with_one_token(
        self, alice: User, tenant: Tenant
    ) -> None:
        low, high = one_doubt(tenant), two_doubts(tenant)
        sheet = taken(alice)
        assert [task.pk for task in sheet.tasks] == [high.pk, low.pk]
        assert {fresh(t).reservation_token for t in (low, high)} == {sheet.token}
        assert fresh(low).reserver == alice

    def test_only_so_many_as_asked_for(self, alice: User, tenant: Tenant) -> None:
        for _ in range(3):
            one_doubt(tenant)
        assert len(taken(alice, size=2).tasks) == 2
        assert ReviewTask.objects.filter(reserver=None).count() == 1

    def test_what_does_not_doubt_the_field_is_not_on_it(
        self, alice: User, tenant: Tenant
    ) -> None:
        one_doubt(tenant)
        assert services.take_sheet(user=alice, slot="total") is None

    def test_two_people_never_hold_the_same(
        self, alice: User, bob: User, tenant: Tenant
    ) -> None:
        tasks = {one_doubt(tenant).pk for _ in range(4)}
        mine = {task.pk for task in taken(alice, size=2).tasks}
        others = {task.pk for task in taken(bob, size=4).tasks}
        assert not mine & others
        assert mine | others == tasks
        assert services.take_sheet(user=bob, slot="date") is None

    def test_what_ran_out_is_taken_by_the_next(
        self, alice: User, bob: User, tenant: Tenant
    ) -> None:
        task = one_doubt(tenant)
        taken(alice)
        with time_machine.travel(timezone.now() + timedelta(seconds=121)):
            assert [t.pk for t in taken(bob).tasks] == [task.pk]

    def test_another_tenants_are_not_there(self, charlie: User, tenant: Tenant) -> None:
        one_doubt(tenant)
        assert services.take_sheet(user=charlie, slot="date") is None

    def test_skills_and_narrowing_hold(self, alice: User, tenant: Tenant) -> None:
        one_doubt(tenant)
        narrowing = Narrowing(type="invoice")
        assert services.take_sheet(user=alice, slot="date", narrowing=narrowing) is None
        Skills.objects.create(
            membership=alice.memberships.get(), document_types=["invoice"]
        )
        assert services.take_sheet(user=alice, slot="date") is None

    def test_skipped_and_left_out_ones_stay_away(
        self, alice: User, tenant: Tenant
    ) -> None:
        skipped, out = one_doubt(tenant), one_doubt(tenant)
        held = services.reserve(user=alice, task_id=skipped.pk)
        assert held.reservation_token is not None
        services.skip(user=alice, task_id=held.pk, token=held.reservation_token)
        assert services.take_sheet(user=alice, slot="date", but=[out.pk]) is None

    def test_a_heartbeat_holds_all_of_it(
        self, alice: User, bob: User, tenant: Tenant
    ) -> None:
        one_doubt(tenant)
        one_doubt(tenant)
        sheet = taken(alice)
        with time_machine.travel(timezone.now() + timedelta(seconds=100)):
            held = services.hold_sheet(user=alice, token=sheet.token)
            assert held is not None
            assert len(held.tasks) == 2
        with time_machine.travel(timezone.now() + timedelta(seconds=200)):
            assert services.take_sheet(user=bob, slot="date") is None

    def test_closing_it_frees_all_at_once(
        self, alice: User, bob: User, tenant: Tenant
    ) -> None:
        one_doubt(tenant)
        one_doubt(tenant)
        sheet = taken(alice)
        services.put_sheet_back(user=bob, token=sheet.token)
        assert services.take_sheet(user=bob, slot="date") is None
        services.put_sheet_back(user=alice, token=sheet.token, active_ms=5001)
        assert len(taken(bob).tasks) == 2
        spent = UnansweredTime.objects.values_list("ended", "active_ms")
        assert sorted(spent) == [("left", 2500), ("left", 2501)]


class TestAnswering:
    def test_what_is_complete_is_released_and_what_asks_more_goes_back(
        self, alice: User, tenant: Tenant
    ) -> None:
        more, done = two_doubts(tenant), one_doubt(tenant)
        sheet = taken(alice)
        outcome = services.answer_sheet(
            user=alice,
            token=sheet.token,
            answers=[right(task) for task in sheet.tasks],
            active_ms=9000,
        )
        assert set(outcome.decisions) == {more.pk, done.pk}
        more, done = fresh(more), fresh(done)
        assert (done.state, more.state) == (
            ReviewTask.State.DONE,
            ReviewTask.State.OPEN,
        )
        assert done.generation.released_at is not None
        assert more.generation.released_at is None
        assert more.reserver is None
        asked = more.items.order_by("slot").values_list("slot", "decided")
        assert list(asked) == [("date", True), ("total", False)]
        assert set(Decision.objects.values_list("active_ms", flat=True)) == {4500}

    def test_the_same_sheet_twice_is_one_set_of_decisions(
        self, alice: User, tenant: Tenant
    ) -> None:
        one_doubt(tenant)
        two_doubts(tenant)
        out = one_doubt(tenant)
        sheet = taken(alice)
        answers = [right(task) for task in sheet.tasks if task.pk != out.pk]
        given: dict[str, Any] = {
            "user": alice,
            "token": sheet.token,
            "answers": answers,
            "left_out": [out.pk],
            "active_ms": 6000,
        }
        first = services.answer_sheet(**given)
        again = services.answer_sheet(**given)
        assert first.decisions == again.decisions
        assert Decision.objects.count() == len(answers)
        assert [t.active_ms for t in UnansweredTime.objects.all()] == [
            6000 // (len(answers) + 1)
        ]
        assert fresh(out).reserver is None

    def test_one_that_somebody_took_is_a_second_opinion_and_the_others_count(
        self, alice: User, bob: User, tenant: Tenant
    ) -> None:
        lost, kept = one_doubt(tenant), one_doubt(tenant)
        sheet = taken(alice)
        ReviewTask.objects.filter(pk=lost.pk).update(
            reserved_until=timezone.now() - timedelta(seconds=1)
        )
        services.reserve(user=bob, task_id=lost.pk)
        outcome = services.answer_sheet(
            user=alice,
            token=sheet.token,
            answers=[right(lost), right(kept)],
        )
        assert set(outcome.decisions) == {kept.pk}
        assert outcome.kept == 1
        assert SecondOpinion.objects.get().item.task_id == lost.pk
        assert fresh(lost).reserver == bob

    def test_a_senseless_answer_stays_held_and_costs_no_other(
        self, alice: User, tenant: Tenant
    ) -> None:
        wrong, good = one_doubt(tenant), one_doubt(tenant)
        sheet = taken(alice)
        nonsense = Answer(uuid.uuid4(), "date", Verdict.CORRECT, "the day after")
        outcome = services.answer_sheet(
            user=alice,
            token=sheet.token,
            answers=[SheetAnswer(wrong.pk, nonsense), right(good)],
        )
        assert "date" in outcome.refused[wrong.pk]
        assert set(outcome.decisions) == {good.pk}
        assert fresh(wrong).reservation_token == sheet.token

    def test_what_another_window_took_counts_while_the_field_is_open(
        self, alice: User, tenant: Tenant
    ) -> None:
        task = one_doubt(tenant)
        sheet = taken(alice)
        services.reserve(user=alice, task_id=task.pk)  # at the desk
        outcome = services.answer_sheet(
            user=alice, token=sheet.token, answers=[right(task)]
        )
        assert set(outcome.decisions) == {task.pk}

    def test_another_tenants_task_is_gone_whatever_the_form_says(
        self, charlie: User, tenant: Tenant
    ) -> None:
        task = one_doubt(tenant)
        outcome = services.answer_sheet(
            user=charlie, token=uuid.uuid4(), answers=[right(task)]
        )
        assert outcome.refused == {task.pk: "This case is gone."}
        assert not Decision.objects.exists()
        assert not SecondOpinion.objects.exists()


def test_time_is_shared_to_the_millisecond() -> None:
    assert shares(10, 4) == [3, 3, 2, 2]
    assert shares(10, 0) == []
