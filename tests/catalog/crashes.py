"""A process that dies in the middle of a verb, as the database sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

TABLES = (
    "source_media",
    "generation",
    "derived_artifact",
    "artifact_input",
    "search_page",
    "comparison",
    "promotion_batch",
    "promotion",
    "ledger_entry",
    "version_tally",
    "golden_case",
    "golden_value",
    "golden_set",
    "golden_set_value",
    "erasure",
)


class Crash(OperationalError):
    """The connection is lost; the statement was not executed."""


@contextmanager
def crashing(at: int | None) -> Iterator[None]:
    """Raise Crash in place of the block's statement of that number, from 1 on."""
    done = 0

    def count(
        execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any
    ) -> Any:
        nonlocal done
        done += 1
        if done == at:
            raise Crash
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def state_of_the_store() -> dict[str, str | None]:
    """A digest of all rows, table by table."""
    digests = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"  # noqa: S608 - fixed names
            )
            digests[table] = cursor.fetchone()[0]
    return digests
