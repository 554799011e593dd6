"""Workers side by side, and one whole reprocess with real steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from catalog.models import Generation, SourceMedia
from pipeline import reprocessing, services, tasks, work
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem, Stage
from pipeline.reprocessing import Plan, Selection, dispatching
from pipeline.reprocessing.claiming import claim
from pipeline.reprocessing.dispatching import work_for
from pipeline.reprocessing.verbs import settle
from pipeline.reprocessing.waking import wake
from pipeline.versions import ensure_built_in
from tests.factories import make_tenant
from tests.pipeline.memo_engines import FixedOcr
from tests.pipeline.memo_readings import (
    ocr_named,
    params_of,
    picture_source,
    read,
    version_with,
)
from tests.pipeline.reprocess_world import (
    Made,
    Reader,
    begin,
    corpus,
    states,
    work_off,
)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(work, "execute", reader)
    return reader


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_share_an_item(reader: Reader) -> None:
    sources = corpus(24)
    both_at_work = threading.Barrier(2)

    def slow(source: SourceMedia, version: PipelineVersion) -> Made:
        if len(reader.calls) <= 2:
            both_at_work.wait(timeout=20)
        return Made(version)

    reader.makes = slow
    reprocess = begin()

    def work_beside() -> None:
        try:
            work_for(seconds=60)
        finally:
            connection.close()

    workers = [threading.Thread(target=work_beside) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    reprocess.refresh_from_db()
    assert states(reprocess) == {"done": 24}
    assert sorted(reader.calls) == sorted(source.pk for source in sources)
    new = Generation.objects.filter(pipeline_version="2.0.0")
    assert new.count() == new.values("source").distinct().count() == 24
    assert set(ReprocessItem.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_a_worker_does_not_leave_over_a_claim_that_was_on_its_way(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage's only item was claimed just after this one settled the stage."""
    corpus(24)
    reprocess = begin()
    assert claim(reprocess) is not None
    too_early = iter([True])

    def settled(*, reprocess: Reprocess) -> Reprocess:
        return reprocess if next(too_early, False) else settle(reprocess=reprocess)

    monkeypatch.setattr(dispatching, "settle", settled)
    work_for(seconds=60)
    assert states(reprocess) == {"done": 23, "working": 1}


@pytest.mark.django_db
def test_the_queue_never_holds_more_than_twice_the_workers(
    reader: Reader, settings: Settings
) -> None:
    corpus(40)
    begin()
    for _ in range(5):
        wake()
        tasks.sweep()
    assert OrmQ.objects.filter(key="batch").count() == 2

    # Taken by workers that then died, and more of them woken.
    for _ in range(5):
        OrmQ.objects.filter(key="batch").update(
            lock=timezone.now() + timedelta(seconds=1080)
        )
        wake()
    assert OrmQ.objects.filter(key="batch").count() == 4

    OrmQ.objects.update(lock=timezone.now() + timedelta(seconds=1080 - 121))
    wake()
    assert OrmQ.objects.filter(key="batch").count() == 2


@pytest.mark.django_db
def test_waiting_dispatchers_do_not_pile_up_in_the_interactive_lane() -> None:
    for _ in range(10):
        services.wake("interactive")

    waiting = OrmQ.objects.filter(key="interactive").count()
    assert waiting == services.MAX_DISPATCHERS


@pytest.fixture
def fixed_ocr(settings: Settings) -> Iterator[type[FixedOcr]]:
    settings.ENGINES = ocr_named("fixed-1")
    FixedOcr.calls, FixedOcr.broken = 0, False
    yield FixedOcr
    FixedOcr.broken = False


@pytest.mark.django_db
def test_only_what_a_new_version_changes_is_done_anew(
    fixed_ocr: type[FixedOcr],
) -> None:
    """With the real steps, from pixels to the comparison."""
    base = ensure_built_in()
    harbour = make_tenant("harbour")
    source = picture_source(harbour)
    other = picture_source(make_tenant("meadow"))
    for one in (source, other):
        read(one, base)
    assert fixed_ocr.calls == 2
    new = version_with(
        base, "7.0.0", lambda m: params_of(m, "extract").update(benchmark=1)
    )

    reprocess = reprocessing.start(
        version=new, selection=Selection(), plan=Plan(until_stage=Stage.ALL)
    )
    work_off(reprocess)

    assert fixed_ocr.calls == 2
    assert states(reprocess) == {"done": 2}
    item = ReprocessItem.objects.get(source=source)
    assert item.new_generation is not None
    assert item.new_generation.pipeline_version == "7.0.0"
    assert item.slices["tenant"] == "harbour"
    assert item.slices["modality"] == "image"
    assert item.slices["quality"] == "clear"
    # input_gate, extract and disposition; what follows got the same words to see.
    assert item.steps_run == 3
    assert item.steps_spared == len(base.steps) - 3
    assert item.comparison is not None
    assert not item.comparison.disagrees
