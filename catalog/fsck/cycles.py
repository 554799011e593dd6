"""Chains and lineage that lead back to where they began.

Ids are ordered by time, and what comes later mostly has the later id. A ring has an
edge that goes back in time, so only such edges are followed.
"""

from __future__ import annotations

import uuid

from django.db import connection

from catalog.fsck.base import Finding, Scope, SourceCheck

CHAIN = """
WITH RECURSIVE chase(start, at) AS (
    SELECT artifact_id, superseded_by_id FROM derived_artifact
    WHERE source_id = ANY(%(sources)s) AND superseded_by_id < artifact_id
    UNION
    SELECT c.start, a.superseded_by_id FROM chase c
    JOIN derived_artifact a ON a.artifact_id = c.at
    WHERE a.superseded_by_id IS NOT NULL)
SELECT start::text FROM chase WHERE at = start"""
INPUTS = """
WITH RECURSIVE chase(start, at) AS (
    SELECT i.artifact_id, i.input_artifact_id FROM artifact_input i
    JOIN derived_artifact a ON a.artifact_id = i.artifact_id
    WHERE a.source_id = ANY(%(sources)s) AND i.input_artifact_id > i.artifact_id
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


def _look(sources: list[uuid.UUID], scope: Scope) -> tuple[int, list[Finding]]:
    findings = []
    with connection.cursor() as cursor:
        for name, query in QUERIES.items():
            cursor.execute(query, {"sources": sources})
            findings += [
                Finding(name, subject, FINDS[name]) for (subject,) in cursor.fetchall()
            ]
    return len(sources), findings


CYCLES = SourceCheck("cycles", FINDS, _look)
