"""Rules of sources, generations and promotions: what is current, and why."""

from __future__ import annotations

from catalog.fsck.artifacts import KEY, RESTORE
from catalog.fsck.rules import Rule, Rules
from catalog.models.promotion_rules import BROKEN

SOURCES = Rules(
    name="sources",
    subject="s.source_id",
    rows="""FROM source_media s LEFT JOIN LATERAL (
            SELECT g.pipeline_name, count(*) FILTER (WHERE g.state = 'current') AS now,
                bool_or(g.complete) AS complete
            FROM generation g WHERE g.source_id = s.source_id
            GROUP BY g.pipeline_name) g ON TRUE
        LEFT JOIN erasure e ON e.source_id = s.source_id
        WHERE s.source_id {sources}""",
    rules=(
        Rule(
            "source_key",
            f"s.erased_at IS NULL AND s.uri <> {KEY.format('s.content_hash')}",
            "The source points at bytes that do not have its hash. Restore the row"
            " from a backup.",
        ),
        Rule(
            "one_current",
            """s.erased_at IS NULL AND e.source_id IS NULL
                AND g.complete AND g.now <> 1""",
            "Not exactly one complete generation of the source is current. Look into"
            " its promotions: the last one says which it should be.",
        ),
        Rule(
            "erased_without_record",
            "s.erased_at IS NOT NULL AND e.source_id IS NULL",
            f"The source was emptied, and no erasure says why. {RESTORE}",
        ),
        Rule(
            "erased_not_empty",
            """s.erased_at IS NOT NULL AND (s.uri <> 'erased' OR EXISTS (
                SELECT 1 FROM golden_value v JOIN golden_case c USING (case_id)
                WHERE c.source_id = s.source_id) OR EXISTS (
                SELECT 1 FROM search_page p JOIN derived_artifact a USING (artifact_id)
                WHERE a.source_id = s.source_id))""",
            "The source was erased, and something of it can still be read. Erase it"
            " again at once.",
        ),
    ),
)

_LAST = """(SELECT p.new_generation_id FROM promotion p
    WHERE p.source_id = g.source_id AND p.pipeline_name = g.pipeline_name
    AND p.reason <> 'decision' ORDER BY p.entry DESC LIMIT 1)"""

GENERATIONS = Rules(
    name="generations",
    subject="g.generation_id",
    rows="""FROM generation g
        JOIN source_media s ON s.source_id = g.source_id
        LEFT JOIN generation r ON r.generation_id = g.restores_id
        WHERE g.source_id {sources}""",
    rules=(
        Rule(
            "current_incomplete",
            "g.state = 'current' AND NOT g.complete",
            "What is current is not complete. Roll the promotion back, or read the"
            " source again.",
        ),
        Rule(
            "current_unpromoted",
            f"g.state = 'current' AND {_LAST} IS DISTINCT FROM g.generation_id",
            "The generation is current, and the last promotion of its source does not"
            f" say so. {RESTORE}",
        ),
        Rule(
            "superseded_unpromoted",
            """g.state = 'superseded' AND NOT EXISTS (SELECT 1 FROM promotion p
                WHERE p.old_generation_id = g.generation_id
                AND p.reason IN ('replacement', 'rollback'))""",
            f"The generation is superseded, and no promotion took its place. {RESTORE}",
        ),
        Rule(
            "restored_from_elsewhere",
            """g.restores_id IS NOT NULL AND (r.source_id, r.pipeline_version)
                IS DISTINCT FROM (g.source_id, g.pipeline_version)""",
            "The generation restores one that is missing or of another source or"
            f" version. {RESTORE}",
        ),
        Rule(
            "erased_not_empty",
            """s.erased_at IS NOT NULL AND (g.state <> 'erased'
                OR g.steps <> '[]' OR g.template_key <> '')""",
            "The source was erased, its generation was not. Erase the source again at"
            " once.",
        ),
    ),
)

# The claims that a promotion makes, held against the rows as they are now. What was
# current then may be superseded since.
_CLAIMS = " OR ".join(
    f"EXISTS ({query.replace('new_rows p', '(SELECT p.*) p')})"
    for claim, query in BROKEN.items()
    if "still is" not in claim
)

PROMOTIONS = Rules(
    name="promotions",
    subject="p.promotion_id",
    rows="""FROM promotion p
        LEFT JOIN generation n ON n.generation_id = p.new_generation_id
        LEFT JOIN generation o ON o.generation_id = p.old_generation_id
        WHERE p.source_id {sources}""",
    rules=(
        Rule(
            "promotion_false",
            f"""n.generation_id IS NULL OR p.comparison_id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM comparison c WHERE c.comparison_id = p.comparison_id)
                OR {_CLAIMS} OR p.reason <> 'decision'
                AND (n.state IN ('candidate', 'rejected')
                    OR o.state NOT IN ('superseded', 'erased'))""",  # noqa: S608 - fixed names
            "What the promotion says does not agree with its generations, comparison"
            f" or answers. {RESTORE}",
        ),
        Rule(
            "ledger_unsealed",
            """NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.sequence = p.entry
                AND l.subject = 'promotion')""",
            "No entry of the ledger seals the promotion. Somebody wrote or deleted"
            " past the triggers: compare with a backup.",
        ),
    ),
)
