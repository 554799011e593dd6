"""Lineage to its ends, in SQL. UNION, so that each artifact is met once.

Both take one parameter, a list of artifact ids, and give all ids that are reached, the
given ones among them. There is no bound on depth or number.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

_CLOSURE = """WITH RECURSIVE reached(artifact_id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    {step}
) SELECT artifact_id FROM reached"""

DOWN = _CLOSURE.format(
    step="""SELECT i.artifact_id FROM artifact_input i
    JOIN reached r ON i.input_artifact_id = r.artifact_id"""
)
UP = _CLOSURE.format(
    step="""SELECT i.input_artifact_id FROM artifact_input i
    JOIN reached r ON i.artifact_id = r.artifact_id
    WHERE i.input_artifact_id IS NOT NULL"""
)


class _IsAmong(Func):
    """A column's value is one of a query's.

    As an array and not by IN: the planner takes a recursive query for a few hundred
    rows, and would look up half a million ids one by one.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY(ARRAY"


def reached(closure: str, artifact_ids: Sequence[uuid.UUID]) -> Q:
    """closure: UP or DOWN. A filter of artifacts."""
    query = RawSQL(closure, [list(artifact_ids)])  # noqa: S611 - one of the two above
    return Q(_IsAmong(F("pk"), query, output_field=BooleanField()))
