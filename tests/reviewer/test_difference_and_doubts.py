"""Two tasks about one reading: what is doubtful, and which version is right."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from catalog.models import (
    DerivedArtifact,
    Kind,
    Tenant,
)
from reviewer import services
from reviewer.models import Correction, ReviewTask, Verdict
from tests.factories import make_run, make_source, make_tenant
from tests.reviewer.answering import NEWER, OLDER, answered, say
from tests.reviewer.differing import (
    HIGH,
    difference_task,
    reads,
    tell,
    two_readings,
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


class TestBesideAnOrdinaryTask:
    """A document may have a doubtful value and two versions that disagree about it."""

    @pytest.fixture
    def tasks(self, alice: User) -> tuple[ReviewTask, ReviewTask]:
        """The ordinary one asks about total, date and company; the other about two."""
        source = make_source(Tenant.objects.get(slug="harbour"))
        run = make_run(source, fields=reads(), reason="uncertain_document_type")
        assert run.generation is not None
        two = two_readings(
            source=source, old=(), new=reads("25.30", "2019-01-01", region=HIGH)
        )
        tell(two)
        tasks = ReviewTask.objects.filter(source=source)
        return tasks.asking(ReviewTask.Asks.DOUBTS).get(), tasks.asking(
            DIFFERENCE
        ).get()

    def test_both_are_open_about_one_reading(
        self, tasks: tuple[ReviewTask, ReviewTask]
    ) -> None:
        ordinary, which = tasks
        assert ordinary.generation == which.generation
        assert list(ReviewTask.objects.release_first()) == [ordinary, which]

    def test_what_the_ordinary_one_settles_is_not_asked_a_second_time(
        self, tasks: tuple[ReviewTask, ReviewTask], alice: User
    ) -> None:
        ordinary, which = tasks
        answered(ordinary, alice, say("total", Verdict.CONFIRM))
        which.refresh_from_db()
        assert which.state == ReviewTask.State.OPEN
        assert which.items.get(decided=False).slot == "date"

        answered(ordinary, alice, say("date", Verdict.UNREADABLE))
        which.refresh_from_db()
        assert which.state == ReviewTask.State.WITHDRAWN

    def test_the_ordinary_one_goes_on_and_releases(
        self, tasks: tuple[ReviewTask, ReviewTask], alice: User
    ) -> None:
        ordinary, which = tasks
        answered(which, alice, say("total", **NEWER), say("date", **OLDER))
        ordinary.generation.refresh_from_db()
        assert ordinary.generation.released_at is None
        assert value(standing(ordinary)) == "25.30"

        slots = ordinary.items.values_list("slot", flat=True)
        answered(
            ordinary,
            alice,
            *[
                say(slot, Verdict.CONFIRM)
                if slot in ("total", "date", "company")
                else say(slot, Verdict.ABSENT)
                for slot in slots
            ],
        )
        ordinary.generation.refresh_from_db()
        assert ordinary.generation.released_at is not None

    def test_choosing_the_older_one_over_a_persons_other_value_is_on_record(
        self, tasks: tuple[ReviewTask, ReviewTask], alice: User
    ) -> None:
        _, which = tasks
        answered(which, alice, say("total", Verdict.CORRECT, "9.00"))
        [again] = answered(which, alice, say("total", **OLDER))

        assert again.verdict == Verdict.CORRECT
        assert again.correction.how == Correction.How.CANDIDATE
        assert again.correction.old_value == "9.00"
        assert value(standing(which)) == "21.20"

    def test_reviewing_again_opens_an_ordinary_task(
        self, task: ReviewTask, alice: User
    ) -> None:
        asked = services.reopen(user=alice, source_id=task.source_id)

        assert asked.asks == ReviewTask.Asks.DOUBTS
        assert ReviewTask.objects.open().count() == 2
