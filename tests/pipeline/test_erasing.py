"""What becomes of runs, events and the queue when a source is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task

from catalog import blobs
from catalog.ids import new_id
from catalog.models import Erasure, Generation, RetentionClass, SourceMedia
from catalog.services import ResidueFound, SourceErased, begin_erasure, erase
from pipeline import queue, runner, services, tasks, work
from pipeline.events import Reported, StepRecord, write_event
from pipeline.execution import Execution
from pipeline.models import ProcessingEvent, Run, StepEvent
from pipeline.receivers import ERASED
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_run, make_source, make_version

pytestmark = pytest.mark.django_db


def write_some_event(run: Run, *, text: str = "") -> None:
    step = StepRecord("ocr", "ok", 12, detail={"note": text} if text else {})
    reported = Reported("receipt", "t-1", "auto_accept", "all_critical", 12)
    write_event(run=run, steps=[step], reported=reported, at=timezone.now())


def test_events_go_and_those_of_others_stay() -> None:
    gone, kept = make_run(), make_run()
    for run in (gone, kept):
        write_some_event(run, text="canary-in-event")

    erasure = erase(source=gone.source, basis="request")

    assert [e.source_id for e in ProcessingEvent.objects.all()] == [kept.source_id]
    assert StepEvent.objects.count() == 1
    assert erasure.erased is not None
    assert erasure.erased["tables"]["processing_event"] == 1
    assert erasure.erased["tables"]["step_event"] == 1


@pytest.mark.parametrize("state", ["queued", "running"])
def test_open_runs_are_ended(state: str) -> None:
    run = make_run(state=state)

    erase(source=run.source, basis="request")

    run.refresh_from_db()
    assert (run.state, run.reason, run.lease_until) == ("failed", ERASED, None)
    assert not Run.objects.due().exists()


def test_a_run_at_work_loses_its_lease_and_stores_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = make_source(data=pdf_of())
    services.ensure(
        source=source, version=ensure_built_in(), lane="batch", enqueue=False
    )
    run = work.take(lane="batch")
    assert run is not None
    execute = runner.execute

    def execute_then_erase(**kwargs: object) -> Execution:
        done = execute(**kwargs)  # type: ignore[arg-type]
        erase(source=SourceMedia.objects.get(pk=source.pk), basis="request")
        return done

    monkeypatch.setattr(work, "execute", execute_then_erase)
    ended = work.execute_run(run)

    assert (ended.state, ended.reason) == ("failed", ERASED)
    assert not Generation.objects.exists()
    assert not ProcessingEvent.objects.exists()
    assert not blobs.exists(source.content_hash)


def test_nobody_asks_for_a_run_of_what_is_gone() -> None:
    run = make_run(state="failed")
    erase(source=run.source, basis="request")

    with pytest.raises(SourceErased):
        services.retry(run=run)
    with pytest.raises(SourceErased):
        services.ensure(source=run.source, version=make_version(), lane="batch")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert services.adopt_forgotten() == 0


def test_queue_rows_that_name_its_runs_go() -> None:
    gone, kept = make_run(), make_run()
    for run in (gone, kept):
        queue.enqueue("pipeline.tasks.some", str(run.pk), lane="batch")
    queue.enqueue("pipeline.tasks.drain", "batch", lane="batch")
    failed(gone)

    erase(source=gone.source, basis="request")

    assert sorted(row.task["args"] for row in OrmQ.objects.all()) == sorted(
        [(str(kept.pk),), ("batch",)]
    )
    assert not Task.objects.exists()
    assert queue.naming([str(gone.pk)]) == 0
    assert queue.naming([str(kept.pk)]) == 1


def failed(run: Run) -> None:
    """What the queue keeps of a task that broke off."""
    Task.objects.create(
        id=new_id().hex,
        name="x",
        func="pipeline.tasks.some",
        args=(str(run.pk),),
        started=timezone.now(),
        stopped=timezone.now(),
        success=False,
    )


def test_a_word_in_the_queue_is_residue() -> None:
    source = make_source(name="canary-name.pdf")
    queue.enqueue("pipeline.tasks.some", "of canary-name.pdf", lane="batch")

    with pytest.raises(ResidueFound, match="1 in queue"):
        erase(source=source, basis="request")


def test_the_sweep_finishes_what_was_cut_off() -> None:
    make_version()
    source = make_source()
    begin_erasure(source=source, basis="request")

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        tasks.sweep()

    assert Erasure.objects.get().finished_at is not None


def test_retention_is_applied_once_a_day() -> None:
    queue.every_day("pipeline.tasks.retain", lane="batch")
    queue.every_day("pipeline.tasks.retain", lane="batch")

    schedule = Schedule.objects.get()
    assert (schedule.schedule_type, schedule.cluster) == (Schedule.DAILY, "batch")


@pytest.mark.parametrize("applies", [True, False])
def test_the_task_erases_what_is_due_where_settings_say_so(
    settings: LazySettings,
    applies: bool,  # noqa: FBT001
) -> None:
    settings.RETENTION_APPLIES = applies
    month = RetentionClass.objects.create(name="month", keep_days=30, action="erase")
    source = make_source()
    tenant = source.tenant
    tenant.retention_class = month
    tenant.save()
    due = make_source(tenant)

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        tasks.retain()

    erased = set(SourceMedia.objects.erased().values_list("pk", flat=True))
    assert erased == ({due.pk} if applies else set())


def test_a_long_retention_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "RETAINED_AT_ONCE", 1)
    month = RetentionClass.objects.create(name="month", keep_days=30, action="erase")
    tenant = make_source().tenant
    tenant.retention_class = month
    tenant.save()
    for _ in range(2):
        make_source(tenant)

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        tasks.retain()

    assert SourceMedia.objects.erased().count() == 1
    [waiting] = OrmQ.objects.all()
    assert waiting.task["func"] == "pipeline.tasks.retain"
