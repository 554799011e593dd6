"""A slice of work on whatever reprocess has something due."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.db import connection

from pipeline import work
from pipeline.manifest import Manifest
from pipeline.models import Reprocess, ReprocessItem
from pipeline.prices import remote_models
from pipeline.reprocessing.claiming import claim
from pipeline.reprocessing.starting import not_runnable
from pipeline.reprocessing.verbs import halt, settle
from pipeline.reprocessing.working import work_on


def work_for(*, seconds: float, only: Reprocess | None = None) -> bool:
    """Do items until time is up; False when none is due any more.

    Several reprocesses get an item each in turn. only: of this one alone. Where a
    service answers, a worker would only wait for it: it has as many documents in hand
    as REMOTE_DOCUMENTS says, each claimed by a thread of its own.
    """
    work.requeue_lost()
    ends = time.monotonic() + seconds
    turns = runnable(only)
    more = settings.REMOTE_DOCUMENTS - 1
    if more < 1 or not any(is_remote(one) for one in turns):
        return _work_until(ends, only)
    # The engines are made by now, once for all threads: their limits are shared.
    beside = partial(_beside, ends, only)
    with ThreadPoolExecutor(more, "reprocess") as pool:
        others = [pool.submit(beside) for _ in range(more)]
        left = _work_until(ends, only)
        # Each is waited for, and what it raises is raised.
        return any([left, *(one.result() for one in others)])


def _beside(ends: float, only: Reprocess | None) -> bool:
    try:
        return _work_until(ends, only, remote=True)
    finally:
        connection.close()


def _work_until(ends: float, only: Reprocess | None, *, remote: bool = False) -> bool:
    """remote: only what waits for a service; the rest wants this machine's time."""

    def wanted() -> list[Reprocess]:
        return [one for one in runnable(only) if not remote or is_remote(one)]

    turns = deque(wanted())
    while turns:
        if time.monotonic() > ends:
            return True
        item = claim(turns[0])
        if item is None:
            settle(reprocess=turns.popleft())
            # A stage that ended may have led into the next one.
            turns = turns or deque(one for one in wanted() if _is_due(one))
            continue
        work_on(item)
        turns.rotate(-1)
    return False


def is_remote(reprocess: Reprocess) -> bool:
    return any(remote_models(Manifest.of(reprocess.pipeline_version)))


def runnable(only: Reprocess | None = None) -> list[Reprocess]:
    """Those at work that this machine can do; the others are paused."""
    working = Reprocess.objects.working().select_related("pipeline_version")
    if only is not None:
        working = working.filter(pk=only.pk)
    found = []
    for reprocess in working.order_by("created_at"):
        if not_runnable(reprocess.pipeline_version) is None:
            found.append(reprocess)
        else:
            halt(reprocess=reprocess, why=Reprocess.Why.NOT_RUNNABLE)
    return found


def _is_due(reprocess: Reprocess) -> bool:
    """In its stage, or in one that it goes on to.

    Whoever settled while the stage's last item was being claimed still saw it waiting,
    and left the next stage alone. So it is asked again until both see the same.
    """
    while not ReprocessItem.objects.due(reprocess).exists():
        running = reprocess.state == Reprocess.State.RUNNING
        if not running or reprocess.stage == reprocess.until_stage:
            return False
        reprocess = settle(reprocess=reprocess)
    return True


def settle_all() -> bool:
    """End stages whose last worker died before it could; whether anything is due."""
    due = False
    for reprocess in Reprocess.objects.working():
        settled = settle(reprocess=reprocess)
        due = due or (settled.state == Reprocess.State.RUNNING and _is_due(settled))
    return due
