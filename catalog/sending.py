"""Statements sent without waiting for each other.

In libpq's pipeline mode the database gets the next statement while it works on the one
before, and only an answer that somebody reads is waited for. Half of what a short
statement costs both sides is the waiting and the waking.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.postgresql.base import ServerBindingCursor


class Cursor(ServerBindingCursor, psycopg.Cursor[Any]):
    """One that tells of its statement as soon as it is asked, and not only after the
    first row was read: Django asks for both before."""

    @property
    def rowcount(self) -> int:
        self._wait()
        return super().rowcount

    @property
    def description(self) -> Any:
        self._wait()
        return super().description

    def _wait(self) -> None:
        with connections[DEFAULT_DB_ALIAS].wrap_database_errors:
            self._fetch_pipeline()  # as each of psycopg's own questions about rows


@contextmanager
def transaction_at_once() -> Iterator[None]:
    """As transaction.atomic(), of statements that do not wait for each other.

    What is wrong with one is raised by the next that is read, or by the commit: within
    it no error of the database's can be caught and gone on from.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        connection.connection.pipeline() as sent,
        transaction.atomic(),
    ):
        try:
            yield
        except BaseException:
            # After an error the database passes over all it gets, a ROLLBACK too,
            # until it has been told that this was seen.
            with suppress(psycopg.Error):
                sent.sync()
            raise
