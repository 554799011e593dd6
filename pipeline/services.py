"""Asking for a source to be read; the work itself is in pipeline.work."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.compiled import compiled
from catalog.models import Disposition, SourceMedia
from catalog.services import SourceErased, hold_source
from catalog.writing import insert
from pipeline import queue
from pipeline.models import PipelineVersion, Run

LANES = tuple(Run.Lane.values)
# No upload takes longer between keeping the bytes and asking for a run.
CUT_OFF = timedelta(minutes=1)
LATELY = timedelta(days=2)
NOT_RUNNABLE = "version_not_runnable_here"
DISPATCHER = "pipeline.tasks.drain"
# Waiting dispatchers a lane; one more would find nothing to do. Not one alone: it might
# look for runs before the caller's is there to be seen.
MAX_DISPATCHERS = 4


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
    again: bool = False,
) -> Ensured:
    """Have a source read by a version: what is done is not done again.

    With enqueue a worker of the lane will do it; without, the caller executes the run.
    again: a run that refused the source does not count as done.
    Raises SourceErased.
    """
    hold_source(source_id=source.pk)
    if done := _finished(source.pk, version.pk, again=again):
        return Ensured(done[0], pending=False)
    if found := _open(source.pk, version.pk):
        _hurry(found[0], lane)
        return Ensured(found[0], pending=True)
    run = Run(
        source=source, pipeline_version=version, lane=lane, requested_by=requested_by
    )
    if not insert(run, unless_there=True):
        # Somebody asked for the same at the same moment.
        return Ensured(_open(source.pk, version.pk)[0], pending=True)
    if enqueue:
        wake(lane)
    return Ensured(run, pending=True)


@compiled
def _finished(
    source_id: uuid.UUID, version_id: uuid.UUID, *, again: bool
) -> QuerySet[Run]:
    done = Run.objects.filter(source=source_id, pipeline_version=version_id)
    done = done.filter(state=Run.State.FINISHED).select_related("generation")
    return done.exclude(disposition=Disposition.REJECTED) if again else done


@compiled
def _open(source_id: uuid.UUID, version_id: uuid.UUID) -> QuerySet[Run]:
    return Run.objects.open().filter(source=source_id, pipeline_version=version_id)


def _hurry(run: Run, lane: str) -> None:
    """A person now waits for what was queued in bulk: let it overtake the backlog."""
    if lane == Run.Lane.INTERACTIVE and run.lane != lane:
        moved = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(lane=lane)
        if moved:
            run.lane = lane
            wake(lane)


def wake(lane: str) -> None:
    """Put a dispatcher on the lane's queue; it goes with the caller's transaction.

    Dispatchers take runs from the run table until there are none, so a few of them
    serve any number of runs.
    """
    if queue.rows_of(DISPATCHER, lane=lane).waiting < MAX_DISPATCHERS:
        queue.enqueue(DISPATCHER, lane, lane=lane)


def go_on(task: str) -> None:
    """Have the next slice of a long task done, behind what waits in bulk."""
    queue.enqueue(task, lane=Run.Lane.BATCH)


def adopt_forgotten(*, most: int = 100, lately: bool = False) -> int:
    """Ask for runs of sources whose upload was cut off after they were kept.

    lately: only of the last days, which is soon found in a store of any size. Gives how
    many there were; without an active version they go on waiting.
    """
    now = timezone.now()
    since = now - LATELY if lately else None
    sources = SourceMedia.objects.without_run(before=now - CUT_OFF, since=since)
    forgotten = list(sources[:most])
    if not forgotten or not PipelineVersion.objects.active().exists():
        return 0
    version = active_version()
    for source in forgotten:
        # One may be erased while the others are asked for.
        with suppress(SourceErased):
            ensure(source=source, version=version, lane=Run.Lane.INTERACTIVE)
    return len(forgotten)


def read_what_waited() -> None:
    """After an activation: have read what came while no version was active, where it is
    so long ago that the sweep does not look at it."""
    if SourceMedia.objects.without_run(before=timezone.now() - LATELY).exists():
        go_on("pipeline.tasks.adopt")


@transaction.atomic
def retry(*, run: Run, requested_by: User | None = None) -> Ensured:
    """A new run where one failed or refused the source.

    By the same version, unless this machine cannot run it: then by the active one.
    Raises NoActiveVersion, SourceErased.
    """
    version = run.pipeline_version
    if run.reason == NOT_RUNNABLE:
        version = active_version(version.name)
    return ensure(
        source=run.source,
        version=version,
        lane=Run.Lane.INTERACTIVE,
        requested_by=requested_by,
        again=True,
    )
