"""What the queue calls: ids in, services out."""

from __future__ import annotations

import time

from pipeline import services

# A slice stays far below the cluster's timeout; whatever is left goes to the next one.
SLICE_SECONDS = 50


def drain(lane: str) -> None:
    """Do the lane's waiting runs, oldest first, until none is left or time is up."""
    services.requeue_lost()
    ends = time.monotonic() + SLICE_SECONDS
    while run := services.claim(lane=lane):
        services.execute_run(run)
        if time.monotonic() > ends:
            services.wake(lane)
            return


def sweep() -> None:
    """Every minute: give lost runs to others, and wake lanes that hold waiting runs."""
    from pipeline.events import ensure_partitions
    from pipeline.models import Run

    services.requeue_lost()
    ensure_partitions()
    for lane in services.LANES:
        if Run.objects.waiting(lane).exists():
            services.wake(lane)
