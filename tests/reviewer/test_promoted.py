"""What a promotion means for the queue."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from catalog.models import Generation, Promotion
from catalog.services import Promoted, compare_by_hash, promote, roll_back
from pipeline.models import PipelineVersion
from reviewer.models import ReviewTask
from reviewer.services.differences import ask_difference
from tests.factories import make_generation, make_task, make_tenant
from tests.reviewer.differing import reads, two_readings

pytestmark = pytest.mark.django_db


@pytest.fixture
def task() -> ReviewTask:
    return make_task()


def replaced(
    task: ReviewTask, disposition: str = "human_review"
) -> tuple[Generation, Promoted]:
    new = make_generation(task.source, version="1.1.0", disposition=disposition)
    chosen = Generation.objects.filter(pk=new.pk)
    compare_by_hash(candidates=chosen)
    return new, promote(candidates=chosen)


def test_what_was_superseded_is_asked_no_more(task: ReviewTask) -> None:
    replaced(task, "auto_accept")

    task.refresh_from_db()
    assert task.state == ReviewTask.State.WITHDRAWN
    assert not ReviewTask.objects.open().exists()


def test_what_came_instead_is_asked_about(task: ReviewTask) -> None:
    new, _ = replaced(task)

    assert ReviewTask.objects.open().get().generation == new


def test_what_comes_back_is_asked_about_again(task: ReviewTask) -> None:
    _, done = replaced(task)

    roll_back(promotions=done.batch.promotions.all())

    restored = ReviewTask.objects.open().get().generation
    assert restored.restores == task.generation
    assert PipelineVersion.objects.of(restored).version == "1.0.0"


def test_a_slice_rolled_back_leaves_the_other_tasks(task: ReviewTask) -> None:
    other = make_task()
    new = [make_generation(t.source, version="1.1.0") for t in (task, other)]
    chosen = Generation.objects.filter(pk__in=[g.pk for g in new])
    compare_by_hash(candidates=chosen)
    done = promote(candidates=chosen)

    roll_back(promotions=Promotion.objects.filter(source=task.source))

    asked = {t.generation for t in ReviewTask.objects.open()}
    assert new[1] in asked
    assert new[0] not in asked
    assert done.generations == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_while_a_promotion_waits_is_withdrawn() -> None:
    comparison = two_readings(make_tenant("harbour"), old=reads(), new=reads("25.30"))
    chosen = Generation.objects.filter(pk=comparison.new_generation_id)

    def promoting() -> None:
        promote(candidates=chosen)
        connection.close()

    with transaction.atomic():
        asked = ask_difference(comparison=comparison)
        other = threading.Thread(target=promoting)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)

    assert asked is not None
    asked.refresh_from_db()
    assert chosen.get().state == "current"
    assert asked.state == ReviewTask.State.WITHDRAWN


@pytest.mark.django_db(transaction=True)
def test_nothing_is_asked_about_what_a_promotion_takes_away_now() -> None:
    comparison = two_readings(make_tenant("harbour"), old=reads(), new=reads("25.30"))
    asked: list[ReviewTask | None] = []

    def asking() -> None:
        asked.append(ask_difference(comparison=comparison))
        connection.close()

    with transaction.atomic():
        promote(candidates=Generation.objects.filter(state="candidate"))
        other = threading.Thread(target=asking)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)

    assert asked == [None]
    assert not ReviewTask.objects.open().asking("difference").exists()


@pytest.mark.django_db(transaction=True)
def test_a_promotion_and_an_answer_never_wait_for_each_other() -> None:
    task = make_task()
    new = make_generation(task.source, version="1.1.0")
    chosen = Generation.objects.filter(pk=new.pk)
    compare_by_hash(candidates=chosen)

    def promoting() -> None:
        promote(candidates=chosen)
        connection.close()

    with transaction.atomic():
        # As an answer does: its task first, then the generation.
        ReviewTask.objects.select_for_update().get(pk=task.pk)
        other = threading.Thread(target=promoting)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        Generation.objects.select_for_update(nowait=True).get(pk=task.generation_id)
    other.join(10)

    assert chosen.get().state == "current"
    task.refresh_from_db()
    assert task.state == ReviewTask.State.WITHDRAWN
