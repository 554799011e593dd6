"""Keeps those who write blobs and those who delete them apart.

A blob is stored before the row that names it is committed, and the same bytes may be
some other row's already. Whoever deletes must therefore not look between the two.
Writers share the gate; a deleter has it alone, and looks only then what is needed.
Both hold it until their transaction ends, so keep both short: a writer takes it after
its bytes have come in, a deleter takes a few blobs at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Any number will do, as long as nothing else of ours takes the same advisory lock.
LOCK = 7_203_003


@contextmanager
def writing() -> Iterator[None]:
    """From before asking whether bytes are there until their row is committed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
        yield


@contextmanager
def deleting() -> Iterator[None]:
    """A transaction of its own, in which no blob is on its way in.

    Ask inside of it whether any row needs the bytes: every row is visible then.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield
