"""Undo, erasure, a newer reading and waiting, while another person's look is open."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from catalog.models import Erasure, Generation, Tenant
from catalog.services import erase, promote
from pipeline.comparing import compare_generations
from reviewer import services, wording
from reviewer.exports import export
from reviewer.models import (
    BlindLook,
    Decision,
    ReviewTask,
    SecondOpinion,
    Skills,
    UnseenRelease,
    Verdict,
)
from reviewer.services import AnswerRefused, ReservationLost
from reviewer.values import value_of
from tests.factories import make_generation, make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.differing import reads
from tests.reviewer.second_looking import (
    SECOND,
    THIRD,
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


@pytest.fixture
def mona(harbour: Tenant) -> User:
    return make_user("mona", harbour, "manager")


@pytest.fixture
def look(harbour: Tenant, alice: User) -> ReviewTask:
    make_rule(slot="total")
    return first_answered(harbour, alice, total="20.00")


def released(task: ReviewTask) -> bool:
    return Generation.objects.get(pk=task.generation_id).released_at is not None


def undo(user: User, task: ReviewTask, slot: str = "total") -> Decision:
    given = Decision.objects.filter(
        item__task__generation=task.generation, item__slot=slot, reviewer=user
    )
    wrong = given.standing().latest("decided_at")
    return services.undo(user=user, decision_id=uuid.uuid4(), undoes=wrong.pk)


class TestUndo:
    def test_of_the_first_answer_withdraws_the_look(
        self, look: ReviewTask, alice: User, bob: User
    ) -> None:
        held = services.reserve(user=bob, task_id=look.pk)
        undo(alice, look)

        look.refresh_from_db()
        assert look.state == ReviewTask.State.WITHDRAWN
        assert held.reservation_token is not None
        with pytest.raises(ReservationLost):
            services.decide(
                user=bob,
                task_id=look.pk,
                token=held.reservation_token,
                answer=say("total", Verdict.CONFIRM),
            )
        assert SecondOpinion.objects.get().because == "withdrawn"

    def test_and_the_next_answer_asks_anew(self, look: ReviewTask, alice: User) -> None:
        undo(alice, look)
        first = ReviewTask.objects.open().get()
        answered(first, alice, say("total", Verdict.CORRECT, "19.00"))

        again = look_at(look)
        assert again.pk != look.pk
        kept = BlindLook.objects.get(item__task=again)
        assert (kept.first.artifact.payload or {})["value"] == "19.00"

    def test_also_of_a_field_that_nobody_looks_at(
        self, look: ReviewTask, alice: User
    ) -> None:
        undo(alice, look, "date")

        look.refresh_from_db()
        assert look.state == ReviewTask.State.WITHDRAWN
        assert ReviewTask.objects.open().get().asks == ReviewTask.Asks.DOUBTS

    def test_of_the_first_answer_is_refused_once_another_person_answered(
        self, look: ReviewTask, alice: User, bob: User, carol: User
    ) -> None:
        confirm(look, bob)
        with pytest.raises(AnswerRefused, match="Another person has read"):
            undo(alice, look)
        third = look_at(look, THIRD)
        confirm(third, carol, total="20.00")
        with pytest.raises(AnswerRefused, match="Another person has read"):
            undo(alice, look)
        with pytest.raises(AnswerRefused, match="Another person has read"):
            undo(bob, look)
        assert released(look)

    def test_also_while_the_second_look_has_more_to_ask(
        self, harbour: Tenant, alice: User, bob: User
    ) -> None:
        make_rule()
        look = first_answered(harbour, alice)
        answered(look, bob, say("total", Verdict.CONFIRM))
        with pytest.raises(AnswerRefused, match="Another person has read"):
            undo(alice, look, "date")

    def test_of_the_second_answer_takes_the_release_back(
        self, look: ReviewTask, bob: User
    ) -> None:
        confirm(look, bob, total="20.00")
        assert released(look)
        undo(bob, look)

        look.refresh_from_db()
        assert look.state == ReviewTask.State.OPEN
        assert look.reserver == bob
        assert not released(look)

    def test_but_not_once_it_was_exported(
        self, look: ReviewTask, bob: User, harbour: Tenant
    ) -> None:
        confirm(look, bob, total="20.00")
        "".join(export(tenant=harbour, recipient=bob, form="csv").lines)
        with pytest.raises(AnswerRefused, match="exported"):
            undo(bob, look)

    def test_of_the_second_answer_withdraws_the_third_question(
        self, look: ReviewTask, bob: User
    ) -> None:
        confirm(look, bob)
        third = look_at(look, THIRD)
        undo(bob, look)

        third.refresh_from_db()
        assert third.state == ReviewTask.State.WITHDRAWN
        confirm(look, bob, total="20.00")
        assert released(look)

    def test_of_the_third_answer_as_of_any_that_releases(
        self, look: ReviewTask, bob: User, carol: User
    ) -> None:
        confirm(look, bob)
        third = look_at(look, THIRD)
        answered(third, carol, say("total", Verdict.CORRECT, "12.00"))
        undo(carol, look)

        assert not released(look)
        third.refresh_from_db()
        assert third.state == ReviewTask.State.OPEN


def test_a_document_that_is_looked_at_is_not_opened_again_beside_it(
    look: ReviewTask, alice: User, bob: User
) -> None:
    with pytest.raises(AnswerRefused, match="Another person is asked"):
        services.reopen(user=alice, source_id=look.source_id)
    confirm(look, bob, total="20.00")
    again = services.reopen(user=alice, source_id=look.source_id)
    # Its values are out: what is answered now counts at once, and nobody waits.
    answered(
        again,
        alice,
        *(
            say(item.slot, Verdict.CONFIRM if item.artifact else Verdict.ABSENT)
            for item in again.items.all()
        ),
    )
    assert not ReviewTask.objects.open().exists()


def test_an_erasure_withdraws_it_and_leaves_no_value(
    look: ReviewTask, harbour: Tenant, bob: User
) -> None:
    adam = make_user("adam", harbour, "admin")
    confirm(look, bob)
    erase(
        source=look.source,
        basis=Erasure.Basis.REQUEST,
        reference="R-1",
        actor=adam,
    )
    assert not ReviewTask.objects.open().exists()
    # Numbers stay, and no trace of what was said.
    assert BlindLook.objects.count() == 2
    third = ReviewTask.objects.get(asks=THIRD)
    assert third.items.get().artifact.is_erased  # type: ignore[union-attr]


def test_a_newer_reading_withdraws_it_and_asks_anew(
    look: ReviewTask, alice: User, bob: User
) -> None:
    new = make_generation(look.source, version="1.1.0", fields=reads("25.30"))
    compare_generations(old=look.generation, new=new)
    promote(candidates=Generation.objects.filter(pk=new.pk))

    look.refresh_from_db()
    assert look.state == ReviewTask.State.WITHDRAWN
    task = ReviewTask.objects.open().get()
    assert (task.generation, task.asks) == (new, ReviewTask.Asks.DOUBTS)
    assert not task.items.filter(slot="total").exists()  # a person's answer stands
    confirm(task, bob)
    again = look_at(task)
    # What was answered before is owed its look, by neither of those who answered.
    assert set(again.excluded) == {alice.pk, bob.pk}
    item = again.items.get(slot="total")
    # The machine's own reading, and not the answer that was carried over to it.
    assert (item.artifact.payload or {})["value"] == "25.30"  # type: ignore[union-attr]


def accepted(look: ReviewTask, version: str = "1.1.0") -> Generation:
    """A newer reading that the machine accepts takes the place of the one looked at."""
    new = make_generation(
        look.source,
        version=version,
        fields=reads("25.30"),
        disposition="auto_accept",
        reason="all_verified",
    )
    old = Generation.objects.get(source=look.source, state="current")
    compare_generations(old=old, new=new)
    promote(candidates=Generation.objects.filter(pk=new.pk))
    new.refresh_from_db()
    return new


class TestANewerReadingThatIsAccepted:
    def test_waits_for_the_look_that_is_owed(
        self, look: ReviewTask, alice: User, bob: User, harbour: Tenant
    ) -> None:
        new = accepted(look)

        look.refresh_from_db()
        assert look.state == ReviewTask.State.WITHDRAWN
        assert new.released_at is None
        told = "".join(export(tenant=harbour, recipient=bob, form="csv").lines)
        assert "20.00" not in told
        again = ReviewTask.objects.open().get()
        assert (again.generation, again.asks) == (new, SECOND)
        assert again.excluded == [alice.pk]
        item = again.items.get()
        assert (item.slot, value_of(item.artifact)) == ("total", "25.30")
        confirm(again, bob, total="20.00")
        assert released(again)

    def test_where_two_differ_a_third_one_decides(
        self, look: ReviewTask, bob: User, carol: User
    ) -> None:
        confirm(look, bob)
        accepted(look)

        again = ReviewTask.objects.open().get()
        assert again.asks == SECOND
        assert services.reserve_next(user=bob) is None
        confirm(again, carol, total="20.00")
        # Bob's answer is what stood, and Carol's is another one.
        assert look_at(again, THIRD).generation == again.generation

    def test_again_when_an_even_newer_one_comes(self, look: ReviewTask) -> None:
        accepted(look)
        new = accepted(look, version="1.2.0")

        assert new.released_at is None
        assert ReviewTask.objects.open().get().generation == new
        assert BlindLook.objects.count() == 3

    def test_is_released_where_nobody_owes_a_look(
        self, look: ReviewTask, bob: User
    ) -> None:
        confirm(look, bob, total="20.00")
        new = accepted(look)
        assert new.released_at is not None
        assert not ReviewTask.objects.open().exists()

    def test_is_released_where_a_manager_did_not_want_the_look(
        self, look: ReviewTask, mona: User
    ) -> None:
        services.release_unseen(user=mona, task_id=look.pk)
        assert accepted(look).released_at is not None
        assert not ReviewTask.objects.open().exists()


class TestNobodyElse:
    def test_who_answered_is_told_and_it_is_released_in_time(
        self, look: ReviewTask, alice: User
    ) -> None:
        first = Decision.objects.get(item__slot="total").item.task
        said = wording.done(first)
        assert said.startswith("Case done: another person reads it before")
        assert "released without a second look on" in said

        with time_machine.travel(timezone.now() + timedelta(hours=23)):
            assert services.release_waited() == 0
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            assert services.release_waited() == 1
            assert services.release_waited() == 0
        assert released(look)
        assert UnseenRelease.objects.get().because == "waited"

    def test_it_waits_for_whoever_may_look(
        self, look: ReviewTask, alice: User, bob: User
    ) -> None:
        first = Decision.objects.get(item__slot="total").item.task
        assert "Nobody else" not in wording.done(first)
        with time_machine.travel(timezone.now() + timedelta(days=9)):
            assert services.release_waited() == 0
            # Not within bob's skills any more.
            Skills.objects.create(
                membership=bob.memberships.get(), document_types=["invoice"]
            )
            assert services.release_waited() == 1

    def test_each_rule_has_its_own_patience(self, harbour: Tenant, alice: User) -> None:
        make_rule(wait_minutes=10)
        first_answered(harbour, alice)
        with time_machine.travel(timezone.now() + timedelta(minutes=11)):
            assert services.release_waited() == 1

    def test_a_manager_who_answered_may_release_it(
        self, harbour: Tenant, mona: User
    ) -> None:
        make_rule()
        look = first_answered(harbour, mona)
        services.release_unseen(user=mona, task_id=look.pk)

        assert released(look)
        kept = UnseenRelease.objects.get()
        assert (kept.because, kept.actor) == ("manager", mona)
        with pytest.raises(AnswerRefused, match="any more"):
            services.release_unseen(user=mona, task_id=look.pk)

    def test_not_when_the_second_look_has_begun(
        self, harbour: Tenant, alice: User, bob: User, mona: User
    ) -> None:
        make_rule()
        look = first_answered(harbour, alice)
        answered(look, bob, say("total", Verdict.CONFIRM))
        with pytest.raises(AnswerRefused, match="begun"):
            services.release_unseen(user=mona, task_id=look.pk)

    def test_where_two_differ_and_no_third_is_there_it_waits(
        self, look: ReviewTask, bob: User
    ) -> None:
        confirm(look, bob)
        assert "until an admin lets a third person" in wording.done(look)
        with time_machine.travel(timezone.now() + timedelta(days=9)):
            assert services.release_waited() == 0
        assert not released(look)

    def test_an_answer_may_be_taken_back_after_such_a_release(
        self, look: ReviewTask, alice: User
    ) -> None:
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            services.release_waited()
        undo(alice, look)
        assert not released(look)
