"""What the queue calls: ids in, services out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import ParamSpec
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.models import User

from catalog import fsck
from catalog.garbage import collect_garbage
from catalog.models import DerivedArtifact, ScrubRun, VersionTally
from catalog.services import apply_retention, resume_erasures
from pipeline import policies, queue, reproducing, services, work
from pipeline.events import ensure_partitions
from pipeline.models import Run
from pipeline.reprocessing.dispatching import settle_all, work_for
from pipeline.reprocessing.waking import wake
from pipeline.showing import tiles

log = structlog.get_logger()
P = ParamSpec("P")

# A slice stays far below the cluster's timeout; whatever is left goes to the next one.
SLICE_SECONDS = 50
# The same for erasures: a few hundred milliseconds each.
RETAINED_AT_ONCE = 200
ADOPTED_AT_ONCE = 500


class TaskFailed(Exception):
    """A task broke off; the log has the rest."""


def keeping_quiet(task: Callable[P, None]) -> Callable[P, None]:
    """The queue stores what a task raises, and a message may quote a document."""

    @wraps(task)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            task(*args, **kwargs)
        except Exception as error:
            log.exception("task_failed", task=task.__name__)
            raise TaskFailed(type(error).__name__) from None

    return wrapped


@keeping_quiet
def drain(lane: str) -> None:
    """Do the lane's waiting runs, oldest first, until none is left or time is up."""
    work.requeue_lost()
    ends = time.monotonic() + SLICE_SECONDS
    while run := work.take(lane=lane):
        work.execute_run(run)
        if time.monotonic() > ends:
            services.wake(lane)
            return


@keeping_quiet
def reprocess() -> None:
    """Do items of whatever is reprocessed, until none is due or time is up."""
    if work_for(seconds=SLICE_SECONDS):
        wake(most=1)


@keeping_quiet
def sweep() -> None:
    """Every minute: give lost runs to others, and wake lanes that hold due runs."""
    work.requeue_lost()
    services.adopt_forgotten(lately=True)
    for lane in services.LANES:
        if Run.objects.due().waiting(lane).exists():
            services.wake(lane)
    if settle_all():
        wake()
    ensure_partitions()
    if VersionTally.objects.all().is_long():
        VersionTally.objects.all().compact()
    resume_erasures()


@keeping_quiet
def read_delivered(delivery_id: str) -> None:
    """Have what was exported read by what is active, where a policy is lazy."""
    carried = DerivedArtifact.objects.filter(deliveries__delivery=UUID(delivery_id))
    for source_id in carried.order_by().values_list("source", flat=True).distinct():
        policies.somebody_reads(source_id=source_id, user=None, lane=Run.Lane.BATCH)


@keeping_quiet
def reproduce(artifact_id: str, user_id: str) -> None:
    """Make an artifact again for somebody who asked on its page."""
    artifact = DerivedArtifact.objects.select_related(
        "source", "generation__source"
    ).get(pk=artifact_id)
    asked_by = User.objects.filter(pk=user_id).first()
    reproducing.reproduce(artifact=artifact, asked_by=asked_by)


@keeping_quiet
def retain() -> None:
    """Every day: erase what its retention class no longer keeps, and is not held."""
    if settings.RETENTION_APPLIES:
        done = apply_retention(most=RETAINED_AT_ONCE)
        log.info("retention_applied", erased=done.erased, left=len(done.with_residue))
        if done.erased == RETAINED_AT_ONCE:
            services.go_on("pipeline.tasks.retain")


@keeping_quiet
def adopt() -> None:
    """Every day, and for the first active version: read what nobody asked a run for,
    however long ago it came."""
    if services.adopt_forgotten(most=ADOPTED_AT_ONCE) == ADOPTED_AT_ONCE:
        services.go_on("pipeline.tasks.adopt")


@keeping_quiet
def scrub() -> None:
    """Every day: check a sample of the store, in slices that let documents pass."""
    run = fsck.begin(mode=ScrubRun.Mode.SAMPLE, share=settings.SCRUB_SHARE)
    pace = fsck.Pace(settings.SCRUB_RATE_MB * 1e6)
    try:
        finished = fsck.go_on(run, pace=pace, seconds=SLICE_SECONDS)
    except fsck.Busy:
        # Somebody checks by hand; a day without a sample is no loss.
        log.info("fsck_busy")
        return
    if not finished:
        services.go_on("pipeline.tasks.scrub")


@keeping_quiet
def collect(after: str = "") -> None:
    """Every day: delete blobs that no row needs, a slice at a time, by their hashes."""
    found = collect_garbage(
        grace=settings.GARBAGE_GRACE, after=after, seconds=SLICE_SECONDS
    )
    dropped = 0 if after else tiles.collect()
    log.info("garbage_collected", **asdict(found), tiles=dropped)
    if found.last:
        queue.enqueue("pipeline.tasks.collect", found.last, lane=Run.Lane.BATCH)
