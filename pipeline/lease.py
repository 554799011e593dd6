"""Holding a run while it is worked on: a worker that dies lets go within a minute."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from pipeline.models import Run

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 15.0


@contextmanager
def renewed(run: Run) -> Iterator[None]:
    """Renew the run's lease, from a thread of its own, until the block ends."""
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(run, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(run: Run, done: threading.Event) -> None:
    # Only this attempt's lease: another worker may have the run by now.
    mine = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, attempts=run.attempts)
    try:
        while not done.wait(RENEW_SECONDS):
            try:
                mine.update(lease_until=timezone.now() + LEASE)
            except (OperationalError, InterfaceError):
                # The database is restarting: the lease has room for the next attempt.
                connection.close()
    finally:
        connection.close()
