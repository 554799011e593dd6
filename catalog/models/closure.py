"""Lineage to its ends, in SQL. UNION, so that each artifact is met once.

Both take one parameter, a list of artifact ids, and give all ids that are reached, the
given ones among them. There is no bound on depth or number.

Each step looks its neighbours up by the index, whatever the planner thinks of it: it
takes a recursive query for millions of rows and would read all edges once a step.
OFFSET 0 keeps it from joining them in another way.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

_CLOSURE = """WITH RECURSIVE reached(artifact_id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    {step}
) SELECT artifact_id FROM reached"""

DOWN = _CLOSURE.format(
    step="""SELECT e.artifact_id FROM reached r CROSS JOIN LATERAL (
        SELECT i.artifact_id FROM artifact_input i
        WHERE i.input_artifact_id = r.artifact_id OFFSET 0) e"""
)
UP = _CLOSURE.format(
    step="""SELECT e.input_artifact_id FROM reached r CROSS JOIN LATERAL (
        SELECT i.input_artifact_id FROM artifact_input i
        WHERE i.artifact_id = r.artifact_id AND i.input_artifact_id IS NOT NULL
        OFFSET 0) e"""
)


class _IsAmong(Func):
    """A column's value is one of a query's.

    As an array and not by IN: the planner takes a recursive query for a few hundred
    rows, and would look up half a million ids one by one.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY(ARRAY"


def count_reached(closure: str, artifact_ids: Sequence[uuid.UUID]) -> int:
    """How many ids the closure has, the given ones among them; from the edges alone."""
    counted = f"SELECT count(*) FROM ({closure}) c"  # noqa: S608 - one of the two above
    with connection.cursor() as cursor:
        cursor.execute(counted, [list(artifact_ids)])
        return int(cursor.fetchone()[0])


def reached(closure: str, artifact_ids: Sequence[uuid.UUID]) -> Q:
    """closure: UP or DOWN. A filter of artifacts."""
    query = RawSQL(closure, [list(artifact_ids)])  # noqa: S611 - one of the two above
    return Q(_IsAmong(F("pk"), query, output_field=BooleanField()))
