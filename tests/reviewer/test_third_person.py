"""Where two people differ: a third one, and people who answer at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from catalog.models import DerivedArtifact, Generation, GoldenValue, Kind, Tenant
from reviewer import services
from reviewer.models import (
    BlindLook,
    Decision,
    ReviewTask,
    SecondOpinion,
    Skills,
    Verdict,
)
from reviewer.services import AnswerRefused, ReservationLost
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import NEWER, OLDER, answered, say
from tests.reviewer.second_looking import (
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


def released(task: ReviewTask) -> bool:
    return Generation.objects.get(pk=task.generation_id).released_at is not None


def value(task: ReviewTask, slot: str) -> str:
    live = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    return str((live.get(slot=slot).payload or {})["value"])


class TestThirdPerson:
    @pytest.fixture
    def third(self, harbour: Tenant, alice: User, bob: User) -> ReviewTask:
        make_rule()
        look = first_answered(harbour, alice, total="20.00")
        confirm(look, bob)
        return look_at(look, THIRD)

    def test_it_asks_where_they_differ_only(
        self, third: ReviewTask, alice: User, bob: User
    ) -> None:
        item = third.items.get()
        assert item.slot == "total"
        sides = {
            (one.payload or {})["value"]
            for one in (item.artifact, item.other_artifact)
            if one
        }
        assert sides == {"20.00", "21.20"}
        assert set(third.excluded) == {alice.pk, bob.pk}
        assert not released(third)

    def test_neither_of_the_two_gets_it(
        self, third: ReviewTask, alice: User, bob: User, carol: User
    ) -> None:
        for one in (alice, bob):
            assert services.reserve_next(user=one) is None
        assert services.reserve_next(user=carol) == third

    @pytest.mark.parametrize("side", [OLDER, NEWER])
    def test_the_chosen_answer_is_released(
        self, third: ReviewTask, carol: User, side: dict[str, object]
    ) -> None:
        item = third.items.get()
        chosen = item.artifact if side is OLDER else item.other_artifact
        assert chosen is not None
        answered(third, carol, say("total", **side))  # type: ignore[arg-type]

        assert released(third)
        said = (chosen.payload or {})["value"]
        assert value(third, "total") == said
        filed = GoldenValue.objects.filter(slot="total").standing().get()
        assert (filed.value, filed.machine_value) == (said, "21.20")
        assert (filed.other_value, filed.other_version) == ("", "")

    def test_a_third_value_is_released_where_both_are_wrong(
        self, third: ReviewTask, carol: User
    ) -> None:
        answered(third, carol, say("total", Verdict.CORRECT, "12.00"))

        assert released(third)
        assert value(third, "total") == "12.00"

    def test_a_side_without_a_value_means_what_its_person_said(
        self, harbour: Tenant, alice: User, bob: User, carol: User
    ) -> None:
        make_rule(slot="total")
        look = first_answered(harbour, alice, total="20.00")
        answered(look, bob, say("total", Verdict.ABSENT))
        third = look_at(look, THIRD)
        item = third.items.get()
        first_side = (
            item.artifact is not None and not (item.artifact.payload or {})["value"]
        )
        side = OLDER if first_side else NEWER
        answered(third, carol, say("total", **side))

        assert Decision.objects.of_task(third).get().verdict == Verdict.ABSENT
        assert value(third, "total") == ""

    def test_a_manager_cannot_release_it_undecided(
        self, third: ReviewTask, harbour: Tenant
    ) -> None:
        mona = make_user("mona", harbour, "manager")
        with pytest.raises(AnswerRefused, match="Two people differ"):
            services.release_unseen(user=mona, task_id=third.pk)


def test_which_answer_is_shown_first_is_chance(
    harbour: Tenant, alice: User, bob: User
) -> None:
    make_rule(slot="total")
    firsts = set()
    for _ in range(20):  # all the same: once in half a million
        look = first_answered(harbour, alice, total="20.00")
        confirm(look, bob)
        item = look_at(look, THIRD).items.get()
        assert item.artifact is not None
        firsts.add((item.artifact.payload or {})["value"])
    assert firsts == {"20.00", "21.20"}


def test_nobody_can_change_why_a_look_was_asked(harbour: Tenant, alice: User) -> None:
    make_rule()
    first_answered(harbour, alice)
    for change in (
        lambda: BlindLook.objects.update(p_error=0),
        lambda: BlindLook.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_help_is_asked_only_of_who_did_not_answer(
    harbour: Tenant, bob: User, carol: User
) -> None:
    mona = make_user("mona", harbour, "manager")
    make_rule()
    look = first_answered(harbour, mona, total="20.00")
    held = services.reserve(user=bob, task_id=look.pk)
    assert held.reservation_token is not None
    asking: dict[str, Any] = {
        "user": bob,
        "task_id": look.pk,
        "token": held.reservation_token,
    }
    with pytest.raises(AnswerRefused, match="Nobody else here is a senior"):
        services.escalate(**asking, note_id=uuid.uuid4())
    with pytest.raises(AnswerRefused, match="Nobody else worked"):
        services.return_to_first(**asking, note_id=uuid.uuid4())
    Skills.objects.create(membership=carol.memberships.get(), senior=True)
    services.escalate(**asking, note_id=uuid.uuid4())
    assert services.reserve_next(user=carol) == look


@pytest.mark.django_db(transaction=True)
def test_two_second_people_at_once_are_one(
    harbour: Tenant, alice: User, bob: User, carol: User
) -> None:
    make_rule(slot="total")
    look = first_answered(harbour, alice, total="20.00")

    def take(user: User) -> ReviewTask | None:
        try:
            return services.reserve_next(user=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        got = list(people.map(take, [bob, carol]))
    assert [one for one in got if one] == [look]


@pytest.mark.django_db(transaction=True)
def test_an_undo_and_a_second_answer_at_once_leave_one_of_them(
    harbour: Tenant, alice: User, bob: User
) -> None:
    make_rule(slot="total")
    look = first_answered(harbour, alice, total="20.00")
    first = BlindLook.objects.get().first
    held = services.reserve(user=bob, task_id=look.pk)
    assert held.reservation_token is not None
    token = held.reservation_token

    def run(act: Callable[[], object]) -> str:
        try:
            act()
        except (AnswerRefused, ReservationLost) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as people:
        said = list(
            people.map(
                run,
                [
                    lambda: services.undo(
                        user=alice, decision_id=uuid.uuid4(), undoes=first.pk
                    ),
                    lambda: services.decide(
                        user=bob,
                        task_id=look.pk,
                        token=token,
                        answer=say("total", Verdict.CORRECT, "20.00"),
                    ),
                ],
            )
        )
    look.refresh_from_db()
    undone = Decision.objects.filter(verdict=Verdict.UNDO).exists()
    if undone:
        assert said == ["done", "ReservationLost"]
        assert look.state == ReviewTask.State.WITHDRAWN
        assert SecondOpinion.objects.get().value == "20.00"
        assert not released(look)
    else:
        assert said == ["AnswerRefused", "done"]
        assert look.state == ReviewTask.State.DONE
        assert released(look)
