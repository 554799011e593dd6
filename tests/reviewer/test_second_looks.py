"""A second person before the release, and a third one where the two differ."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from catalog.models import DerivedArtifact, Generation, GoldenValue, Kind, Tenant
from reviewer import services, wording
from reviewer.demo import load
from reviewer.expected_loss import Costs, People
from reviewer.expected_loss import look_at as look_at_value
from reviewer.models import (
    BlindLook,
    Correction,
    Decision,
    ReviewTask,
    SecondLookRule,
    SecondOpinion,
    Verdict,
)
from reviewer.services import ReservationLost
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.cases import two_doubts
from tests.reviewer.second_looking import (
    SECOND,
    confirm,
    first_answered,
    look_at,
    make_rule,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def carol(harbour: Tenant) -> User:
    return make_user("carol", harbour)


def released(task: ReviewTask) -> bool:
    return Generation.objects.get(pk=task.generation_id).released_at is not None


def value(task: ReviewTask, slot: str) -> str:
    live = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    return str((live.get(slot=slot).payload or {})["value"])


def test_without_a_rule_everything_is_as_before(harbour: Tenant, alice: User) -> None:
    task = two_doubts(harbour)
    confirm(task, alice)

    assert not ReviewTask.objects.open().exists()
    assert released(task)
    assert wording.done(task) == "Case done: its values are released."


def test_the_look_opens_before_the_release(harbour: Tenant, alice: User) -> None:
    make_rule(slot="total")
    look = first_answered(harbour, alice, total="20.00")

    assert not released(look)
    assert [item.slot for item in look.items.all()] == ["total"]
    item = look.items.get()
    assert (item.reason, item.decided) == ("sum_of_lines_differs", False)
    assert item.artifact is not None
    assert item.artifact.origin == "machine"
    kept = BlindLook.objects.get()
    assert kept.first.reviewer == alice
    assert kept.p_error * kept.catch * kept.loss > kept.look_cost


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        ({"loss": 0}, []),
        ({"slot": "date"}, ["date"]),
        ({"document_type": "invoice"}, []),
        ({"document_type": "receipt"}, ["total", "date"]),
    ],
)
def test_only_what_a_rule_is_about_and_what_pays(
    harbour: Tenant, alice: User, about: dict[str, object], asked: list[str]
) -> None:
    make_rule(**about)
    task = two_doubts(harbour)
    confirm(task, alice)

    looks = ReviewTask.objects.open().asking(SECOND)
    assert [item.slot for look in looks for item in look.items.all()] == asked
    assert released(task) is not bool(asked)


def test_a_rule_that_is_more_about_it_wins(harbour: Tenant) -> None:
    make_rule(loss=1)
    make_rule(loss=2, slot="total")
    make_rule(loss=3, slot="total", document_type="receipt")
    make_rule(loss=4, tenant=harbour, slot="date")
    make_rule(loss=5, tenant=make_tenant("meadow"))

    rules = SecondLookRule.objects.of(harbour.pk, "receipt")
    assert {slot: rule.loss for slot, rule in rules.items()} == {
        "": 1,
        "total": 3,
        "date": 4,
    }
    make_rule(loss=6, tenant=harbour)
    rules = SecondLookRule.objects.of(harbour.pk, "receipt")
    assert rules["total"].loss == 6


def test_another_tenants_rule_asks_nothing(harbour: Tenant, alice: User) -> None:
    make_rule(tenant=make_tenant("meadow"))
    task = two_doubts(harbour)
    confirm(task, alice)

    assert released(task)


def test_what_nobody_could_read_is_no_wrong_value(harbour: Tenant, alice: User) -> None:
    make_rule(slot="total")
    task = two_doubts(harbour)
    answered(
        task, alice, say("total", Verdict.UNREADABLE), say("date", Verdict.CONFIRM)
    )

    assert released(task)


class TestWhoMayHaveIt:
    @pytest.fixture
    def look(self, harbour: Tenant, alice: User) -> ReviewTask:
        make_rule()
        return first_answered(harbour, alice, total="20.00")

    def test_never_who_answered_first(
        self, look: ReviewTask, alice: User, bob: User
    ) -> None:
        assert services.reserve_next(user=alice) is None
        with pytest.raises(ReviewTask.DoesNotExist):
            services.reserve(user=alice, task_id=look.pk)
        assert services.reserve_next(user=bob) == look

    def test_nor_what_is_kept_ahead_for_them(
        self, look: ReviewTask, harbour: Tenant, alice: User
    ) -> None:
        shown = two_doubts(harbour)
        held = services.reserve(user=alice, task_id=shown.pk)
        assert services.reserve_ahead(user=alice, shown=held) is None

    def test_nor_who_answered_late(
        self, harbour: Tenant, alice: User, bob: User, carol: User
    ) -> None:
        make_rule()
        task = two_doubts(harbour)
        held = services.reserve(user=bob, task_id=task.pk)
        assert held.reservation_token is not None
        token = held.reservation_token
        services.put_back(user=bob, task_id=task.pk, token=token)
        answered(task, alice, say("total", Verdict.CONFIRM))
        with pytest.raises(ReservationLost):
            services.decide(
                user=bob,
                task_id=task.pk,
                token=token,
                answer=say("date", Verdict.CONFIRM),
            )
        assert SecondOpinion.objects.get().reviewer == bob
        answered(task, alice, say("date", Verdict.CONFIRM))

        look = look_at(task)
        assert set(look.excluded) == {alice.pk, bob.pk}
        assert services.reserve_next(user=bob) is None
        assert services.reserve_next(user=carol) == look

    def test_nor_by_writing_to_it(self, look: ReviewTask, alice: User) -> None:
        with pytest.raises(ReviewTask.DoesNotExist):
            services.comment(
                user=alice, task_id=look.pk, note_id=uuid.uuid4(), text="it is 20.00"
            )

    def test_a_stranger_sees_nothing(self, look: ReviewTask, charlie: User) -> None:
        assert services.reserve_next(user=charlie) is None
        with pytest.raises(ReviewTask.DoesNotExist):
            services.reserve(user=charlie, task_id=look.pk)
        with pytest.raises(ReviewTask.DoesNotExist):
            services.release_unseen(user=charlie, task_id=look.pk)


class TestAgreement:
    def test_both_say_the_same_and_it_is_released(
        self, harbour: Tenant, alice: User, bob: User
    ) -> None:
        make_rule()
        look = first_answered(harbour, alice, total="20.00")
        # As printed otherwise, and the same amount.
        confirm(look, bob, total="20,00")

        assert not ReviewTask.objects.open().exists()
        assert released(look)
        assert value(look, "total") == "20.00"
        assert wording.done(look) == "Case done: its values are released."

    def test_a_confirmation_is_of_what_the_machine_read(
        self, harbour: Tenant, alice: User, bob: User
    ) -> None:
        make_rule(slot="total")
        look = first_answered(harbour, alice, total="20.00")
        confirm(look, bob)

        second = Decision.objects.of_task(look).get()
        assert (second.artifact.payload or {})["value"] == "21.20"
        assert second.verdict == Verdict.CONFIRM
        assert not released(look)

    def test_a_correction_is_beside_what_the_machine_read(
        self, harbour: Tenant, alice: User, bob: User
    ) -> None:
        make_rule(slot="total")
        look = first_answered(harbour, alice, total="20.00")
        confirm(look, bob, total="20.00")

        correction = Correction.objects.get(decision__item__task=look)
        assert (correction.old_value, correction.new_value) == ("21.20", "20.00")
        filed = GoldenValue.objects.filter(slot="total").standing().get()
        assert (filed.value, filed.machine_value) == ("20.00", "21.20")
        assert filed.filed_by == bob


def test_the_demo_asks_twice_about_doubtful_totals_only(harbour: Tenant) -> None:
    load._ask_twice()
    rule = SecondLookRule.objects.of(harbour.pk, "invoice")["total"]
    costs = Costs(rule.loss, rule.look_cost)
    given: dict[str, Any] = {"confirmed": True, "people": People(), "costs": costs}
    assert look_at_value(confidence=None, **given).pays  # a check contradicts it
    assert not look_at_value(confidence=0.97, **given).pays
    assert not SecondLookRule.objects.of(make_tenant("meadow").pk, "invoice")
