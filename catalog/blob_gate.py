"""Keeps those who write blobs and those who delete them apart.

A blob is stored before the row that names it is committed, and the same bytes may be
some other row's already. Whoever deletes must therefore not look between the two.
Writers share the gate; a deleter has it alone, and looks only then what is needed.
Both hold it until their transaction ends, so keep both short: a writer takes it after
its bytes have come in, a deleter takes a few blobs at a time.

A backup holds all deletions off for as long as it copies, and no writer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Any numbers will do, as long as nothing else of ours takes the same advisory locks.
LOCK = 7_203_003
HOLD = 7_203_004

# What a writer's transaction begins with; with parameters of its own, it may be sent
# together with the statements that follow.
ENTER = f"SELECT pg_advisory_xact_lock_shared({LOCK})"


class DeletionsHeld(Exception):
    """A backup is copying: nothing may be deleted now. Try again when it is done."""


@contextmanager
def writing() -> Iterator[None]:
    """From before asking whether bytes are there until their row is committed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ENTER)
        yield


@contextmanager
def deleting() -> Iterator[None]:
    """A transaction of its own, in which no blob is on its way in.

    Ask inside of it whether any row needs the bytes: every row is visible then.
    Raises DeletionsHeld.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            # Deleters come here one at a time, so only a backup can be in the way.
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [HOLD])
            if not cursor.fetchone()[0]:
                raise DeletionsHeld
        yield


@contextmanager
def deletions_held() -> Iterator[Callable[[], None]]:
    """Nothing is deleted until the block ends, in whatever transactions.

    Waits for a deletion that has begun. Gives a function that raises OperationalError
    where the hold was lost, with the connection that had it.
    """
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock_shared(%s)", [HOLD])
        session = holder.connection

        def check() -> None:
            session.execute("SELECT 1")

        yield check
        # The server notices a closed line only a moment later.
        session.execute("SELECT pg_advisory_unlock_shared(%s)", [HOLD])
    finally:
        holder.close()
