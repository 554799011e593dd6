"""The statements of a promotion, over the temporary table `chosen`.

chosen(old_id, new_id, source_id, pipeline_name, comparison_id, undoes_id, back_id): one
row a source, the generation that goes and the one that comes; in a rollback that which
comes restores back_id. All that the statements join is in it, since its statistics are
fresh: those of `promotion` may be older than the batch that is rolled back.
"""

from __future__ import annotations

FRESH = (
    "DROP TABLE IF EXISTS chosen",
    "DROP TABLE IF EXISTS carried",
    """CREATE TEMPORARY TABLE chosen (old_id uuid, new_id uuid NOT NULL,
        source_id uuid NOT NULL, pipeline_name varchar NOT NULL, comparison_id uuid,
        undoes_id uuid, back_id uuid) ON COMMIT DROP""",
)

# Candidates with what is current. {chosen}: the query of the generations' ids.
PAIRS = """
INSERT INTO chosen
SELECT o.generation_id, n.generation_id, n.source_id, n.pipeline_name,
    (SELECT c.comparison_id FROM comparison c
     WHERE c.old_generation_id = o.generation_id
        AND c.new_generation_id = n.generation_id
     ORDER BY c.comparison_id DESC LIMIT 1)
FROM generation n
LEFT JOIN generation o ON o.source_id = n.source_id
    AND o.pipeline_name = n.pipeline_name AND o.state = 'current'
WHERE n.generation_id IN ({chosen})
"""

UNFIT = """
SELECT count(*) FILTER (WHERE n.state <> 'candidate' OR NOT n.complete),
    'are no complete candidates: choose those that were not decided about.'
FROM chosen c JOIN generation n ON n.generation_id = c.new_id
UNION ALL
SELECT count(*) FILTER (WHERE old_id IS NULL),
    'replace nothing: their sources have no current generation.' FROM chosen
UNION ALL
SELECT count(*) - count(DISTINCT source_id),
    'are of one source: choose one candidate a source.' FROM chosen
UNION ALL
SELECT count(*) FILTER (WHERE NOT EXISTS (
    SELECT 1 FROM derived_artifact a WHERE a.generation_id = new_id)),
    'hold nothing that could take a place.' FROM chosen
UNION ALL
SELECT count(*) FILTER (WHERE comparison_id IS NULL),
    'were not compared with what they would replace: compare them first.' FROM chosen
"""

# What a generation says: not what people's answers have replaced inside of it.
_LIVE = """({0}.superseded_by_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM derived_artifact s WHERE s.artifact_id = {0}.superseded_by_id
        AND s.generation_id = {0}.generation_id))"""

COMPARE = f"""
INSERT INTO comparison (comparison_id, old_generation_id, new_generation_id,
    comparator_version, verdict, differences)
SELECT catalog_new_id(), c.old_id, c.new_id, %s,
    CASE WHEN d.differences IS NULL THEN 'identical' ELSE 'changed' END,
    coalesce(d.differences, '{{}}'::jsonb)
FROM chosen c LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(kind || ':' || slot, CASE WHEN o.artifact_id IS NULL
        THEN 'added' WHEN n.artifact_id IS NULL THEN 'removed' ELSE 'changed' END)
        AS differences
    FROM (SELECT * FROM derived_artifact a
          WHERE a.generation_id = c.old_id AND {_LIVE.format("a")}) o
    FULL JOIN (SELECT * FROM derived_artifact a
          WHERE a.generation_id = c.new_id AND {_LIVE.format("a")}) n
    USING (kind, slot)
    WHERE o.payload_hash IS DISTINCT FROM n.payload_hash) d ON true
WHERE c.old_id IS NOT NULL AND c.comparison_id IS NULL
"""  # noqa: S608 - fixed names

# Promotions to take back: what they brought goes, what they took away comes back.
UNDONE = """
INSERT INTO chosen
SELECT p.new_generation_id, catalog_new_id(), p.source_id, p.pipeline_name,
    p.comparison_id, p.promotion_id, p.old_generation_id
FROM promotion p WHERE p.promotion_id IN ({chosen})
"""

# The restored generations, with rows of their own that point at the old payloads. Slots
# about which people have spoken since are left to be carried over.
RESTORE = (
    """
INSERT INTO generation (generation_id, source_id, pipeline_name, pipeline_version,
    model_id, steps, restores_id, state, complete, document_type, template_key,
    disposition, reason, released_at)
SELECT c.new_id, a.source_id, a.pipeline_name, a.pipeline_version, a.model_id, a.steps,
    a.generation_id, 'candidate', a.complete, a.document_type, a.template_key,
    a.disposition, a.reason, a.released_at
FROM chosen c JOIN generation a ON a.generation_id = c.back_id
""",
    f"""
CREATE TEMPORARY TABLE restored ON COMMIT DROP AS
SELECT catalog_new_id() AS artifact_id, c.new_id AS generation_id,
    a.artifact_id AS original_id
FROM chosen c JOIN derived_artifact a ON a.generation_id = c.back_id
WHERE {_LIVE.format("a")} AND NOT EXISTS (
    SELECT 1 FROM derived_artifact h WHERE h.generation_id = c.old_id
        AND h.origin = 'human' AND h.superseded_by_id IS NULL
        AND (h.kind, h.slot) = (a.kind, a.slot))
""",  # noqa: S608 - fixed names
    "ANALYZE restored",
    """
INSERT INTO derived_artifact (artifact_id, source_id, source_hash, generation_id, kind,
    slot, step, pipeline_name, pipeline_version, model_id, origin, payload, payload_uri,
    payload_hash, media_type, region)
SELECT r.artifact_id, a.source_id, a.source_hash, r.generation_id, a.kind, a.slot,
    a.step, a.pipeline_name, a.pipeline_version, a.model_id,
    CASE a.origin WHEN 'human' THEN 'human' ELSE 'restore' END, a.payload,
    a.payload_uri, a.payload_hash, a.media_type, a.region
FROM restored r JOIN derived_artifact a ON a.artifact_id = r.original_id
""",
    """
INSERT INTO artifact_input (artifact_id, input_artifact_id, input_hash)
SELECT r.artifact_id, a.artifact_id, a.payload_hash
FROM restored r JOIN derived_artifact a ON a.artifact_id = r.original_id
""",
    """
INSERT INTO search_page (artifact_id, tenant_id, page, vector)
SELECT r.artifact_id, p.tenant_id, p.page, p.vector
FROM restored r JOIN search_page p ON p.artifact_id = r.original_id
""",
    "DROP TABLE restored",
)

GOING = "SELECT old_id FROM chosen"

# What was released stays so: whoever promotes answers for the new values. Old ones go
# first, since a source may not have two current generations even for a moment.
SWAP = (
    """
UPDATE generation g SET state = 'superseded' FROM chosen c
WHERE g.generation_id = c.old_id
""",
    """
UPDATE generation g SET state = 'current', released_at = CASE
    WHEN g.released_at IS NULL AND o.released_at IS NOT NULL THEN now()
    ELSE g.released_at END
FROM chosen c JOIN generation o ON o.generation_id = c.old_id
WHERE g.generation_id = c.new_id
""",
)

# People's answers go on into the new generation, over what the machine says there.
CARRY = (
    """
CREATE TEMPORARY TABLE carried ON COMMIT DROP AS
SELECT catalog_new_id() AS artifact_id, c.new_id AS generation_id,
    h.artifact_id AS answer_id, h.kind, h.slot
FROM chosen c JOIN derived_artifact h ON h.generation_id = c.old_id
    AND h.origin = 'human' AND h.superseded_by_id IS NULL
""",
    "ANALYZE carried",
    """
UPDATE derived_artifact m SET superseded_by_id = k.artifact_id FROM carried k
WHERE m.generation_id = k.generation_id AND (m.kind, m.slot) = (k.kind, k.slot)
    AND m.superseded_by_id IS NULL
""",
    """
INSERT INTO derived_artifact (artifact_id, source_id, source_hash, generation_id, kind,
    slot, step, pipeline_name, pipeline_version, model_id, origin, payload, payload_uri,
    payload_hash, media_type, region)
SELECT k.artifact_id, h.source_id, h.source_hash, g.generation_id, h.kind, h.slot,
    h.step, g.pipeline_name, g.pipeline_version, h.model_id, 'human', h.payload,
    h.payload_uri, h.payload_hash, h.media_type, h.region
FROM carried k JOIN derived_artifact h ON h.artifact_id = k.answer_id
JOIN generation g ON g.generation_id = k.generation_id
""",
    """
INSERT INTO artifact_input (artifact_id, input_artifact_id, input_hash)
SELECT k.artifact_id, h.artifact_id, h.payload_hash
FROM carried k JOIN derived_artifact h ON h.artifact_id = k.answer_id
""",
)

# Each old artifact by that in its slot now; where the new generation has none there, by
# the first of the new generation, so that "superseded" never depends on the slot.
SUPERSEDE = (
    """
UPDATE derived_artifact o SET superseded_by_id = coalesce(
    (SELECT n.artifact_id FROM derived_artifact n WHERE n.generation_id = c.new_id
        AND n.kind = o.kind AND n.slot = o.slot AND n.superseded_by_id IS NULL),
    (SELECT n.artifact_id FROM derived_artifact n WHERE n.generation_id = c.new_id
        AND n.superseded_by_id IS NULL ORDER BY n.artifact_id LIMIT 1))
FROM chosen c WHERE o.generation_id = c.old_id AND o.superseded_by_id IS NULL
""",
)

RECORD = """
INSERT INTO promotion (promotion_id, source_id, pipeline_name, reason,
    old_generation_id, new_generation_id, comparison_id, actor_id, batch_id, undoes_id)
SELECT catalog_new_id(), c.source_id, c.pipeline_name, %(reason)s, c.old_id, c.new_id,
    c.comparison_id, %(actor)s, %(batch)s, c.undoes_id
FROM chosen c
"""
