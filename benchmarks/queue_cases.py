"""Open cases by the million, and fifty people to answer them. Made-up rows.

A case is a source with its current generation: a page picture and its words (rows only,
no bytes), and as many doubtful fields as are wanted. Written past the triggers.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from catalog.models import Membership, Tenant
from pipeline import versions

CHUNK = 20_000
NAMES = ("total", "date", "company")
TABLES = (
    *("source_media", "generation", "run", "derived_artifact"),
    *("review_task", "review_item"),
)

_SOURCES = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT i, catalog_new_id() AS source_id, catalog_new_id() AS generation_id,
    catalog_new_id() AS task_id, encode(sha256(int8send(i)), 'hex') AS hash,
    1 + (i * 7919) %% 3 AS stakes
FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
"""
_ROWS = (
    """
INSERT INTO source_media (source_id, content_hash, uri, modality, mime_type, bytes,
    tenant_id, retention_class, name)
SELECT source_id, hash, 'sha256/' || hash, 'document', 'image/jpeg', 80000, %(tenant)s,
    'standard', 'receipt-' || i || '.jpg' FROM made
""",
    """
INSERT INTO generation (generation_id, source_id, pipeline_name, pipeline_version,
    model_id, steps, state, complete, document_type, template_key, disposition, reason)
SELECT generation_id, source_id, %(name)s, %(version)s, 'rules', '[]', 'current', true,
    'receipt', 't-' || i %% 500, 'human_review', 'verify_conflict' FROM made
""",
    # Without one a source counts as forgotten, and is read.
    """
INSERT INTO run (run_id, source_id, pipeline_version_id, lane, state, step,
    generation_id, disposition, reason, attempts, finished_at)
SELECT catalog_new_id(), source_id, %(version_id)s, 'batch', 'finished', '',
    generation_id, 'human_review', 'verify_conflict', 1, now() FROM made
""",
    """
INSERT INTO derived_artifact (artifact_id, source_id, source_hash, generation_id, kind,
    slot, step, pipeline_name, pipeline_version, origin, payload, payload_uri,
    payload_hash, media_type, region)
SELECT catalog_new_id(), m.source_id, m.hash, m.generation_id, k.kind, k.slot, k.step,
    %(name)s, %(version)s, 'machine', k.payload::jsonb,
    CASE WHEN k.payload IS NULL THEN 'sha256/' || m.hash ELSE 'inline' END,
    sha256(uuid_send(m.generation_id) || convert_to(k.slot || k.kind, 'UTF8')),
    k.media_type, k.region::jsonb
FROM made m, (VALUES
    ('page_image', 'page=1', 'normalize', NULL, 'image/jpeg', NULL),
    ('ocr', 'page=1', 'ocr', '{"page": 1, "width": 900, "height": 1200, "origin": "ocr",
        "words": [["Total", 0.1, 0.8, 0.2, 0.83, 1.0]]}', 'application/json', NULL),
    ('field', 'total', 'verify', '{"slot": "total", "value": "21.20", "raw": "21.20",
        "value_type": "money", "confidence": 0.9, "status": "conflict",
        "critical": true, "reason": "sum_of_lines_differs"}', 'application/json',
        %(box)s),
    ('field', 'date', 'verify', '{"slot": "date", "value": "2026-02-11",
        "raw": "11/02/2026", "value_type": "date", "confidence": 0.4, "critical": true,
        "status": "unverified", "reason": ""}', 'application/json', %(box)s),
    ('field', 'company', 'verify', '{"slot": "company", "value": "Harbour",
        "raw": "Harbour", "value_type": "name", "confidence": 0.4, "critical": true,
        "status": "unverified", "reason": ""}', 'application/json', %(box)s))
    AS k (kind, slot, step, payload, media_type, region)
WHERE k.kind <> 'field' OR k.slot = ANY(%(slots)s)
""",
    """
INSERT INTO review_task (task_id, tenant_id, source_id, generation_id, asks, state,
    stakes, priority, reason, document_type, template_key, skipped_by)
SELECT task_id, %(tenant)s, source_id, generation_id, 'doubts', 'open', stakes,
    stakes * 10000 + (i * 104729) %% 10000, 'sum_of_lines_differs', 'receipt',
    't-' || i %% 500, '{}' FROM made
""",
    """
INSERT INTO review_item (item_id, task_id, position, slot, value_type, critical,
    artifact_id, reason, decided)
SELECT catalog_new_id(), m.task_id, array_position(%(slots)s, a.slot::text), a.slot,
    a.payload->>'value_type', true, a.artifact_id, 'low_confidence', false
FROM made m JOIN derived_artifact a ON a.generation_id = m.generation_id
WHERE a.kind = 'field'
""",
)


def people(count: int, tenant: Tenant) -> list[User]:
    made = [User(username=f"bench-{number}") for number in range(count)]
    User.objects.bulk_create(made, ignore_conflicts=True)
    found = list(User.objects.filter(username__startswith="bench-").order_by("pk"))
    Membership.objects.bulk_create(
        [Membership(user=user, tenant=tenant) for user in found[:count]],
        ignore_conflicts=True,
    )
    return found[:count]


def tenant_named(slug: str) -> Tenant:
    return Tenant.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def grow(tenant: Tenant, *, first: int, last: int, fields: int = 1) -> None:
    """Cases first..last of the tenant; fields: doubtful ones of each, 1 to 3."""
    version = versions.ensure_built_in()
    values: dict[str, Any] = {
        "tenant": tenant.pk,
        "name": version.name,
        "version": version.version,
        "version_id": version.pk,
        "slots": list(NAMES[:fields]),
        "box": '{"page": 1, "bbox": [0.6, 0.8, 0.75, 0.83]}',
    }
    for start in range(first, last + 1, CHUNK):
        bounds = {"first": start, "last": min(start + CHUNK - 1, last)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(_SOURCES, bounds)
            for statement in _ROWS:
                cursor.execute(statement, values)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
