"""What a backup says of its database, so that a restored one can be held against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.models.ledger import SEAL

TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND nspname = current_schema() ORDER BY 1"""
HEAD = """SELECT sequence, encode(hash, 'hex') FROM ledger_entry
    ORDER BY sequence DESC LIMIT 1"""
# The first link that does not hold.
BROKEN_LINK = f"""SELECT l.sequence FROM ledger_entry l
    LEFT JOIN ledger_entry p ON p.sequence = l.sequence - 1
    WHERE l.previous IS DISTINCT FROM coalesce(p.hash, ''::bytea)
        OR l.hash IS DISTINCT FROM {SEAL}
    ORDER BY 1 LIMIT 1"""  # noqa: S608 - fixed names
NEEDED = """SELECT hash FROM (
        SELECT content_hash::text COLLATE "C" AS hash FROM source_media
            WHERE erased_at IS NULL
        UNION
        SELECT encode(payload_hash, 'hex') COLLATE "C" FROM derived_artifact
            WHERE payload_uri NOT IN ('inline', 'erased')
    ) needed ORDER BY hash"""


@dataclass(frozen=True, slots=True)
class Facts:
    """tables: rows of each; ledger: number and hash of the last entry, or none;
    migrations: those applied, as app.name."""

    tables: dict[str, int]
    ledger: tuple[int, str] | None
    migrations: list[str]


def facts_of(session: Any) -> Facts:
    """Counted by a psycopg connection, in one transaction of it."""
    tables = {}
    for (name,) in session.execute(TABLES).fetchall():
        count = session.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608
        tables[name] = count.fetchone()[0]
    rows = session.execute("SELECT app, name FROM django_migrations").fetchall()
    return Facts(
        tables=tables,
        ledger=session.execute(HEAD).fetchone(),
        migrations=sorted(f"{app}.{name}" for app, name in rows),
    )


def broken_link(session: Any) -> int | None:
    """The number of the first entry of the ledger that does not fit; None: all do."""
    found = session.execute(BROKEN_LINK).fetchone()
    return None if found is None else int(found[0])


def needed_blobs(session: Any) -> Iterator[str]:
    """The hashes of all blobs that rows name, in order, as a stream; each once."""
    with session.transaction(), session.cursor(name="needed_blobs") as cursor:
        cursor.itersize = 10_000
        cursor.execute(NEEDED)
        for (content_hash,) in cursor:
            yield content_hash
