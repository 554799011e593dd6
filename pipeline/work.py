"""Taking a run, doing it, and storing all of it or nothing.

A worker owns a run by its number of attempts: whoever was thought dead and comes back
finds the number raised, and may no longer write.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import blobs
from catalog.compiled import compiled
from catalog.services import Reading, SourceErased, hold_source, store_generation
from catalog.writing import update
from pipeline.acceptance.guarding import guarded
from pipeline.events import Reported, StepRecord, write_event
from pipeline.execution import Execution
from pipeline.lease import LEASE, renewed
from pipeline.manifest import EngineChanged
from pipeline.memo.kept_recipes import keep_recipes
from pipeline.model_registry import register_reported
from pipeline.models import Run
from pipeline.paid_answers import PaidAnswers, adopted, with_what_was_spent
from pipeline.runner import RunFailed, execute, scratch_folder
from pipeline.services import NOT_RUNNABLE
from pipeline.signals import run_finished
from pipeline.steps.registry import UnknownStep

log = structlog.get_logger()

# A run waits this long after its first, second failure; the next one is the last.
PAUSES = (timedelta(seconds=5), timedelta(seconds=20))
MAX_ATTEMPTS = len(PAUSES) + 1
# Where a service does not answer nothing is wrong with the run: it waits two hours.
OUTAGE_PAUSES = (*PAUSES, timedelta(minutes=1), *[timedelta(minutes=10)] * 12)
FAILED = "failed"
STORAGE_UNAVAILABLE = "storage_unavailable"
# Trouble of others, which passes: of the blobs' store, or of a model's service.
OUTAGES = frozenset(
    {STORAGE_UNAVAILABLE, "service_unavailable", "service_busy", "service_too_slow"}
)
WORKER_DIED = "worker_died"


class LeaseLost(Exception):
    """The run was given to another worker, or its source was erased: this one's results
    are not wanted.
    """


@transaction.atomic(savepoint=False)
def take(*, run_id: uuid.UUID | None = None, lane: str = "") -> Run | None:
    """A queued run under a lease: this one, or the lane's oldest. None: nothing is due.

    One that failed a moment ago is not due before its pause is over.
    """
    now = timezone.now()
    due = _due(now, run_id) if run_id else _first_due(now, lane)
    if not due:
        return None
    run = due[0]
    run.state = Run.State.RUNNING
    run.attempts += 1
    run.started_at, run.lease_until = now, now + LEASE
    update(run, "state", "attempts", "started_at", "lease_until")
    return run


@compiled
def _due(now: datetime, run_id: uuid.UUID) -> QuerySet[Run]:
    return _to_take(Run.objects.due(now).filter(pk=run_id))


@compiled
def _first_due(now: datetime, lane: str) -> QuerySet[Run]:
    return _to_take(Run.objects.due(now).waiting(lane))[:1]


def _to_take(runs: QuerySet[Run]) -> QuerySet[Run]:
    whole = runs.select_related("source", "pipeline_version")
    return whole.select_for_update(skip_locked=True, of=("self",))


def execute_run(run: Run, *, fresh: bool = False) -> Run:
    """Do a taken run and store it whole: generation, event, review task.

    fresh: nothing is taken over from earlier readings.
    Whatever goes wrong is recorded in the run; only the loss of the database is raised.
    """
    with (
        structlog.contextvars.bound_contextvars(
            run_id=str(run.run_id),
            source_id=str(run.source_id),
            pipeline_version=run.pipeline_version.version,
        ),
        scratch_folder() as folder,
        renewed(_mine(run)),
    ):
        try:
            return _done(run, Path(folder), fresh=fresh)
        except LeaseLost:
            log.warning("lease_lost", attempt=run.attempts)
            return Run.objects.get(pk=run.pk)
        except blobs.BlobUnavailable as error:
            log.warning("storage_unavailable", code=error.code)
            return _failed(run, "", STORAGE_UNAVAILABLE)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            # A defect of ours, said by class: its message may quote the document.
            log.error("run_defect", error=type(error).__name__)
            return _failed(run, "", "internal_error")


def _done(run: Run, folder: Path, *, fresh: bool) -> Run:
    try:
        execution = execute(
            source=run.source,
            version=run.pipeline_version,
            workdir=folder,
            announce=lambda step: _announce(run, step),
            fresh=fresh,
            keeper=PaidAnswers(run, fresh=fresh),
        )
    except RunFailed as failure:
        return _failed(run, failure.step, failure.reason, failure.records)
    except (EngineChanged, UnknownStep):
        return _failed(run, "", NOT_RUNNABLE, again=False)
    except (blobs.BlobMissing, blobs.BlobDamaged):
        return _failed(run, "", "original_not_whole", again=False)
    return _finish(run, execution)


def _announce(run: Run, step: str) -> None:
    Run.objects.filter(pk=run.pk, attempts=run.attempts).update(step=step)


def _mine(run: Run) -> QuerySet[Run]:
    """The run in this attempt: another worker may have it by now."""
    return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, attempts=run.attempts)


def _own(run: Run) -> None:
    """Lock the run for the rest of the transaction. Raises LeaseLost."""
    if not _mine(run).select_for_update().exists():
        raise LeaseLost


@transaction.atomic
def _finish(run: Run, execution: Execution) -> Run:
    try:
        hold_source(source_id=run.source_id)
    except SourceErased:
        raise LeaseLost from None
    _own(run)
    reading = guarded(run.pipeline_version, execution.reading())
    keep_recipes(execution.recipes.values())
    register_reported(execution.records)
    run.generation = store_generation(source=run.source, reading=reading)
    adopted(run)
    run.state = Run.State.FINISHED
    run.disposition, run.reason = reading.disposition, reading.reason
    _close(run, reading, execution.records)
    run_finished.send(sender=Run, run=run)
    return run


def _close(run: Run, reading: Reading, records: Sequence[StepRecord]) -> None:
    """End the run for good, with its event."""
    run.lease_until, run.finished_at = None, timezone.now()
    if run.state == Run.State.FINISHED:
        run.step = ""
    run.save()
    total_ms = sum(record.ms for record in records)
    write_event(
        run=run,
        steps=records,
        reported=Reported(
            document_type=reading.document_type,
            template_key=reading.template_key,
            disposition=reading.disposition,
            reason=reading.reason,
            total_ms=total_ms,
        ),
        at=run.finished_at,
    )
    log.info(
        "run_ended", disposition=reading.disposition, reason=reading.reason, ms=total_ms
    )


@transaction.atomic
def _failed(
    run: Run,
    step: str,
    reason: str,
    records: Sequence[StepRecord] = (),
    *,
    again: bool = True,
) -> Run:
    """Put the run back for another attempt after a pause, or end it."""
    _own(run)
    return _put_back(run, step, reason, records, again=again)


def _put_back(
    run: Run, step: str, reason: str, records: Sequence[StepRecord], *, again: bool
) -> Run:
    log.warning("run_failed", step=step, reason=reason, attempt=run.attempts)
    pauses = OUTAGE_PAUSES if reason in OUTAGES else PAUSES
    if again and run.attempts <= len(pauses):
        run.state = Run.State.QUEUED
        run.step, run.lease_until = "", None
        # What a dead worker left need not wait: the trouble was the worker's.
        pause = timedelta() if reason == WORKER_DIED else pauses[run.attempts - 1]
        run.not_before = timezone.now() + pause
        run.save(update_fields=["state", "step", "lease_until", "not_before"])
        return run
    run.state = Run.State.FAILED
    run.step, run.reason = step, reason
    nothing = Reading(
        pipeline_name=run.pipeline_version.name,
        pipeline_version=run.pipeline_version.version,
        complete=False,
        disposition=FAILED,
        reason=reason,
    )
    records = with_what_was_spent(run, records, step=step, reason=reason)
    _close(run, nothing, records)
    return run


@transaction.atomic
def requeue_lost() -> int:
    """Give runs of workers that died to others; how many there were."""
    lost = (
        Run.objects.lost()
        .select_related("source", "pipeline_version")
        .select_for_update(skip_locked=True, of=("self",))
    )
    runs = list(lost)
    for run in runs:
        _put_back(run, run.step, WORKER_DIED, [], again=True)
    return len(runs)
