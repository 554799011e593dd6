"""What it means to say which of two versions is right."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from catalog import services as catalog
from catalog.models import (
    DerivedArtifact,
    Generation,
    GoldenValue,
    Kind,
    Origin,
    Promotion,
)
from catalog.regions import Region
from pipeline.comparing import judgements
from reviewer import services
from reviewer.history import history_of
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from reviewer.services import AnswerRefused, ReservationLost
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import NEWER, OLDER, answered, say
from tests.reviewer.cases import two_doubts
from tests.reviewer.differing import (
    HIGH,
    LOW,
    difference_task,
    reads,
)

pytestmark = pytest.mark.django_db
DIFFERENCE = ReviewTask.Asks.DIFFERENCE


@pytest.fixture
def task(alice: User) -> ReviewTask:
    """21.20 or 25.30, at two places."""
    return difference_task(make_tenant("harbour"))


def standing(task: ReviewTask, slot: str = "total") -> DerivedArtifact:
    live = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    return live.get(slot=slot)


def value(artifact: DerivedArtifact) -> object:
    return (artifact.payload or {})["value"]


def test_the_older_one_is_right(task: ReviewTask, alice: User) -> None:
    [decision] = answered(task, alice, say("total", **OLDER))

    assert decision.verdict == Verdict.CONFIRM
    assert not Correction.objects.exists()
    now = standing(task)
    assert (now.origin, value(now), now.region) == (Origin.HUMAN, "21.20", LOW)
    assert task.state == ReviewTask.State.DONE


def test_the_newer_one_is_right(task: ReviewTask, alice: User) -> None:
    [decision] = answered(task, alice, say("total", **NEWER))

    assert decision.verdict == Verdict.CORRECT
    correction = decision.correction
    assert correction.how == Correction.How.VERSION
    assert (correction.old_value, correction.new_value) == ("21.20", "25.30")
    assert (correction.old_region, correction.new_region) == (LOW, HIGH)
    now = standing(task)
    assert now.generation == task.generation
    assert (now.origin, value(now), now.region) == (Origin.HUMAN, "25.30", HIGH)
    assert now.pipeline_version == "1.0.0"


def test_neither_is_right(task: ReviewTask, alice: User) -> None:
    [decision] = answered(task, alice, say("total", Verdict.CORRECT, "9,00"))

    assert decision.correction.how == Correction.How.TYPED
    assert value(standing(task)) == "9.00"


def test_what_a_version_found_is_looked_up_and_not_taken_from_the_answer(
    task: ReviewTask, alice: User
) -> None:
    forged = Region.from_json({"page": 1, "bbox": [0, 0, 0.1, 0.1]})
    answered(task, alice, say("total", **NEWER, value="1000000.00", region=forged))

    assert (value(standing(task)), standing(task).region) == ("25.30", HIGH)


@pytest.mark.parametrize(
    ("old", "new", "choice"),
    [(reads(total=None), reads(), OLDER), (reads(), reads(total=None), NEWER)],
)
def test_to_choose_a_version_that_found_nothing_says_there_is_none(
    alice: User, old: Any, new: Any, choice: dict[str, Any]
) -> None:
    task = difference_task(make_tenant("harbour"), old=old, new=new)

    [decision] = answered(task, alice, say("total", **choice))

    assert decision.verdict == Verdict.ABSENT
    assert (standing(task).payload or {})["reason"] == "person_absent"
    assert GoldenValue.objects.standing().get().value == ""


@pytest.mark.parametrize(
    ("choice", "true"), [(OLDER, "21.20"), (NEWER, "25.30"), (None, "9.00")]
)
def test_the_golden_value_says_what_both_versions_said(
    task: ReviewTask, alice: User, choice: dict[str, Any] | None, true: str
) -> None:
    given = choice or {"verdict": Verdict.CORRECT, "value": "9.00"}
    answered(task, alice, say("total", **given))

    filed = GoldenValue.objects.get()
    assert filed.value == true
    assert (filed.pipeline_version, filed.machine_value) == ("1.0.0", "21.20")
    assert (filed.other_version, filed.other_value) == ("1.1.0", "25.30")
    assert (filed.machine_region, filed.other_region) == (LOW, HIGH)


@pytest.mark.parametrize(
    ("choice", "scores"),
    [(OLDER, (True, False)), (NEWER, (False, True)), (None, (False, False))],
)
def test_the_answer_scores_both_versions(
    task: ReviewTask,
    alice: User,
    choice: dict[str, Any] | None,
    scores: tuple[bool, bool],
) -> None:
    assert task.comparison is not None
    before = judgements([task.comparison])[task.comparison.pk]
    assert (before.old_right, before.new_right) == (None, None)

    given = choice or {"verdict": Verdict.CORRECT, "value": "9.00"}
    answered(task, alice, say("total", **given))

    now = judgements([task.comparison])[task.comparison.pk]
    assert (now.old_right, now.new_right) == scores


def test_of_an_ordinary_task_no_other_version_is_filed(alice: User) -> None:
    answered(two_doubts(make_tenant("harbour")), alice, say("total", **OLDER))

    assert GoldenValue.objects.get().other_version == ""


def test_unreadable_is_an_answer_and_no_expectation(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("total", Verdict.UNREADABLE))

    assert task.state == ReviewTask.State.DONE
    assert not GoldenValue.objects.standing().exists()


def test_nothing_is_released_by_it(alice: User) -> None:
    task = difference_task(make_tenant("harbour"), disposition="human_review")

    answered(task, alice, say("total", **OLDER))

    task.generation.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    assert task.generation.released_at is None


def test_only_a_question_between_versions_takes_a_version_for_an_answer(
    alice: User,
) -> None:
    ordinary = two_doubts(make_tenant("harbour"))

    with pytest.raises(AnswerRefused, match="does not ask which"):
        answered(ordinary, alice, say("total", **NEWER))
    assert not Decision.objects.exists()


def test_an_answer_may_be_given_anew_while_the_task_is_open(alice: User) -> None:
    task = difference_task(
        make_tenant("harbour"), new=reads("25.30", "2019-01-01", region=HIGH)
    )
    made = answered(
        task, alice, say("total", **NEWER), say("total", **OLDER), say("date", **OLDER)
    )

    # 25.30 stood there by the first answer: the second one takes it back.
    assert [one.sequence for one in made] == [1, 2, 1]
    assert made[1].correction.old_value == "25.30"
    assert value(standing(task)) == "21.20"
    assert GoldenValue.objects.standing().get(slot="total").value == "21.20"
    assert "older one is right" in history_of(task.source)[1].what


def test_the_history_says_which_one_was_right(task: ReviewTask, alice: User) -> None:
    answered(task, alice, say("total", **NEWER))

    told = next(one for one in history_of(task.source) if one.icon == "person")
    assert told.what == "Total decided between two versions: the newer one is right"
    assert (told.detail, told.who) == ("21.20 → 25.30", "alice")


def test_the_answer_goes_along_when_the_newer_one_is_promoted(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("total", Verdict.CORRECT, "9.00"))
    assert task.comparison is not None
    new = task.comparison.new_generation

    catalog.promote(candidates=Generation.objects.filter(pk=new.pk))

    live = DerivedArtifact.objects.live_in(new).get(kind="field", slot="total")
    assert (live.origin, value(live)) == (Origin.HUMAN, "9.00")


class TestOnce:
    """As with every other answer: it counts once, and for who holds the task."""

    def test_the_same_decision_again_is_the_same_one(
        self, task: ReviewTask, alice: User
    ) -> None:
        held = services.reserve(user=alice, task_id=task.pk)
        assert held.reservation_token is not None
        given = say("total", **NEWER)
        first, again = (
            services.decide(
                user=alice,
                task_id=task.pk,
                token=held.reservation_token,
                answer=given,
            )
            for _ in range(2)
        )
        assert first == again
        assert Decision.objects.count() == GoldenValue.objects.count() == 1

    def test_another_persons_reservation_is_not_answered_under(
        self, task: ReviewTask, alice: User, bob: User
    ) -> None:
        held = services.reserve(user=alice, task_id=task.pk)
        with pytest.raises(ReservationLost):
            services.reserve(user=bob, task_id=task.pk)
        assert held.reservation_token is not None
        with pytest.raises(ReservationLost):
            services.decide(
                user=bob,
                task_id=task.pk,
                token=held.reservation_token,
                answer=say("total", **NEWER),
            )

    def test_after_its_end_somebody_else_may_take_it(
        self, task: ReviewTask, alice: User, bob: User
    ) -> None:
        held = services.reserve(user=alice, task_id=task.pk)
        with time_machine.travel(timezone.now() + services.RESERVATION * 2):
            services.reserve(user=bob, task_id=task.pk)
        assert held.reservation_token is not None
        with pytest.raises(ReservationLost):
            services.decide(
                user=alice,
                task_id=task.pk,
                token=held.reservation_token,
                answer=say("total", **NEWER),
            )
        assert not Decision.objects.exists()

    def test_to_a_stranger_it_does_not_exist(
        self, task: ReviewTask, charlie: User
    ) -> None:
        with pytest.raises(ReviewTask.DoesNotExist):
            services.reserve(user=charlie, task_id=task.pk)

    def test_of_an_erased_source_nothing_is_answered(
        self, task: ReviewTask, alice: User
    ) -> None:
        held = services.reserve(user=alice, task_id=task.pk)
        catalog.erase(source=task.source, basis="request")
        assert held.reservation_token is not None
        with pytest.raises(ReservationLost):
            services.decide(
                user=alice,
                task_id=task.pk,
                token=held.reservation_token,
                answer=say("total", **NEWER),
            )

    def test_after_an_erasure_the_history_keeps_no_value(
        self, task: ReviewTask, alice: User
    ) -> None:
        answered(task, alice, say("total", **NEWER))
        catalog.erase(source=task.source, basis="request")

        told = next(one for one in history_of(task.source) if one.icon == "person")
        assert (told.what, told.detail) == ("Total corrected", "")
        assert not GoldenValue.objects.exists()

    def test_all_or_nothing(
        self, task: ReviewTask, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class DiskFull(Exception):
            pass

        def fail(**given: object) -> None:
            raise DiskFull

        before = DerivedArtifact.objects.count(), Promotion.objects.count()
        monkeypatch.setattr(catalog, "file_golden_value", fail)
        with pytest.raises(DiskFull):
            answered(task, alice, say("total", **NEWER))
        assert (DerivedArtifact.objects.count(), Promotion.objects.count()) == before
        assert not Decision.objects.exists()
        assert not task.items.filter(decided=True).exists()


@pytest.mark.django_db(transaction=True)
def test_one_choice_sent_eight_times_at_once_is_one_decision() -> None:
    tenant = make_tenant("harbour")
    alice = make_user("alice", tenant)
    task = services.reserve(user=alice, task_id=difference_task(tenant).pk)
    given = say("total", **NEWER)
    ready = threading.Barrier(8)

    def send(_: int) -> uuid.UUID:
        try:
            ready.wait(timeout=20)
            assert task.reservation_token is not None
            return services.decide(
                user=alice, task_id=task.pk, token=task.reservation_token, answer=given
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {given.decision_id}
    assert Decision.objects.count() == GoldenValue.objects.count() == 1
