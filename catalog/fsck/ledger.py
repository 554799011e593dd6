"""The ledger, computed again from the rows that it seals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from catalog.fsck.base import Batch, Scope, Step
from catalog.fsck.rules import Rule, Rules
from catalog.models.ledger import CHAPTERS, SEAL, digest_sql

# Entries a step; each may seal one row or a million.
ENTRIES = 20_000
_BACKUP = "Compare with a backup and with the heads that you wrote down."


def _digests() -> str:
    """What each entry should say of its rows: their number and their digest."""
    return " UNION ALL ".join(
        f"""SELECT r.entry, '{c.subject}' AS subject, count(*) AS rows,
            {digest_sql(c.row, c.key)} AS digest FROM {c.subject} r
        WHERE r.entry = ANY(%(entries)s) GROUP BY r.entry"""  # noqa: S608 - fixed names
        for c in CHAPTERS
    )


LEDGER = Rules(
    name="ledger",
    subject="'entry ' || l.sequence",
    rows=f"""FROM ledger_entry l
        LEFT JOIN ledger_entry b ON b.sequence = l.sequence - 1
        LEFT JOIN ({_digests()}) d ON d.entry = l.sequence AND d.subject = l.subject
        WHERE l.sequence = ANY(%(entries)s)""",
    rules=(
        Rule(
            "ledger_gap",
            "l.sequence > 1 AND b.sequence IS NULL",
            f"The entry before this one is missing from the ledger. {_BACKUP}",
        ),
        Rule(
            "ledger_link",
            """l.previous <> CASE WHEN l.sequence = 1 THEN ''::bytea ELSE b.hash END
                OR l.hash <> """
            + SEAL,
            "The entry no longer fits the one before it, or was itself changed."
            f" {_BACKUP}",
        ),
        Rule(
            "ledger_rows",
            "(d.rows, d.digest) IS DISTINCT FROM (l.rows, l.digest)",
            "The promotions or erasures that the entry seals are not those that were"
            f" written: changed, added or taken away. {_BACKUP}",
        ),
    ),
)


class Ledger:
    """All of the chain, whatever the sample; of one source, the entries about it."""

    name = "ledger"
    finds = LEDGER.finds

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        last = int(cursor or 0)
        while entries := _entries(scope, last):
            looked_at, findings = LEDGER.look(
                Batch("", entries=entries, end=entries[-1])
            )
            last = entries[-1]
            yield Step(last, looked_at, findings)


def _entries(scope: Scope, last: int) -> list[int]:
    of_source = (
        ""
        if scope.source_id is None
        else """AND sequence IN (SELECT entry FROM promotion WHERE source_id = %(one)s
            UNION ALL SELECT entry FROM erasure WHERE source_id = %(one)s)"""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT sequence FROM ledger_entry WHERE sequence > %(last)s {of_source}
                ORDER BY sequence LIMIT {ENTRIES}""",  # noqa: S608 - fixed text
            {"last": last, "one": scope.source_id},
        )
        return [sequence for (sequence,) in cursor.fetchall()]


def head_agrees(sequence: int, digest: str) -> bool:
    """Whether the ledger still has the entry that somebody wrote down elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM ledger_entry WHERE sequence = %s AND hash = %s",
            [sequence, bytes.fromhex(digest)],
        )
        return cursor.fetchone() is not None
