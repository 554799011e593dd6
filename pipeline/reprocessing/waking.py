"""Putting dispatchers on the queue: as many as there are workers, whatever waits."""

from __future__ import annotations

from django.conf import settings

from pipeline import queue
from pipeline.models import Run

DISPATCHER = "pipeline.tasks.reprocess"


def wake(*, most: int | None = None) -> int:
    """Have a dispatcher for each worker of the batch lane; gives how many were added.

    They serve every reprocess there is, so that their rows in the queue are never more
    than twice the workers, those included that dead workers have left behind. It goes
    with the caller's transaction.
    """
    workers: int = settings.Q_CLUSTER["ALT_CLUSTERS"][Run.Lane.BATCH.value]["workers"]
    queue.forget_dead(DISPATCHER, lane=Run.Lane.BATCH)
    rows = queue.rows_of(DISPATCHER, lane=Run.Lane.BATCH)
    missing = min(workers - rows.waiting, 2 * workers - rows.all)
    missing = max(0, missing if most is None else min(missing, most))
    for _ in range(missing):
        queue.enqueue(DISPATCHER, lane=Run.Lane.BATCH)
    return missing
