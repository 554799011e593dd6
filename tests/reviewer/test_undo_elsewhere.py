"""Taking back what was said of two versions, of a full check, and of a true value."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog import services as catalog
from catalog.models import DerivedArtifact, GoldenValue, Kind, Origin
from pipeline.comparing import judgements
from pipeline.models import PipelinePolicy, PipelineVersion
from pipeline.models import ReplayObservation as Replay
from pipeline.reproducing import reproduce
from reviewer import (
    auditing,
    desk,
    exports,
    services,
    talk,
    two_versions,
    wording,
)
from reviewer.history import history_of
from reviewer.models import Decision, ReviewTask, SecondOpinion, Verdict
from reviewer.services import Answer, AnswerRefused, ReservationLost
from tests.factories import make_run, make_source, make_tenant
from tests.reviewer.answering import NEWER, OLDER, answered, say
from tests.reviewer.cases import two_doubts
from tests.reviewer.differing import HIGH, difference_task, reads

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(alice: User) -> ReviewTask:
    """21.20 or 25.30; the older reading is released."""
    return difference_task(make_tenant("harbour"))


def two_questions() -> ReviewTask:
    """The total and the date, in a document that is not released."""
    new = reads("25.30", "2019-01-01", region=HIGH)
    return difference_task(make_tenant("harbour"), new=new, disposition="human_review")


def undo(user: User, wrong: Decision) -> Decision:
    return services.undo(user=user, decision_id=uuid.uuid4(), undoes=wrong.pk)


def standing(task: ReviewTask, slot: str = "total") -> DerivedArtifact:
    live = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    return live.get(slot=slot)


def value(artifact: DerivedArtifact) -> object:
    return (artifact.payload or {})["value"]


def scores(task: ReviewTask) -> tuple[bool | None, bool | None]:
    assert task.comparison is not None
    found = judgements([task.comparison])[task.comparison.pk]
    return found.old_right, found.new_right


class TestBetweenTwoVersions:
    def test_the_value_goes_back_and_scores_neither_version(
        self, task: ReviewTask, alice: User
    ) -> None:
        [wrong] = answered(task, alice, say("total", **NEWER))
        assert scores(task) == (False, True)

        undo(alice, wrong)

        assert (value(standing(task)), standing(task).origin) == ("21.20", "restore")
        assert not GoldenValue.objects.that_count().exists()
        assert scores(task) == (None, None)

    def test_the_question_is_open_again_and_may_be_answered_otherwise(
        self, task: ReviewTask, alice: User
    ) -> None:
        [wrong] = answered(task, alice, say("total", **NEWER))
        assert task.state == ReviewTask.State.DONE

        undo(alice, wrong)
        task.refresh_from_db()
        assert (task.state, task.reserver) == (ReviewTask.State.OPEN, alice)
        [question] = desk.lay_out(task).questions
        assert (question.verdict, question.seen) == ("", 2)
        assert not question.item.decided
        assert question.sides is not None

        answered(task, alice, say("total", **OLDER))
        assert task.state == ReviewTask.State.DONE
        assert scores(task) == (True, False)

    def test_what_was_released_stays_so_and_an_earlier_export_is_no_hindrance(
        self, task: ReviewTask, alice: User
    ) -> None:
        list(exports.export(tenant=task.tenant, recipient=alice, form="json").lines)
        [wrong] = answered(task, alice, say("total", **NEWER))

        undo(alice, wrong)

        task.generation.refresh_from_db()
        assert task.generation.released_at is not None

    def test_what_was_exported_by_it_stays(self, task: ReviewTask, alice: User) -> None:
        [wrong] = answered(task, alice, say("total", **NEWER))
        list(exports.export(tenant=task.tenant, recipient=alice, form="json").lines)

        with pytest.raises(AnswerRefused, match="exported"):
            undo(alice, wrong)
        assert value(standing(task)) == "25.30"
        assert scores(task) == (False, True)

    def test_an_earlier_answer_is_true_again(self, alice: User) -> None:
        task = two_questions()
        _, wrong = answered(task, alice, say("total", **NEWER), say("total", **OLDER))

        undo(alice, wrong)

        assert value(standing(task)) == "25.30"
        now = GoldenValue.objects.that_count().get()
        assert (now.value, now.other_version) == ("25.30", "1.1.0")
        question = desk.lay_out(task).questions[-1]
        assert question.item.slot == "total"
        assert question.verdict == "newer is right"

    def test_the_history_says_that_it_was_taken_back(
        self, task: ReviewTask, alice: User
    ) -> None:
        [wrong] = answered(task, alice, say("total", **NEWER))
        undo(alice, wrong)

        told = [one.what for one in history_of(task.source) if one.icon == "person"]
        assert any("taken back" in one for one in told)
        assert not any("neither" in one for one in told)

    def test_the_key_takes_it_back(
        self, client: Client, task: ReviewTask, alice: User
    ) -> None:
        [wrong] = answered(task, alice, say("total", **NEWER))
        client.force_login(alice)

        response = client.post(reverse("review-undo"), {"undoes": wrong.pk})

        page = client.get(response.headers["Location"]).content.decode()
        assert 'data-asks="difference"' in page
        assert 'data-key="1"' in page


class TestSettledByAnother:
    """An ordinary answer settles the same question between two versions."""

    def test_it_is_asked_again_beside_what_is_open(self, alice: User) -> None:
        which = two_questions()
        ordinary = services.reopen(user=alice, source_id=which.source_id)
        [wrong] = answered(ordinary, alice, say("total", Verdict.CONFIRM))
        assert which.items.get(slot="total").decided

        undo(alice, wrong)

        which.refresh_from_db()
        assert which.state == ReviewTask.State.OPEN
        assert not which.items.get(slot="total").decided

    def test_what_was_answered_there_stays_answered(self, alice: User) -> None:
        which = two_questions()
        answered(which, alice, say("total", **NEWER))
        ordinary = services.reopen(user=alice, source_id=which.source_id)
        [wrong] = answered(ordinary, alice, say("total", Verdict.CONFIRM))

        undo(alice, wrong)

        assert which.items.get(slot="total").decided

    def test_where_it_was_the_last_one_a_task_of_its_own_asks_it(
        self, alice: User
    ) -> None:
        which = two_questions()
        ordinary = services.reopen(user=alice, source_id=which.source_id)
        _, wrong = answered(
            ordinary,
            alice,
            say("total", Verdict.CONFIRM),
            say("date", Verdict.CONFIRM),
        )
        which.refresh_from_db()
        assert which.state == ReviewTask.State.WITHDRAWN
        assert not which.ahead

        undo(alice, wrong)

        asked = ReviewTask.objects.open().asking(ReviewTask.Asks.DIFFERENCE).get()
        assert asked.comparison == which.comparison
        assert [item.slot for item in asked.items.all()] == ["date"]

    def test_who_did_not_see_that_it_was_settled_gives_a_second_opinion(
        self, alice: User, bob: User
    ) -> None:
        which = two_questions()
        held = services.reserve(user=bob, task_id=which.pk)
        ordinary = services.reopen(user=alice, source_id=which.source_id)
        answered(ordinary, alice, say("total", Verdict.CONFIRM))

        def decide(given: Answer) -> Decision:
            assert held.reservation_token is not None
            return services.decide(
                user=bob,
                task_id=held.pk,
                token=held.reservation_token,
                answer=given,
            )

        with pytest.raises(ReservationLost) as late:
            decide(say("total", **NEWER, seen=0))
        assert "answered meanwhile" in wording.lost_and_kept(late.value, bob)
        kept = SecondOpinion.objects.get()
        assert (kept.verdict, kept.value) == ("correct", "25.30")
        assert kept.because == SecondOpinion.Because.ANSWERED
        assert (kept.region or {}) == HIGH
        # A page that shows it as settled may say otherwise.
        seen = {one.item.slot: one.seen for one in desk.lay_out(which).questions}
        assert seen == {"total": 1, "date": 0}
        decide(say("total", **NEWER, seen=1))
        assert value(standing(which)) == "25.30"


def test_a_late_choice_keeps_what_that_version_found(
    task: ReviewTask, alice: User, bob: User
) -> None:
    token = services.reserve(user=bob, task_id=task.pk).reservation_token
    assert token is not None
    ReviewTask.objects.update(
        reserver=None, reservation_token=None, reserved_until=None
    )
    answered(task, alice, say("total", **NEWER))

    for choice, said in ((OLDER, "21.20"), (NEWER, "25.30")):
        with pytest.raises(ReservationLost) as late:
            services.decide(
                user=bob, task_id=task.pk, token=token, answer=say("total", **choice)
            )
        assert late.value.kept is not None
        assert late.value.kept.value == said
    told = talk.told(SecondOpinion.objects.with_answers())
    assert [one.agrees for one in told] == [False, True]


class TestOfAFullCheck:
    @pytest.fixture
    def audit(self) -> ReviewTask:
        PipelinePolicy.objects.create(name="doc-extract", audit_share=1)
        run = make_run(
            make_source(make_tenant("harbour")),
            disposition="auto_accept",
            reason="all_critical_verified",
            fields=reads(),
        )
        return ReviewTask.objects.get(generation=run.generation)

    def test_the_release_is_not_taken_back_with_it(
        self, audit: ReviewTask, alice: User
    ) -> None:
        [wrong] = answered(audit, alice, say("total", Verdict.CORRECT, "9.00"))

        undo(alice, wrong)

        audit.generation.refresh_from_db()
        assert audit.generation.released_at is not None
        assert value(standing(audit)) == "21.20"

    def test_what_was_counted_stays(self, audit: ReviewTask, alice: User) -> None:
        slots = ("total", "date", "company")
        answers = [say(slot, Verdict.CONFIRM) for slot in slots]
        *_, last = answered(audit, alice, *answers)
        assert audit.state == ReviewTask.State.DONE

        with pytest.raises(AnswerRefused, match="counted"):
            undo(alice, last)

    def test_what_was_taken_back_does_not_count_as_wrong(
        self, audit: ReviewTask, alice: User
    ) -> None:
        first, wrong = answered(
            audit,
            alice,
            say("total", Verdict.UNREADABLE),
            say("total", Verdict.CORRECT, "9.00"),
        )
        assert auditing.put_right(audit) == 1
        undo(alice, wrong)
        assert auditing.put_right(audit) == 0
        undo(alice, first)
        assert auditing.put_right(audit) == 0


class TestTrueValues:
    def test_a_value_from_elsewhere_is_true_again(self, alice: User) -> None:
        task = two_doubts(make_tenant("harbour"))
        imported = GoldenValue(
            slot="total", value_type="money", value="7.00", pipeline_version=""
        )
        catalog.file_golden_value(generation=task.generation, value=imported, slices={})
        [wrong] = answered(task, alice, say("total", Verdict.CONFIRM))
        assert GoldenValue.objects.that_count().get().value == "21.20"

        undo(alice, wrong)

        assert GoldenValue.objects.that_count().get().value == "7.00"

    def test_what_was_filed_since_stays(self, alice: User) -> None:
        task = two_doubts(make_tenant("harbour"))
        [wrong] = answered(task, alice, say("total", Verdict.CONFIRM))
        later = GoldenValue(
            slot="total", value_type="money", value="7.00", pipeline_version=""
        )
        catalog.file_golden_value(generation=task.generation, value=later, slices={})

        undo(alice, wrong)

        assert GoldenValue.objects.that_count().get().value == "7.00"


def test_what_stands_again_is_explained_by_what_it_restores(alice: User) -> None:
    task = two_doubts(make_tenant("harbour"))
    before = standing(task)
    [wrong] = answered(task, alice, say("total", Verdict.CORRECT, "9.00"))
    undo(alice, wrong)

    now = standing(task)
    assert now.origin == Origin.RESTORE
    assert PipelineVersion.objects.exists()
    found = reproduce(artifact=now)
    assert found.of == before
    assert Replay.objects.get().artifact == now


def test_a_line_is_told_once_though_an_answer_about_it_was_taken_back(
    alice: User,
) -> None:
    """The reading holds the amount twice: as it was made, and as it stands again."""
    task = difference_task(
        make_tenant("harbour"),
        old=reads(lines=["Tea 4.10"]),
        new=reads("25.30", lines=["Tea 4.90"]),
    )
    [wrong] = answered(task, alice, say("lines[0].amount", Verdict.CORRECT, "4.50"))
    undo(alice, wrong)

    amount = task.items.get(slot="lines[0].amount").artifact
    assert amount is not None
    cells = two_versions.line_around(amount)
    assert [value(cell) for cell in cells] == ["Tea", "4.10"]
