"""Chains and lineage that lead back to where they began.

Ids are ordered by time, and what comes later mostly has the later id. A ring has an
edge that goes back in time, so only such edges are followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from catalog.fsck.base import Batch, Finding, Scope, Step

CHAIN = """
WITH RECURSIVE chase(start, at) AS (
    SELECT artifact_id, superseded_by_id FROM derived_artifact
    WHERE source_id {sources} AND superseded_by_id < artifact_id
    UNION
    SELECT c.start, a.superseded_by_id FROM chase c
    JOIN derived_artifact a ON a.artifact_id = c.at
    WHERE a.superseded_by_id IS NOT NULL)
SELECT start::text FROM chase WHERE at = start"""
INPUTS = """
WITH RECURSIVE chase(start, at) AS (
    SELECT i.artifact_id, i.input_artifact_id FROM artifact_input i
    JOIN derived_artifact a ON a.artifact_id = i.artifact_id
    WHERE a.source_id {sources} AND i.input_artifact_id > i.artifact_id
    UNION
    SELECT c.start, i.input_artifact_id FROM chase c
    JOIN artifact_input i ON i.artifact_id = c.at
    WHERE i.input_artifact_id IS NOT NULL)
SELECT start::text FROM chase WHERE at = start"""
FINDS = {
    "chain_cycle": "Artifacts took each other's place in a ring: none of them stands."
    " Restore the rows from a backup.",
    "input_cycle": "Artifacts were made from each other in a ring. Restore the rows of"
    " their lineage from a backup.",
}
QUERIES = {"chain_cycle": CHAIN, "input_cycle": INPUTS}


class Cycles:
    name = "cycles"
    finds = FINDS

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        for batch in scope.batches(cursor):
            findings = [
                Finding(name, subject, FINDS[name])
                for name, query in QUERIES.items()
                for subject in _rings(query, batch)
            ]
            yield Step(batch.end, len(QUERIES), findings)


def _rings(query: str, batch: Batch) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(batch.within(query), batch.parameters)
        return [subject for (subject,) in cursor.fetchall()]
