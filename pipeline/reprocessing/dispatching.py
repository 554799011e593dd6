"""A slice of work on whatever reprocess has something due."""

from __future__ import annotations

import time
from collections import deque

from pipeline import work
from pipeline.models import Reprocess, ReprocessItem
from pipeline.reprocessing.claiming import claim
from pipeline.reprocessing.starting import not_runnable
from pipeline.reprocessing.verbs import halt, settle
from pipeline.reprocessing.working import work_on


def work_for(*, seconds: float, only: Reprocess | None = None) -> bool:
    """Do items until time is up; False when none is due any more.

    Several reprocesses get an item each in turn. only: of this one alone.
    """
    work.requeue_lost()
    ends = time.monotonic() + seconds
    turns = deque(runnable(only))
    while turns:
        if time.monotonic() > ends:
            return True
        item = claim(turns[0])
        if item is None:
            settle(reprocess=turns.popleft())
            # A stage that ended may have led into the next one.
            turns = turns or deque(one for one in runnable(only) if _is_due(one))
            continue
        work_on(item)
        turns.rotate(-1)
    return False


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
    return ReprocessItem.objects.due(reprocess).exists()


def settle_all() -> bool:
    """End stages whose last worker died before it could; whether anything is due."""
    due = False
    for reprocess in Reprocess.objects.working():
        settled = settle(reprocess=reprocess)
        due = due or (settled.state == Reprocess.State.RUNNING and _is_due(settled))
    return due
