"""Answers that come when the reservation is over, and answers that come twice."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from catalog.models import Generation
from catalog.services import erase
from reviewer import services, talk
from reviewer.models import Decision, ReviewTask, SecondOpinion, Verdict
from reviewer.services import Answer, ReservationLost
from tests.factories import make_tenant, make_user
from tests.reviewer.cases import one_doubt, two_doubts


def answer(slot: str, verdict: Verdict, value: str = "", **more: Any) -> Answer:
    return Answer(
        decision_id=uuid.uuid4(), slot=slot, verdict=verdict, value=value, **more
    )


def decide(task: ReviewTask, user: User, given: Answer) -> Decision:
    assert task.reservation_token is not None
    return services.decide(
        user=user, task_id=task.pk, token=task.reservation_token, answer=given
    )


def late(task: ReviewTask, user: User, given: Answer) -> SecondOpinion | None:
    with pytest.raises(ReservationLost) as lost:
        decide(task, user, given)
    return lost.value.kept


def taken(alice: User, bob: User) -> tuple[ReviewTask, ReviewTask]:
    """The same task as alice held it, and as bob took it over after her time."""
    first = services.reserve(user=alice, task_id=two_doubts(make_tenant("harbour")).pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        second = services.reserve_next(user=bob)
    assert second == first
    assert second is not None
    return first, second


def test_an_answer_to_a_task_that_another_took_is_kept_beside(
    alice: User, bob: User
) -> None:
    first, second = taken(alice, bob)
    given = answer("total", Verdict.CORRECT, "RM 9.00")
    kept = late(first, alice, given)
    assert kept is not None
    assert (kept.pk, kept.value) == (given.decision_id, "9.00")
    assert kept.because == SecondOpinion.Because.TAKEN
    assert not Decision.objects.exists()
    decide(second, bob, answer("total", Verdict.CONFIRM))
    assert Decision.objects.get().reviewer == bob


def test_the_same_late_answer_twice_is_one(alice: User, bob: User) -> None:
    first, _ = taken(alice, bob)
    given = answer("total", Verdict.ABSENT)
    assert late(first, alice, given) == late(first, alice, given)
    assert SecondOpinion.objects.count() == 1


def test_an_answer_to_a_done_task_is_kept_beside_and_compared(
    alice: User, bob: User
) -> None:
    first, second = taken(alice, bob)
    decide(second, bob, answer("total", Verdict.CORRECT, "9.00"))
    decide(second, bob, answer("date", Verdict.CONFIRM))
    late(first, alice, answer("total", Verdict.CORRECT, "9,00"))
    late(first, alice, answer("date", Verdict.ABSENT))
    told = {one.name: one for one in talk.told(SecondOpinion.objects.with_answers())}
    assert [told["Total"].agrees, told["Date"].agrees] == [True, False]
    assert talk.agreement(SecondOpinion.objects.with_answers()) == (2, 1)
    assert Decision.objects.filter(reviewer=alice).count() == 0


def test_a_confirmation_that_is_late_says_what_was_seen(alice: User, bob: User) -> None:
    first, _ = taken(alice, bob)
    kept = late(first, alice, answer("total", Verdict.CONFIRM, shown="21.20"))
    assert kept is not None
    assert kept.value == "21.20"


def test_what_was_kept_beside_never_counts_later(alice: User, bob: User) -> None:
    first, _ = taken(alice, bob)
    given = answer("total", Verdict.CONFIRM)
    late(first, alice, given)
    ReviewTask.objects.update(reserver=alice, reservation_token=first.reservation_token)
    assert late(first, alice, given) is not None
    assert not Decision.objects.exists()


def test_an_open_field_may_be_answered_from_the_persons_other_page(
    alice: User,
) -> None:
    task = two_doubts(make_tenant("harbour"))
    first = services.reserve(user=alice, task_id=task.pk)
    second = services.reserve(user=alice, task_id=task.pk)
    decide(first, alice, answer("total", Verdict.CORRECT, "1.00"))
    # The second page has not seen that answer: its own does not take its place.
    kept = late(second, alice, answer("total", Verdict.CORRECT, "2.00", seen=0))
    assert kept is not None
    assert kept.because == SecondOpinion.Because.ANSWERED
    decide(second, alice, answer("total", Verdict.CORRECT, "3.00", seen=1))
    assert Decision.objects.count() == 2


def test_of_a_withdrawn_task_the_answer_is_kept(alice: User) -> None:
    task = services.reserve(user=alice, task_id=two_doubts(make_tenant("harbour")).pk)
    services.stop_asking(generations=Generation.objects.all())
    kept = late(task, alice, answer("total", Verdict.CONFIRM))
    assert kept is not None
    assert kept.because == SecondOpinion.Because.WITHDRAWN


def test_an_erasure_takes_the_value_and_leaves_that_there_was_one(
    alice: User, bob: User
) -> None:
    first, second = taken(alice, bob)
    late(first, alice, answer("total", Verdict.CORRECT, "9.00"))
    services.comment(
        user=bob, task_id=second.pk, note_id=uuid.uuid4(), text="Looks like 9.00"
    )
    erasure = erase(source=first.source, basis="request")
    kept = SecondOpinion.objects.get()
    assert (kept.value, kept.region, kept.verdict) == ("", None, Verdict.CORRECT)
    assert first.notes.get().text == ""
    assert (erasure.residue or {})["total"] == 0
    assert late(first, alice, answer("date", Verdict.CONFIRM)) is None


@pytest.mark.parametrize(
    "change",
    ["UPDATE second_opinion SET value = 'x'", "DELETE FROM second_opinion"],
)
def test_the_database_keeps_second_opinions(
    alice: User, bob: User, change: str
) -> None:
    first, _ = taken(alice, bob)
    late(first, alice, answer("total", Verdict.CONFIRM))
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(change)


def test_an_outsider_leaves_nothing(alice: User, bob: User, charlie: User) -> None:
    first, _ = taken(alice, bob)
    with pytest.raises(ReviewTask.DoesNotExist):
        decide(first, charlie, answer("total", Verdict.CONFIRM))
    assert not SecondOpinion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_by_ten_at_once_is_one_decision() -> None:
    tenant = make_tenant("harbour")
    alice = make_user("alice", tenant)
    task = services.reserve(user=alice, task_id=one_doubt(tenant).pk)
    following = one_doubt(tenant)
    one_doubt(tenant)
    given = answer("date", Verdict.CONFIRM)
    ready = threading.Barrier(10)

    def send(number: int) -> Any:
        try:
            ready.wait(timeout=20)
            assert task.reservation_token is not None
            turn = services.decide_and_go_on(
                user=alice,
                task_id=task.pk,
                token=task.reservation_token,
                answer=given,
            )
            return turn.decision.pk, turn.following and turn.following.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        told = set(pool.map(send, range(10)))
    assert told == {(given.decision_id, following.pk)}
    assert Decision.objects.count() == 1
