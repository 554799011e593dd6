"""Holding what is worked on: a worker that dies lets go within a minute."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 15.0


@contextmanager
def renewed(mine: QuerySet[Any]) -> Iterator[None]:
    """Renew a lease, from a thread of its own, until the block ends.

    mine: the row as long as it is this worker's, and no row when another has it.
    """
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(mine, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(mine: QuerySet[Any], done: threading.Event) -> None:
    try:
        while not done.wait(RENEW_SECONDS):
            try:
                mine.update(lease_until=timezone.now() + LEASE)
            except (OperationalError, InterfaceError):
                # The database is restarting: the lease has room for the next attempt.
                connection.close()
    finally:
        connection.close()
