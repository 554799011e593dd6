"""A document's way through the built-in version, from bytes to a review task."""

from __future__ import annotations

import traceback
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ

from catalog.models import Generation, SearchPage, SourceMedia, State
from pipeline import services, tasks, work
from pipeline.models import PipelineVersion, ProcessingEvent, Run, StepEvent
from pipeline.report import run_as_json
from pipeline.steps.base import Output, StepInput, StepResult
from pipeline.steps.index import IndexStep
from pipeline.versions import ensure_built_in
from reviewer.models import ReviewTask
from tests.documents import INVOICE, blank_pdf, pdf_of
from tests.factories import make_source, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> PipelineVersion:
    return ensure_built_in()


def read(source: SourceMedia, version: PipelineVersion) -> Run:
    run = services.ensure(
        source=source, version=version, lane="batch", enqueue=False
    ).run
    claimed = work.take(run_id=run.pk)
    assert claimed is not None
    return work.execute_run(claimed)


def test_an_invoice_is_read(version: PipelineVersion) -> None:
    run = read(make_source(data=pdf_of()), version)

    row = run_as_json(run)
    assert (run.state, row["document_type"], row["error"]) == (
        "finished",
        "invoice",
        None,
    )
    assert row["fields"]["invoice_number"]["value"] == "TW-20417"
    assert row["fields"]["invoice_date"]["value"] == "2026-03-12"
    assert row["fields"]["grand_total"]["value"] == "120.00"
    assert [line["amount"] for line in row["lines"]] == ["50.00", "50.00"]
    left, top, right, bottom = row["fields"]["grand_total"]["bbox"]
    assert 0.79 < left < right < 0.9
    assert 0.41 < top < bottom < 0.45


def test_everything_of_a_run_carries_its_version(version: PipelineVersion) -> None:
    run = read(make_source(data=pdf_of()), version)

    generation = run.generation
    assert generation is not None
    assert generation.state == State.CURRENT
    assert generation.template_key.startswith("t-")
    kinds = set(generation.artifacts.values_list("kind", flat=True))
    assert kinds >= {
        *("page_image", "thumbnail", "ocr", "layout", "extraction"),
        *("grounding", "field", "table", "search_text"),
    }
    stamps = generation.artifacts.values_list("pipeline_version", "source_hash")
    assert set(stamps) == {(version.version, run.source.content_hash)}
    assert not generation.artifacts.filter(memo_key="").exists()
    assert SearchPage.objects.matching("TW-20417").exists()


def test_a_run_writes_one_event_as_the_specification_spells_it(
    version: PipelineVersion,
) -> None:
    run = read(make_source(data=pdf_of()), version)

    event = ProcessingEvent.objects.get(run_id=run.pk)
    assert event.payload["event"] == "artifact_processed"
    assert event.payload["source_id"] == str(run.source_id)
    assert event.payload["pipeline_version"] == version.version
    steps = [step["step"] for step in event.payload["steps"]]
    assert steps == [entry["step"] for entry in version.steps]
    assert all({"outcome", "ms", "cost_usd"} <= set(s) for s in event.payload["steps"])
    assert event.payload["total_ms"] == sum(s["ms"] for s in event.payload["steps"])
    assert StepEvent.objects.filter(event_id=event.event_id).count() == len(steps)


def test_no_value_of_the_document_is_in_its_event(version: PipelineVersion) -> None:
    run = read(make_source(data=pdf_of()), version)

    text = str(ProcessingEvent.objects.get(run_id=run.pk).payload)
    assert "TW-20417" not in text
    assert "Tidewater" not in text


def test_a_refused_document_ends_at_the_gate(version: PipelineVersion) -> None:
    run = read(make_source(data=blank_pdf()), version)

    assert (run.disposition, run.reason) == ("rejected", "blank")
    assert run.generation is not None
    assert run.generation.state == State.REJECTED
    assert not ReviewTask.objects.exists()
    (step,) = ProcessingEvent.objects.get(run_id=run.pk).payload["steps"]
    assert (step["step"], step["outcome"]) == ("input_gate", "reject")


def test_what_was_read_is_not_read_again(version: PipelineVersion) -> None:
    source = make_source(data=pdf_of())
    run = read(source, version)

    again = services.ensure(source=source, version=version, lane="interactive")

    assert (again.run, again.pending) == (run, False)
    assert Generation.objects.filter(source=source).count() == 1


def test_a_doubtful_reading_opens_one_task(version: PipelineVersion) -> None:
    texts = tuple((x, y, text.replace("120.00", "999.00")) for x, y, text in INVOICE)

    run = read(make_source(data=pdf_of(texts)), version)

    assert (run.disposition, run.reason) == ("human_review", "verify_conflict")
    task = ReviewTask.objects.get(generation=run.generation)
    slots = {item.slot for item in task.items.all()}
    assert slots & {"grand_total", "line_total", "tax_total"}


def test_a_defect_is_tried_again_and_then_ends_the_run(
    version: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: IndexStep, given: StepInput) -> StepResult:
        raise RuntimeError("secret words of the document")

    monkeypatch.setattr(IndexStep, "run", broken)
    source = make_source(data=pdf_of())

    states = [read(source, version).state]
    assert work.take(lane="batch") is None, "it rests before the next attempt"
    for _ in range(work.MAX_ATTEMPTS - 1):
        Run.objects.update(not_before=None)
        states.append(read(source, version).state)

    assert states == ["queued", "queued", "failed"]
    run = Run.objects.get(source=source)
    assert (run.step, run.reason) == ("index", "internal_error")
    assert not Generation.objects.filter(source=source).exists()
    event = ProcessingEvent.objects.get(run_id=run.pk)
    assert (event.disposition, event.reason) == ("failed", "internal_error")
    assert event.payload["steps"][-1]["step"] == "index"
    assert event.payload["steps"][-1]["outcome"] == "failed"
    assert "secret" not in str(event.payload)


def test_trouble_while_storing_is_recorded_too(
    version: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nonsense(self: IndexStep, given: StepInput) -> StepResult:
        output = Output(kind="search_text", slot="page=1", payload={"x": float("nan")})
        return StepResult(outputs=(output,))

    monkeypatch.setattr(IndexStep, "run", nonsense)

    run = read(make_source(data=pdf_of()), version)

    assert run.state == "queued"
    assert run.not_before is not None


def test_who_was_thought_dead_may_no_longer_write(version: PipelineVersion) -> None:
    source = make_source(data=pdf_of())
    services.ensure(source=source, version=version, lane="batch", enqueue=False)
    slow = work.take(lane="batch")
    assert slow is not None
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work.requeue_lost()
    Run.objects.update(not_before=None)
    quick = work.take(lane="batch")
    assert quick is not None

    work.execute_run(quick)
    work.execute_run(slow)

    assert Generation.objects.get(source=source).state == State.CURRENT
    assert Run.objects.get().generation == Generation.objects.get()
    assert ProcessingEvent.objects.count() == 1


def test_the_database_going_away_is_not_the_documents_fault(
    version: PipelineVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**kwargs: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(work, "store_generation", gone)

    with pytest.raises(OperationalError):
        read(make_source(data=pdf_of()), version)

    assert Run.objects.get().state == "running"


def test_a_version_of_other_engines_does_not_run_here(version: PipelineVersion) -> None:
    manifest = version.manifest
    manifest["engines"]["extract"]["weights_digest"] = "0" * 64
    other = PipelineVersion.objects.create(
        name=version.name,
        version="2.0.0",
        manifest=manifest,
        digest="0" * 64,
        state="released",
    )

    run = read(make_source(data=pdf_of()), other)

    assert (run.state, run.reason) == ("failed", "version_not_runnable_here")


def test_runs_of_dead_workers_go_to_others() -> None:
    make_version()
    run = services.ensure(
        source=make_source(),
        version=services.active_version(),
        lane="batch",
        enqueue=False,
    ).run
    assert work.take(run_id=run.pk) is not None
    assert work.requeue_lost() == 0
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert work.requeue_lost() == 1

    run.refresh_from_db()
    assert (run.state, run.attempts) == ("queued", 1)


def test_a_claimed_run_is_not_claimed_twice() -> None:
    make_version()
    services.ensure(
        source=make_source(),
        version=services.active_version(),
        lane="batch",
        enqueue=False,
    )

    assert work.take(lane="batch") is not None
    assert work.take(lane="batch") is None
    assert work.take(run_id=uuid.uuid4()) is None


def test_a_lane_is_drained_oldest_first(version: PipelineVersion) -> None:
    sources = [make_source(data=blank_pdf() + bytes([n])) for n in range(3)]
    for source in sources:
        services.ensure(source=source, version=version, lane="batch", enqueue=False)

    tasks.drain("batch")

    runs = Run.objects.order_by("finished_at")
    assert [run.source for run in runs] == sources
    assert {run.state for run in runs} == {"finished"}


def test_a_second_try_after_an_upgrade_uses_the_active_version(
    version: PipelineVersion,
) -> None:
    source = make_source(data=pdf_of())
    old = PipelineVersion.objects.create(
        name=version.name,
        version="0.9.0",
        manifest=version.manifest,
        digest="0" * 64,
        state="released",
    )
    failed = Run.objects.create(
        source=source,
        pipeline_version=old,
        lane="batch",
        state="failed",
        reason=services.NOT_RUNNABLE,
    )

    assert services.retry(run=failed).run.pipeline_version == version


def test_a_refused_source_is_read_again_only_when_asked(
    version: PipelineVersion,
) -> None:
    run = read(make_source(data=blank_pdf()), version)

    same = services.ensure(source=run.source, version=version, lane="batch")
    again = services.retry(run=run)

    assert same.run == run
    assert (again.pending, again.run == run) == (True, False)


def test_a_person_who_waits_overtakes_the_backlog() -> None:
    version = make_version()
    source = make_source()
    services.ensure(source=source, version=version, lane="batch")

    run = services.ensure(source=source, version=version, lane="interactive").run

    assert run.lane == "interactive"
    assert OrmQ.objects.filter(key="interactive").count() == 1


def test_what_a_task_raises_holds_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise ValueError("secret words of the document")

    monkeypatch.setattr(work, "requeue_lost", broken)

    with pytest.raises(tasks.TaskFailed) as raised:
        tasks.drain("batch")

    assert "secret" not in "".join(traceback.format_exception(raised.value))


def test_a_lost_run_wakes_its_lane() -> None:
    version = make_version()
    services.ensure(source=make_source(), version=version, lane="batch", enqueue=False)

    tasks.sweep()

    assert OrmQ.objects.filter(key="batch").count() == 1


def test_what_a_dead_worker_left_need_not_wait() -> None:
    version = make_version()
    services.ensure(source=make_source(), version=version, lane="batch", enqueue=False)
    assert work.take(lane="batch") is not None
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    work.requeue_lost()

    assert work.take(lane="batch") is not None
