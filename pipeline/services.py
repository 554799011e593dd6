"""The pipeline's verbs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog import blobs
from catalog.models import Generation, SourceMedia
from catalog.services import Reading, store_generation
from pipeline import queue
from pipeline.events import Reported, StepRecord, write_event
from pipeline.lease import LEASE, renewed
from pipeline.manifest import EngineChanged
from pipeline.models import PipelineVersion, Run
from pipeline.runner import Execution, RunFailed, execute, scratch_folder
from pipeline.signals import run_finished
from pipeline.steps.registry import UnknownStep

log = structlog.get_logger()

MAX_ATTEMPTS = 3
LANES = tuple(Run.Lane.values)


class NoActiveVersion(Exception):
    """No pipeline version is active; release and activate one in the admin."""


@dataclass(frozen=True, slots=True)
class Ensured:
    """The run that answers, and whether it is still to come."""

    run: Run
    pending: bool


def active_version(name: str = "doc-extract") -> PipelineVersion:
    """Raises NoActiveVersion."""
    version = PipelineVersion.objects.active().filter(name=name).first()
    if version is None:
        raise NoActiveVersion(name)
    return version


@transaction.atomic
def ensure(
    *,
    source: SourceMedia,
    version: PipelineVersion,
    lane: str,
    requested_by: User | None = None,
    enqueue: bool = True,
) -> Ensured:
    """Have a source read by a version: what is done is not done again.

    With enqueue a worker of the lane will do it; without, the caller executes the run.
    """
    done = (
        Run.objects.filter(
            source=source, pipeline_version=version, state=Run.State.FINISHED
        )
        .select_related("generation")
        .first()
    )
    if done is not None:
        return Ensured(done, pending=False)
    run = Run.objects.open().filter(source=source, pipeline_version=version).first()
    if run is None:
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    source=source,
                    pipeline_version=version,
                    lane=lane,
                    requested_by=requested_by,
                )
        except IntegrityError:
            run = Run.objects.open().get(source=source, pipeline_version=version)
            return Ensured(run, pending=True)
        if enqueue:
            wake(lane)
    return Ensured(run, pending=True)


def wake(lane: str) -> None:
    """Put a dispatcher on the lane's queue; it goes with the caller's transaction.

    Dispatchers take runs from the run table until there are none, so a few of them
    serve any number of runs.
    """
    if lane == Run.Lane.INTERACTIVE or queue.length(lane) < MAX_DISPATCHERS:
        queue.enqueue("pipeline.tasks.drain", lane, lane=lane)


MAX_DISPATCHERS = 4


@transaction.atomic
def claim(*, run_id: uuid.UUID | None = None, lane: str = "") -> Run | None:
    """Take a queued run, this one or the lane's oldest, under a lease."""
    runs = (
        Run.objects.filter(pk=run_id, state=Run.State.QUEUED)
        if run_id
        else Run.objects.waiting(lane)
    )
    run = runs.select_for_update(skip_locked=True, of=("self",)).first()
    if run is None:
        return None
    run.state = Run.State.RUNNING
    run.attempts += 1
    run.started_at = timezone.now()
    run.lease_until = run.started_at + LEASE
    run.save(update_fields=["state", "attempts", "started_at", "lease_until"])
    return Run.objects.select_related("source", "pipeline_version").get(pk=run.pk)


def execute_run(run: Run) -> Run:
    """Do a claimed run and store it whole: generation, event, review task."""
    with (
        structlog.contextvars.bound_contextvars(
            run_id=str(run.run_id),
            source_id=str(run.source_id),
            pipeline_version=run.pipeline_version.version,
        ),
        scratch_folder() as folder,
        renewed(run.pk),
    ):
        try:
            execution = execute(
                source=run.source,
                version=run.pipeline_version,
                workdir=Path(folder),
                announce=lambda step: _announce(run, step),
            )
        except RunFailed as failure:
            return _failed(run, failure.step, failure.reason, retry=True)
        except (EngineChanged, UnknownStep):
            return _failed(run, "", "version_not_runnable_here", retry=False)
        except (blobs.BlobMissing, blobs.BlobDamaged):
            return _failed(run, "", "original_not_whole", retry=False)
        return _finish(run, execution)


def _announce(run: Run, step: str) -> None:
    Run.objects.filter(pk=run.pk).update(step=step)


@transaction.atomic
def _finish(run: Run, execution: Execution) -> Run:
    reading = execution.reading()
    generation = store_generation(source=run.source, reading=reading)
    return _close(run, generation, reading, execution.records, execution.total_ms)


def _close(
    run: Run,
    generation: Generation,
    reading: Reading,
    records: list[StepRecord],
    total_ms: int,
) -> Run:
    run.generation = generation
    run.state = Run.State.FINISHED
    run.disposition, run.reason = reading.disposition, reading.reason
    run.step, run.lease_until, run.finished_at = "", None, timezone.now()
    run.save()
    models = dict.fromkeys(record.model_id for record in records if record.model_id)
    write_event(
        run=run,
        steps=records,
        reported=Reported(
            model_id="+".join(models),
            document_type=reading.document_type,
            template_key=reading.template_key,
            disposition=reading.disposition,
            reason=reading.reason,
            total_ms=total_ms,
        ),
        at=run.finished_at,
    )
    run_finished.send(sender=Run, run=run)
    log.info(
        "run_finished", disposition=run.disposition, reason=run.reason, ms=total_ms
    )
    return run


@transaction.atomic
def _failed(run: Run, step: str, reason: str, *, retry: bool) -> Run:
    """Put the run back for another attempt, or end it; its event says which step."""
    log.warning("run_failed", step=step, reason=reason, attempt=run.attempts)
    run.lease_until = None
    if retry and run.attempts < MAX_ATTEMPTS:
        run.state = Run.State.QUEUED
        run.step = ""
        run.save(update_fields=["state", "step", "lease_until"])
        wake(run.lane)
        return run
    run.state = Run.State.FAILED
    run.step, run.reason, run.finished_at = step, reason, timezone.now()
    run.save(update_fields=["state", "step", "reason", "lease_until", "finished_at"])
    return run


@transaction.atomic
def requeue_lost() -> int:
    """Give runs of workers that died to others; how many there were."""
    lost = list(Run.objects.lost().select_for_update(skip_locked=True, of=("self",)))
    for run in lost:
        _failed(run, run.step, "worker_died", retry=True)
    return len(lost)


@transaction.atomic
def retry(*, run: Run, requested_by: User | None = None) -> Ensured:
    """A new run where one has failed for good."""
    return ensure(
        source=run.source,
        version=run.pipeline_version,
        lane=Run.Lane.INTERACTIVE,
        requested_by=requested_by,
    )
