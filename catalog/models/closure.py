"""Lineage to its ends, in SQL. UNION, so that each artifact is met once.

Both take one parameter, a list of artifact ids, and give all ids that are reached, the
given ones among them. There is no bound on depth or number.
"""

from __future__ import annotations

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
