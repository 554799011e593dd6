"""What a promotion claims must be so: checked once a statement, set by set."""

from __future__ import annotations

import pgtrigger

# Each query finds rows for which the claim named above it is false.
BROKEN = {
    "the generations are not of this source and pipeline": """
        SELECT 1 FROM new_rows p
        JOIN generation n ON n.generation_id = p.new_generation_id
        LEFT JOIN generation o ON o.generation_id = p.old_generation_id
        WHERE (n.source_id, n.pipeline_name) <> (p.source_id, p.pipeline_name)
            OR (o.source_id, o.pipeline_name) <> (p.source_id, p.pipeline_name)""",
    "the new generation is not current, or the old one still is": """
        SELECT 1 FROM new_rows p
        JOIN generation n ON n.generation_id = p.new_generation_id
        LEFT JOIN generation o ON o.generation_id = p.old_generation_id
        WHERE p.reason <> 'decision'
            AND (n.state <> 'current' OR o.state <> 'superseded')""",
    "the comparison is of other generations": """
        SELECT 1 FROM new_rows p
        JOIN comparison c ON c.comparison_id = p.comparison_id
        WHERE p.reason = 'replacement'
            AND (c.old_generation_id, c.new_generation_id)
                <> (p.old_generation_id, p.new_generation_id)""",
    "a rollback must restore what the promotion that it undoes took away": """
        SELECT 1 FROM new_rows p
        JOIN promotion u ON u.promotion_id = p.undoes_id
        JOIN generation n ON n.generation_id = p.new_generation_id
        WHERE p.reason = 'rollback'
            AND (p.old_generation_id, p.comparison_id, n.restores_id) IS DISTINCT FROM
                (u.new_generation_id, u.comparison_id, u.old_generation_id)""",
    "an answer of a person would be lost": """
        SELECT 1 FROM new_rows p
        JOIN derived_artifact h
            ON h.generation_id = p.old_generation_id AND h.origin = 'human'
        LEFT JOIN derived_artifact a ON a.artifact_id = h.superseded_by_id
        WHERE p.reason IN ('replacement', 'rollback')
            AND a.generation_id IS DISTINCT FROM p.old_generation_id
            AND (a.generation_id, a.origin, a.kind, a.slot)
                IS DISTINCT FROM (p.new_generation_id, 'human', h.kind, h.slot)""",
}


def promotion_holds() -> pgtrigger.Trigger:
    checks = " ".join(
        f"IF EXISTS ({query}) THEN RAISE EXCEPTION 'promotion refused: {claim}'"
        " USING ERRCODE = 'check_violation'; END IF;"
        for claim, query in BROKEN.items()
    )
    return pgtrigger.Trigger(
        name="promotion_holds",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func=f"{checks} RETURN NULL;",
    )
