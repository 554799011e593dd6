"""One item: read it by the target, set both readings side by side, say so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import blobs
from catalog.compiled import compiled
from catalog.models import Generation
from catalog.services import SourceErased, hold_source
from pipeline import services, work
from pipeline.comparing import compare_generations
from pipeline.lease import renewed
from pipeline.models import PaidAnswer, ProcessingEvent, Reprocess, ReprocessItem, Run
from pipeline.reprocessing.claiming import (
    ERASED,
    MAX_ATTEMPTS,
    ClaimLost,
    end,
    fail,
    own,
    put_back,
    skip,
)
from pipeline.reprocessing.quality import band
from pipeline.reprocessing.verbs import halt
from pipeline.signals import compared

log = structlog.get_logger()
State = ReprocessItem.State

# Somebody else has the run at hand, or it waits after a failure: look again then.
LOOK_AGAIN = timedelta(seconds=5)
# After a defect of ours the item waits so long, then it is the last one's turn.
PAUSES = (timedelta(seconds=5), timedelta(seconds=20))
ALREADY_CURRENT = "already_current"
NOTHING_CURRENT = "nothing_current"


@dataclass(frozen=True, slots=True)
class Effort:
    """What the reading took: of all steps that ran for this reprocess."""

    ms: int = 0
    micro_usd: int = 0
    run: int = 0
    spared: int = 0


def work_on(item: ReprocessItem) -> None:
    """Do a claimed item. Only the loss of the database is raised."""
    mine = ReprocessItem.objects.filter(
        pk=item.pk, state=State.WORKING, attempts=item.attempts
    )
    with (
        structlog.contextvars.bound_contextvars(
            reprocess_id=str(item.reprocess_id), item_id=str(item.pk)
        ),
        renewed(mine),
    ):
        try:
            _do(item)
        except ClaimLost:
            log.warning("claim_lost", attempt=item.attempts)


def _do(item: ReprocessItem) -> None:
    try:
        _read_and_compare(item)
    except SourceErased:
        skip(item, ERASED)
    except blobs.BlobUnavailable:
        # Nothing is wrong with the item: it costs no attempt.
        put_back(item, until=timezone.now() + PAUSES[-1], counts=False)
    except (OperationalError, InterfaceError, ClaimLost):
        raise
    except Exception as error:
        # A defect of ours, said by class: its message may quote the document.
        log.error("reprocess_defect", error=type(error).__name__)
        if item.attempts > len(PAUSES):
            fail(item, "internal_error")
        else:
            put_back(item, until=timezone.now() + PAUSES[item.attempts - 1])


def _read_and_compare(item: ReprocessItem) -> None:
    run = read(item)
    if run.state == Run.State.FINISHED:
        _finish(item, run)
    elif run.state == Run.State.FAILED:
        _give_up(item, run)
    elif run.state == Run.State.QUEUED and run.attempts:
        # It failed and waits for its next attempt, which is then the item's too. What
        # it has paid for counts already: the next attempt may be beyond the budget.
        item.micro_usd = spent_so_far(run, item.reprocess)
        until = run.not_before or timezone.now() + LOOK_AGAIN
        # The run knows when it has had enough; the item must not give up before.
        put_back(item, until=until, counts=item.attempts < MAX_ATTEMPTS)
    else:
        put_back(item, until=timezone.now() + LOOK_AGAIN, counts=False)


def read(item: ReprocessItem) -> Run:
    """The target's run on the item's source, done here unless it was before.

    The same way as every reading goes, memo included. A run that somebody else has at
    hand comes back as it is. Raises SourceErased.
    """
    ensured, taken = _ask_and_take(item)
    if not ensured.pending:
        return ensured.run
    if taken is not None:
        return work.execute_run(taken)
    # Perhaps its worker died.
    work.requeue_lost()
    ensured.run.refresh_from_db()
    return ensured.run


@transaction.atomic
def _ask_and_take(item: ReprocessItem) -> tuple[services.Ensured, Run | None]:
    """In one transaction, for each waits for the disk."""
    reprocess = item.reprocess
    ensured = services.ensure(
        source=item.source,
        version=reprocess.pipeline_version,
        lane=Run.Lane.BATCH,
        requested_by=reprocess.created_by,
        enqueue=False,
    )
    return ensured, work.take(run_id=ensured.run.pk) if ensured.pending else None


def _give_up(item: ReprocessItem, run: Run) -> None:
    if run.reason == ERASED:
        raise SourceErased
    if run.reason == services.NOT_RUNNABLE:
        # No fault of the item, and the next one would fare no better.
        put_back(item, until=timezone.now(), counts=False)
        halt(reprocess=item.reprocess, why=Reprocess.Why.NOT_RUNNABLE)
        return
    effort = effort_of(run, item.reprocess)
    item.ms, item.micro_usd = effort.ms, effort.micro_usd
    item.steps_run, item.steps_spared = effort.run, effort.spared
    fail(item, run.reason)


@transaction.atomic
def _finish(item: ReprocessItem, run: Run) -> None:
    """Comparison, figures and the news of them: all or nothing.

    Raises SourceErased, ClaimLost.
    """
    # An erasure locks the source first, so everybody does.
    hold_source(source_id=item.source_id)
    own(item)
    new = run.generation
    assert new is not None  # noqa: S101 - of a finished run, by constraint
    old = next(iter(_current(item.source_id, new.pipeline_name)), None)
    _take_in(item, old, new, effort_of(run, item.reprocess))
    if old is None or old.pipeline_version == new.pipeline_version:
        end(item, State.SKIPPED, ALREADY_CURRENT if old else NOTHING_CURRENT)
        return
    item.comparison = compare_generations(old=old, new=new)
    # A reading that was refused has no candidate: the comparison says what is lost.
    end(item, State.DONE, "" if new.complete else new.reason)
    compared.send(sender=ReprocessItem, comparison=item.comparison, item=item)


@compiled
def _current(source_id: uuid.UUID, pipeline_name: str) -> QuerySet[Generation]:
    current = Generation.objects.current().select_related("source__tenant")
    return current.filter(source=source_id, pipeline_name=pipeline_name)


def _take_in(
    item: ReprocessItem, old: Generation | None, new: Generation, effort: Effort
) -> None:
    item.new_generation, item.old_generation = new, old
    item.slices = slices_of(old) if old else {}
    item.ms, item.micro_usd = effort.ms, effort.micro_usd
    item.steps_run, item.steps_spared = effort.run, effort.spared


def slices_of(old: Generation) -> dict[str, str]:
    """The keys on which figures are split, as the reading that is current says."""
    return {
        "tenant": old.source.tenant.slug,
        "template": old.template_key,
        "document_type": old.document_type,
        "modality": old.source.modality,
        "quality": band(old.steps),
    }


def effort_of(run: Run, reprocess: Reprocess) -> Effort:
    """From the run's event; nothing for a reading that was there before."""
    event = ProcessingEvent.objects.of_run(run)
    if event is None or run.requested_at < reprocess.created_at:
        return Effort()
    steps = event.payload["steps"]
    spared = sum(bool(step.get("memo")) for step in steps)
    micro_usd = event.micro_usd + _spent_before(run, reprocess)
    return Effort(event.total_ms, micro_usd, len(steps) - spared, spared)


def spent_so_far(run: Run, reprocess: Reprocess) -> int:
    """Micro-USD of a run that has not ended, and of those that failed before it."""
    if run.requested_at < reprocess.created_at:
        return 0
    paid = PaidAnswer.objects.filter(run=run).spent()
    return paid + _spent_before(run, reprocess)


def _spent_before(run: Run, reprocess: Reprocess) -> int:
    """Micro-USD of the runs that failed for the item, until somebody said: again."""
    failed = _failed_since(reprocess.created_at, run.source_id, run.pipeline_version_id)
    events = [ProcessingEvent.objects.of_run(one) for one in failed if one != run]
    return sum(event.micro_usd for event in events if event is not None)


@compiled
def _failed_since(
    at: datetime, source_id: uuid.UUID, version_id: uuid.UUID
) -> QuerySet[Run]:
    runs = Run.objects.filter(source=source_id, pipeline_version=version_id)
    return runs.filter(state=Run.State.FAILED, requested_at__gte=at)
