"""The scan after an erasure: what of the document is still to be found, and where."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import connection

from catalog import blobs
from catalog.erasing.marks import Marks
from catalog.erasing.places import Table, own_rows, tables
from catalog.models import Erasure
from catalog.models.derived_artifact import HASH_OF_NOTHING
from catalog.signals import searching

# Below this many artifacts every table is looked through, row by row, unless somebody
# says otherwise; above, that is for an hour at night.
ALL_BELOW = 200_000
# The erasure's own list of what it deletes; its rows go when it is finished.
OWN_LIST = "blob_to_delete"


class Scope(StrEnum):
    """How far to look. rows: of this source, by index. all: every row of every table.

    auto: all in a store of fewer than ALL_BELOW artifacts.
    """

    AUTO = "auto"
    ROWS = "rows"
    ALL = "all"


@dataclass
class Residue:
    """found: counts by place, "table.column", "blobs", "queue"; nothing where zero."""

    scope: str
    looked_for: dict[str, int]
    columns: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def add(self, place: str, count: int) -> None:
        if count:
            self.found[place] = self.found.get(place, 0) + count

    def as_json(self) -> dict[str, Any]:
        return {
            "scope": self.scope,
            "looked_for": self.looked_for,
            "columns": self.columns,
            "found": self.found,
            "total": sum(self.found.values()),
        }


def settled(scope: Scope) -> Scope:
    """What "auto" means in this store."""
    if scope is not Scope.AUTO:
        return scope
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'derived_artifact'::regclass"
        )
        [(rows,)] = cursor.fetchall()
    return Scope.ALL if rows < ALL_BELOW else Scope.ROWS


def residue_of(
    erasure: Erasure, marks: Marks, *, shared: Sequence[str] = (), scope: Scope
) -> Residue:
    """Look for everything that would give the document away.

    shared: hashes of bytes that other rows rightly have, which prove nothing. Words
    and the name count in rows of this source and in rows that belong to no source:
    in another document they are that document's.
    """
    scope = settled(scope)
    hashes = [one for one in marks.hashes if one not in set(shared)]
    residue = Residue(
        scope=scope.value,
        looked_for={
            "hashes": len(hashes),
            "hashes_of_others_too": len(set(shared)),
            "names": int(bool(marks.name)),
            "words": len(marks.words),
        },
    )
    # An empty original has the hash that stands in place of every erased one.
    telling = [one for one in hashes if one != HASH_OF_NOTHING]
    needles = _needles(erasure, telling, marks.texts)
    for table in tables():
        if table.name != OWN_LIST:
            _look_in(table, needles, scope, residue)
    for content_hash in hashes:
        residue.add("blobs", int(blobs.exists(content_hash)))
    answers: list[Any] = searching.send(
        sender=Erasure, erasure=erasure, needles=[*telling, *marks.texts]
    )
    for _, counts in answers:
        for place, count in counts.items():
            residue.add(place, count)
    return residue


def _needles(
    erasure: Erasure, hashes: Sequence[str], texts: Sequence[str]
) -> dict[str, Any]:
    # As plain text and as JSON writes it, inside of quotes.
    spelled = {s for t in texts for s in (t, json.dumps(t)[1:-1], _json(t))}
    return {
        "source": erasure.source_id,
        "erasure": erasure.pk,
        "hash_texts": [_like(one) for one in hashes],
        "hash_bytes": [bytes.fromhex(h) for h in hashes] + [h.encode() for h in hashes],
        "texts": [_like(one.lower()) for one in sorted(spelled)],
        "text_bytes": [text.encode() for text in texts],
    }


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _look_in(
    table: Table, needles: dict[str, Any], scope: Scope, residue: Residue
) -> None:
    own = own_rows(table)
    if not own and scope is Scope.ROWS:
        return
    counts = ", ".join(
        f"count(*) FILTER (WHERE {_match(table, column, own, scope)})"
        for column in table.columns
    )
    rows = f'"{table.name}"'
    if scope is Scope.ROWS:
        # One by one, so that each condition has its index.
        each = (f"SELECT * FROM {rows} WHERE {condition}" for condition in own)  # noqa: S608 - names of the database
        rows = f"({' UNION ALL '.join(each)}) AS own_rows"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM {rows}", needles)  # noqa: S608 - names of the database
        found = cursor.fetchone() or ()
    residue.columns += len(table.columns)
    for column, count in zip(table.columns, found, strict=True):
        residue.add(f"{table.name}.{column}", count)


def _match(table: Table, column: str, own: Sequence[str], scope: Scope) -> str:
    """A hash anywhere; a word where the row is nobody else's."""
    if column in table.texts:
        text = f'lower("{column}"::text)'
        by_hash = f"{text} LIKE ANY(%(hash_texts)s::text[])"
        by_text = f"{text} LIKE ANY(%(texts)s::text[])"
    else:
        by_hash = _within(column, "hash_bytes")
        by_text = _within(column, "text_bytes")
    mine = " OR ".join(own) if own and scope is Scope.ALL else "true"
    return f"{by_hash} OR (({mine}) AND {by_text})"


def _within(column: str, needles: str) -> str:
    wanted = f"unnest(%({needles})s::bytea[])"
    return f'EXISTS (SELECT 1 FROM {wanted} n WHERE position(n IN "{column}") > 0)'  # noqa: S608 - names of the database
