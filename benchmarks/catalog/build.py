"""Made-up rows by the million: sources, current generations, artifacts, edges.

Five artifacts a source (words and layout in blobs, three fields in rows) and five
edges; fifty tenants; two thousand templates, two hundred a tenant, of which a few are
very common; three versions.
Written past the triggers for speed; checked() shows that what they count agrees.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from catalog.models import VersionTally

CHUNK = 20_000
TENANTS = 50
ARTIFACTS_A_SOURCE = 5
MODEL = "rapidocr-3.10.0-ppocrv6-small+rules-1.0.0"

# One memo key a step and source: a second version finds what the first has made.
_KEY = "sha256(uuid_send(s.source_id) || convert_to(k.step, 'UTF8'))"

_SOURCES = f"""
INSERT INTO source_media (source_id, content_hash, uri, modality, mime_type, bytes,
    tenant_id, retention_class, name)
SELECT catalog_new_id(), encode(sha256(int8send(i)), 'hex'),
    'sha256/' || encode(sha256(int8send(i)), 'hex'), 'document', 'application/pdf',
    80000, (SELECT tenant_id FROM tenant WHERE slug = 'bench-' || i %% {TENANTS}),
    'standard', 'invoice-' || i || '.pdf'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
RETURNING source_id, content_hash, tenant_id
"""  # noqa: S608 - fixed names

# %(version)s: null for a mixture of three.
_GENERATIONS = f"""
INSERT INTO generation (generation_id, source_id, pipeline_name, pipeline_version,
    model_id, steps, state, complete, document_type, template_key, disposition, reason,
    released_at)
SELECT catalog_new_id(), s.source_id, 'doc-extract', coalesce(%(version)s,
    CASE WHEN s.roll < 0.6 THEN '2.1.0' WHEN s.roll < 0.9 THEN '2.2.0' ELSE '2.3.0'
    END), '{MODEL}', (SELECT jsonb_agg(jsonb_build_object('step', k.step, 'version',
        '1.0.0', 'outcome', 'ok', 'reason', '', 'quality', '{{}}'::jsonb, 'detail',
        '{{}}'::jsonb, 'model_id', '', 'recipe', repeat('a', 64), 'outputs', k.outputs,
        'memo_key', encode({_KEY}, 'hex')))
        FROM (VALUES ('ocr', 1), ('layout', 1), ('verify', 3)) k (step, outputs)),
    %(state)s, true, 'invoice',
    't-' || lpad(to_hex(s.template), 12, '0'), 'auto_accept', 'all_critical_verified',
    now()
FROM (SELECT m.*, random() AS roll, ((substr(t.slug, 7)::int * 40
        + floor(200 * power(random(), 3))::int) %% 2000) AS template
    FROM made_sources m JOIN tenant t USING (tenant_id)) s
RETURNING generation_id, source_id, pipeline_version
"""  # noqa: S608 - fixed names

_ARTIFACTS = f"""
INSERT INTO derived_artifact (artifact_id, source_id, source_hash, generation_id, kind,
    slot, step, pipeline_name, pipeline_version, model_id, origin, payload, payload_uri,
    payload_hash, media_type, memo_key, region)
SELECT catalog_new_id(), g.source_id, s.content_hash, g.generation_id, k.kind, k.slot,
    k.step, 'doc-extract', g.pipeline_version, nullif(k.model, ''), 'machine',
    CASE WHEN k.kind = 'field' THEN jsonb_build_object('slot', k.slot, 'value',
        round((random() * 9999)::numeric, 2)::text, 'raw', '1,234.56', 'value_type',
        'money', 'confidence', 0.97, 'status', 'verified', 'reason', 'sum_of_lines',
        'critical', true) END,
    CASE WHEN k.kind = 'field' THEN 'inline' ELSE 'sha256/' || left(s.content_hash, 2)
        || '/' || substr(s.content_hash, 3, 2) || '/' || s.content_hash END,
    sha256(uuid_send(g.generation_id) || convert_to(k.slot || k.kind, 'UTF8')),
    'application/json',
    {_KEY},
    CASE WHEN k.kind = 'field' THEN
        '{{"page": 1, "bbox": [0.61, 0.8, 0.75, 0.83]}}'::jsonb END
FROM made_generations g JOIN made_sources s USING (source_id),
    (VALUES ('ocr', 'page=1', 'ocr', 'rapidocr-3.10.0-ppocrv6-small'),
        ('layout', 'page=1', 'layout', ''),
        ('field', 'total', 'verify', 'rules-1.0.0'),
        ('field', 'date', 'verify', 'rules-1.0.0'),
        ('field', 'invoice_number', 'verify', 'rules-1.0.0'))
    AS k (kind, slot, step, model)
RETURNING artifact_id, generation_id, kind, payload_hash
"""  # noqa: S608 - fixed names

# Words from the original, layout from the words, fields from the layout.
_EDGES = """
INSERT INTO artifact_input (artifact_id, input_artifact_id, input_hash)
SELECT a.artifact_id, b.artifact_id, coalesce(b.payload_hash, a.payload_hash)
FROM made_artifacts a LEFT JOIN made_artifacts b ON b.generation_id = a.generation_id
    AND b.kind = CASE a.kind WHEN 'layout' THEN 'ocr' WHEN 'field' THEN 'layout' END
"""

_FIRSTS = """
INSERT INTO promotion (promotion_id, source_id, pipeline_name, reason,
    new_generation_id, entry)
SELECT catalog_new_id(), source_id, 'doc-extract', 'first', generation_id, 1
FROM made_generations
"""

_TALLY = """
INSERT INTO version_tally (tenant_id, pipeline_name, pipeline_version, model_id,
    document_type, template_key, generations)
SELECT s.tenant_id, g.pipeline_name, g.pipeline_version, g.model_id, g.document_type,
    g.template_key, count(*)
FROM made_generations m JOIN generation g USING (generation_id)
JOIN source_media s ON s.source_id = g.source_id GROUP BY 1, 2, 3, 4, 5, 6
"""


def tenants() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenant (tenant_id, slug, name) SELECT catalog_new_id(),"
            " 'bench-' || i, 'Bench ' || i FROM generate_series(0, %s) i"
            " ON CONFLICT DO NOTHING",
            [TENANTS - 1],
        )


def grow(*, first: int, last: int) -> None:
    """Sources first..last with their current generations, in chunks."""
    for start in range(first, last + 1, CHUNK):
        end = min(start + CHUNK - 1, last)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            _keep(cursor, "sources", _SOURCES, first=start, last=end)
            _readings(cursor, version=None, state="current")
            cursor.execute(_FIRSTS)
            cursor.execute(_TALLY)


def candidates(*, sources: int, version: str) -> None:
    """A second reading, by another version, of the first so many sources."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id FROM source_media ORDER BY source_id LIMIT %s", [sources]
        )
        ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DROP TABLE IF EXISTS made_sources")
            cursor.execute(
                "CREATE TEMPORARY TABLE made_sources ON COMMIT DROP AS SELECT"
                " source_id, content_hash, tenant_id FROM source_media"
                " WHERE source_id = ANY(%s)",
                [ids[start : start + CHUNK]],
            )
            _readings(cursor, version=version, state="candidate")


def _keep(
    cursor: CursorWrapper, name: str, statement: str, **parameters: str | int | None
) -> None:
    """Run an INSERT ... RETURNING and keep what it returned as made_<name>."""
    run = cursor.execute
    run(f"DROP TABLE IF EXISTS made_{name}")
    columns = statement[statement.rindex("RETURNING") + len("RETURNING") :].strip()
    types = {
        "content_hash": "text",
        "kind": "text",
        "pipeline_version": "text",
        "payload_hash": "bytea",
    }
    spelled = ", ".join(f"{c} {types.get(c, 'uuid')}" for c in columns.split(", "))
    run(f"CREATE TEMPORARY TABLE made_{name} ({spelled}) ON COMMIT DROP")
    run(
        f"WITH made AS ({statement}) INSERT INTO made_{name} SELECT * FROM made",  # noqa: S608 - fixed names
        parameters,
    )
    run(f"ANALYZE made_{name}")


def _readings(cursor: CursorWrapper, *, version: str | None, state: str) -> None:
    _keep(cursor, "generations", _GENERATIONS, version=version, state=state)
    _keep(cursor, "artifacts", _ARTIFACTS)
    cursor.execute(_EDGES)


def settled() -> None:
    """What the sweep and autovacuum would do in their own time."""
    VersionTally.objects.all().compact()
    with connection.cursor() as cursor:
        for table in (
            "source_media",
            "generation",
            "derived_artifact",
            "artifact_input",
            "promotion",
            "version_tally",
        ):
            cursor.execute(f"VACUUM ANALYZE {table}")
