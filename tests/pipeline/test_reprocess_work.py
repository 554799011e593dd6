"""What becomes of items: done, put back, failed alone, skipped; and of the stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from catalog.models import Comparison, Generation, SourceMedia, State
from catalog.services import compare_by_hash, erase, promote
from pipeline import reprocessing, services, tasks, work
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem, Run
from pipeline.reprocessing import ReprocessRefused
from pipeline.reprocessing.claiming import claim
from pipeline.reprocessing.working import work_on
from pipeline.runner import RunFailed
from pipeline.signals import compared
from tests.factories import make_tenant
from tests.pipeline.reprocess_world import (
    OTHER,
    Made,
    Reader,
    begin,
    corpus,
    states,
    target,
    work_off,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(work, "execute", reader)
    return reader


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def test_each_source_gets_a_candidate_and_a_comparison(reader: Reader) -> None:
    sources = corpus(5)
    reader.makes = lambda source, version: Made(
        version, fields=OTHER if source == sources[0] else Made(version).fields
    )

    reprocess = work_off(begin())

    assert reprocess.state == Reprocess.State.FINISHED
    assert states(reprocess) == {"done": 5}
    item = ReprocessItem.objects.get(source=sources[0])
    assert item.old_generation is not None
    assert item.new_generation is not None
    assert item.old_generation.state == State.CURRENT
    assert item.new_generation.state == State.CANDIDATE
    assert item.comparison is not None
    assert item.comparison.disagrees
    assert (item.ms, item.steps_run, item.steps_spared) == (4, 1, 1)
    assert item.slices == {
        "tenant": "harbour",
        "template": "t-000000000001",
        "document_type": "receipt",
        "modality": "document",
        "quality": "unknown",
    }
    assert ReprocessItem.objects.disagreeing().get() == item


def test_nothing_is_put_in_place(reader: Reader) -> None:
    corpus(3)

    work_off(begin())

    current = Generation.objects.current()
    assert set(current.values_list("pipeline_version", flat=True)) == {"1.0.0"}


def test_the_news_are_told_in_the_transaction_of_the_item(reader: Reader) -> None:
    corpus(2)
    told: list[Any] = []

    def listen(sender: object, **news: Any) -> None:
        told.append((news["comparison"].new_generation, news["item"].state))
        if len(told) == 1:
            raise RuntimeError("a receiver broke")

    compared.connect(listen)
    try:
        reprocess = work_off(begin())
    finally:
        compared.disconnect(listen)

    # What the first one told of was taken back, and it waits for its next attempt.
    assert states(reprocess) == {"done": 1, "waiting": 1}
    assert Comparison.objects.count() == 1
    assert len(told) == 2


def test_a_refused_document_is_done_with_a_reason_and_disagrees(reader: Reader) -> None:
    corpus(1)
    reader.makes = lambda source, version: Made(
        version, complete=False, reason="blurred"
    )

    reprocess = work_off(begin())

    item = reprocess.items.get()
    assert (item.state, item.reason) == ("done", "blurred")
    assert item.new_generation is not None
    assert item.new_generation.state == State.REJECTED
    assert ReprocessItem.objects.disagreeing().get() == item
    assert ReprocessItem.objects.without_candidate().get() == item


def test_what_the_target_has_read_is_only_compared(reader: Reader) -> None:
    corpus(2)
    reprocessing.cancel(reprocess=work_off(begin(until_stage=1)))
    reader.calls.clear()

    reprocess = work_off(begin())

    assert len(reader.calls) == 1
    assert states(reprocess) == {"done": 2}


def test_a_source_whose_reading_became_current_is_skipped(reader: Reader) -> None:
    (source,) = corpus(1)
    reprocess = begin()
    services.ensure(source=source, version=target(), lane="batch")
    run = work.take(lane="batch")
    assert run is not None
    new = Generation.objects.filter(run=work.execute_run(run))
    compare_by_hash(candidates=new)
    promote(candidates=new)

    work_off(reprocess)

    item = reprocess.items.get()
    assert (item.state, item.reason) == ("skipped", "already_current")


def test_an_erased_source_is_skipped(reader: Reader) -> None:
    first, second = corpus(2)
    reprocess = begin()
    erase(source=second, basis="request")

    work_off(reprocess)

    item = ReprocessItem.objects.get(source=second)
    assert (item.state, item.reason) == ("skipped", "source_erased")
    assert ReprocessItem.objects.get(source=first).state == "done"
    assert reader.calls == [first.pk]


def test_erasing_scrubs_the_slices_of_an_item(reader: Reader) -> None:
    (source,) = corpus(1)
    reprocess = work_off(begin())

    erase(source=source, basis="request")

    assert reprocess.items.get().slices["template"] == ""


def test_a_poison_item_fails_alone_after_its_attempts(reader: Reader) -> None:
    sources = corpus(3)

    def makes(source: SourceMedia, version: PipelineVersion) -> Made:
        if source == sources[1]:
            raise RunFailed("ocr", "engine_unavailable")
        return Made(version)

    reader.makes = makes
    reprocess = work_off(begin())
    assert states(reprocess) == {"done": 2, "waiting": 1}
    for minutes in (1, 2, 3):
        with later(minutes):
            work_off(reprocess)

    item = ReprocessItem.objects.get(source=sources[1])
    assert (item.state, item.reason) == ("failed", "engine_unavailable")
    assert item.attempts == work.MAX_ATTEMPTS
    assert reader.calls.count(sources[1].pk) == work.MAX_ATTEMPTS
    assert reprocess.state == Reprocess.State.FINISHED


def test_a_defect_in_the_comparison_fails_the_item_alone(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(1)
    monkeypatch.setattr(
        "pipeline.reprocessing.working.compare_generations", lambda **kwargs: 1 / 0
    )
    reprocess = begin()
    for minutes in (0, 1, 2):
        with later(minutes):
            work_off(reprocess)

    item = reprocess.items.get()
    assert (item.state, item.reason, item.attempts) == ("failed", "internal_error", 3)
    assert len(reader.calls) == 1


def test_failed_items_can_be_tried_again(reader: Reader) -> None:
    corpus(2)

    def broken(source: SourceMedia, version: PipelineVersion) -> Made:
        raise RunFailed("ocr", "engine_unavailable")

    reader.makes = broken
    reprocess = begin()
    for minutes in (0, 1, 2):
        with later(minutes):
            work_off(reprocess)
    assert states(reprocess) == {"failed": 2}
    reader.makes = lambda source, version: Made(version)

    assert reprocessing.retry(reprocess=reprocess) == 2
    work_off(reprocess)

    assert states(reprocess) == {"done": 2}
    assert reprocess.state == Reprocess.State.FINISHED


def test_a_worker_that_died_lets_go_and_its_item_is_done_by_another(
    reader: Reader,
) -> None:
    corpus(1)
    reprocess = begin()
    dead = claim(reprocess)
    assert dead is not None
    Run.objects.create(
        source=dead.source,
        pipeline_version=reprocess.pipeline_version,
        lane="batch",
        state="running",
        attempts=1,
        lease_until=timezone.now() + timedelta(seconds=60),
    )

    assert claim(reprocess) is None
    with later(1.1):
        work_off(reprocess)

    assert states(reprocess) == {"done": 1}
    assert Generation.objects.filter(pipeline_version="2.0.0").count() == 1
    # It comes back from the dead, and finds that the item is not its own.
    work_on(dead)
    assert states(reprocess) == {"done": 1}


def test_an_item_that_kills_its_workers_is_given_up(reader: Reader) -> None:
    corpus(1)
    reprocess = begin()
    for minutes in range(0, 10, 2):
        with later(minutes):
            claim(reprocess)

    item = reprocess.items.get()
    assert (item.state, item.reason) == ("failed", "worker_died")


def test_it_waits_at_the_end_of_a_stage_and_goes_on(reader: Reader) -> None:
    corpus(20)
    reprocess = work_off(begin(until_stage=1, canary_share=0.1, sample_share=0.2))

    assert (reprocess.state, reprocess.why) == ("paused", "stage_done")
    assert states(reprocess) == {"done": 2, "waiting": 18}
    with pytest.raises(ReprocessRefused, match="next"):
        reprocessing.resume(reprocess=reprocess)

    reprocessing.go_on(reprocess=reprocess)
    work_off(reprocess)
    assert (reprocess.stage, states(reprocess)["done"]) == (2, 6)
    reprocessing.go_on(reprocess=reprocess)
    work_off(reprocess)

    assert reprocess.state == Reprocess.State.FINISHED
    assert reprocess.finished_at is not None


def test_nothing_is_begun_while_it_is_paused(reader: Reader) -> None:
    sources = corpus(6)
    reprocess = begin()

    def makes(source: SourceMedia, version: PipelineVersion) -> Made:
        if len(reader.calls) == 3:
            reprocessing.pause(reprocess=reprocess)
        return Made(version)

    reader.makes = makes
    work_off(reprocess)
    assert (reprocess.state, reprocess.why) == ("paused", "person")
    assert states(reprocess) == {"done": 3, "waiting": 3}

    reprocessing.resume(reprocess=reprocess)
    work_off(reprocess)
    assert states(reprocess) == {"done": 6}
    assert sorted(reader.calls) == sorted(s.pk for s in sources)


def test_nothing_is_begun_once_the_budget_is_spent(reader: Reader) -> None:
    corpus(6)
    reader.makes = lambda source, version: Made(version, micro_usd=400)

    reprocess = work_off(begin(budget_micro_usd=1_000))

    assert (reprocess.state, reprocess.why) == ("paused", "budget")
    assert states(reprocess) == {"done": 3, "waiting": 3}
    assert ReprocessItem.objects.filter(reprocess=reprocess).spent() == 1_200
    with pytest.raises(ReprocessRefused, match="spent"):
        reprocessing.resume(reprocess=reprocess)
    reprocessing.resume(reprocess=reprocess, budget_micro_usd=10_000)
    assert states(work_off(reprocess)) == {"done": 6}


def test_what_is_cancelled_stays_as_it_is(reader: Reader) -> None:
    corpus(4)
    reprocess = work_off(begin(until_stage=1))
    reprocessing.cancel(reprocess=reprocess)

    assert states(work_off(reprocess)) == {"done": 1, "waiting": 3}
    verbs: tuple[Callable[..., object], ...] = (
        reprocessing.pause,
        reprocessing.resume,
        reprocessing.go_on,
        reprocessing.retry,
    )
    for verb in verbs:
        with pytest.raises(ReprocessRefused):
            verb(reprocess=reprocess)


def test_a_version_that_ceases_to_run_here_pauses_and_fails_nothing(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(2)
    reprocess = begin()
    from pipeline.reprocessing import dispatching

    monkeypatch.setattr(dispatching, "not_runnable", lambda version: "no such engine")

    work_off(reprocess)

    assert (reprocess.state, reprocess.why) == ("paused", "not_runnable")
    assert states(reprocess) == {"waiting": 2}


def test_several_reprocesses_get_items_in_turn(reader: Reader) -> None:
    from catalog.slices import Slice

    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    ours = {source.pk for source in corpus(4, harbour)}
    corpus(4, meadow)
    for tenant in (harbour, meadow):
        begin(reprocessing.Selection(Slice(tenants=(tenant.pk,))))

    tasks.reprocess()

    assert [pk in ours for pk in reader.calls] == [True, False] * 4


def test_the_sweep_ends_a_stage_whose_last_worker_died(reader: Reader) -> None:
    corpus(1)
    reprocess = begin()
    item = claim(reprocess)
    assert item is not None
    work_on(item)

    tasks.sweep()

    reprocess.refresh_from_db()
    assert reprocess.state == Reprocess.State.FINISHED
