"""Invariants as SQL: many rules over one pass of a table's rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.fsck.base import Batch, Finding, Scope, Step


@dataclass(frozen=True, slots=True)
class Rule:
    """name: a word of docs/fsck.md; broken: SQL that is true of a row at fault."""

    name: str
    broken: str
    says: str


@dataclass(frozen=True)
class Rules:
    """What must be true of the rows of a set of sources.

    rows: FROM and WHERE, with "source_id {sources}" for those that are meant; subject:
    SQL of what a finding is about. A row whose rule gives NULL is not at fault.
    """

    name: str
    rows: str
    subject: str
    rules: tuple[Rule, ...]

    @property
    def finds(self) -> dict[str, str]:
        return {rule.name: rule.says for rule in self.rules}

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        for batch in scope.batches(cursor):
            looked_at, findings = self.look(batch)
            yield Step(batch.end, looked_at, findings)

    def look(self, batch: Batch) -> tuple[int, list[Finding]]:
        """All the rules in one statement, so that they see one state of the store."""
        broken = ", ".join(
            f"CASE WHEN {rule.broken} THEN '{rule.name}' END" for rule in self.rules
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT count(*), array_agg(ARRAY[subject, names]
                        ORDER BY subject) FILTER (WHERE names <> '')
                FROM (SELECT ({self.subject})::text AS subject,
                    array_to_string(ARRAY[{broken}], ',') AS names
                    {batch.within(self.rows)}) found""",  # noqa: S608 - the rules are our own text
                batch.parameters,
            )
            looked_at, found = cursor.fetchone()
        return looked_at, [
            Finding(name, subject, self.finds[name])
            for subject, names in found or []
            for name in names.split(",")
        ]
