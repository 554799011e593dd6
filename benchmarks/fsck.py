"""How long fsck takes: rows' invariants, payloads in rows, bytes.

    python -m benchmarks.fsck [--sources 100000] [--megabytes 512]

Starts a PostgreSQL of its own in a scratch folder, fills it with a healthy store (five
artifacts and five edges a source), runs each check over all of it, and hashes a blob
storage of that many megabytes. What a check takes at ten million artifacts is what it
took here, times the ratio of the artifacts.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

TEN_MILLION = 10_000_000
A_SOURCE = 5
CHUNK = 20_000
BLOB = 8 * 1024 * 1024
BYTES = ("blobs", "unclaimed")
# What is computed in Python, row by row.
HERE = ("payloads", "memo_keys")
OPTIONS = (
    "shared_buffers=1GB work_mem=64MB maintenance_work_mem=256MB max_wal_size=8GB"
    " fsync=off synchronous_commit=off"
)
KINDS = ("ocr", "layout", "field", "table", "extraction")

SOURCES = """
CREATE TEMPORARY TABLE made AS
SELECT catalog_new_id() AS source_id, catalog_new_id() AS generation_id,
    encode(sha256(int8send(i)), 'hex') AS hash
FROM generate_series(%(first)s::bigint, %(last)s::bigint) i;
INSERT INTO source_media (source_id, content_hash, uri, modality, mime_type, bytes,
    tenant_id, retention_class, name)
SELECT source_id, hash,
    'sha256/' || left(hash, 2) || '/' || substr(hash, 3, 2) || '/' || hash,
    'document', 'application/pdf', 80000, (SELECT tenant_id FROM tenant), 'standard',
    'invoice.pdf' FROM made;
INSERT INTO generation (generation_id, source_id, pipeline_name, pipeline_version,
    model_id, steps, state, complete, document_type, template_key, disposition, reason)
SELECT generation_id, source_id, 'doc-extract', '1.0.0', '', '[]', 'current', true,
    'invoice', 't-1', 'human_review', 'low_confidence' FROM made;
INSERT INTO version_tally (tenant_id, pipeline_name, pipeline_version, model_id,
    document_type, template_key, generations)
SELECT (SELECT tenant_id FROM tenant), 'doc-extract', '1.0.0', '', 'invoice', 't-1',
    count(*) FROM made;
"""
ARTIFACTS = """
CREATE TEMPORARY TABLE results AS
SELECT catalog_new_id() AS artifact_id, m.*, k.kind, k.n
FROM made m, unnest(%(kinds)s::text[]) WITH ORDINALITY k (kind, n);
INSERT INTO derived_artifact (artifact_id, source_id, source_hash, generation_id, kind,
    slot, step, pipeline_name, pipeline_version, origin, payload, payload_uri,
    payload_hash, media_type)
SELECT artifact_id, source_id, hash, generation_id, kind, 'page=1', 'step',
    'doc-extract', '1.0.0', 'machine', %(payload)s::jsonb, 'inline',
    decode(%(digest)s, 'hex'), 'application/json' FROM results;
INSERT INTO artifact_input (artifact_id, input_artifact_id, input_hash)
SELECT r.artifact_id, b.artifact_id, coalesce(decode(%(digest)s, 'hex'))
FROM results r JOIN results b ON b.generation_id = r.generation_id AND b.n = r.n - 1
UNION ALL SELECT artifact_id, NULL, decode(hash, 'hex') FROM results WHERE n = 1;
DROP TABLE results;
"""
PROMOTIONS = """
INSERT INTO promotion (promotion_id, source_id, pipeline_name, reason,
    new_generation_id, entry)
SELECT catalog_new_id(), source_id, 'doc-extract', 'first', generation_id, 0 FROM made;
DROP TABLE made;
"""


def fill(sources: int) -> None:
    from django.db import connection, transaction

    from catalog.hashing import digest_of
    from catalog.models import RetentionClass, Tenant

    Tenant.objects.create(slug="bench", name="Bench")
    RetentionClass.objects.standard()
    payload = '{"value": "12.00", "status": "verified", "confidence": 0.97}'
    given: dict[str, Any] = {
        "kinds": list(KINDS),
        "payload": payload,
        "digest": digest_of(
            {"value": "12.00", "status": "verified", "confidence": 0.97}
        ),
    }
    for first in range(0, sources, CHUNK):
        last = min(first + CHUNK, sources) - 1
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statements in (SOURCES, ARTIFACTS):
                for statement in statements.split(";\n")[:-1]:
                    cursor.execute(statement, {**given, "first": first, "last": last})
            # Its triggers are to write the ledger.
            cursor.execute("SET LOCAL session_replication_role = origin")
            for statement in PROMOTIONS.split(";\n")[:-1]:
                cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def cpu_seconds() -> float:
    """Of this process and of the server's that works for it, on whatever machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def line(what: str, here: float, at_ten_million: float, end: str) -> None:
    print(f"{what} {here:8.2f} {at_ten_million:8.0f}{end}")


def rows(sources: int) -> None:
    from catalog import fsck

    factor = TEN_MILLION / (sources * A_SOURCE)
    print(f"{sources * A_SOURCE} artifacts; seconds, of them of a core, at ten million")
    total = 0.0
    for check in fsck.checks():
        if check.name in BYTES:
            continue
        begin, busy = time.perf_counter(), cpu_seconds()
        steps = list(check.steps(fsck.Scope(), None))
        wall, took = time.perf_counter() - begin, cpu_seconds() - busy
        total += took if check.name not in HERE else 0
        found = sum(len(step.findings) for step in steps)
        looked_at = sum(step.looked_at for step in steps)
        end = f"   {found} FOUND" if found else ""
        line(f"{check.name:14} {looked_at:10} {wall:8.2f}", took, took * factor, end)
    line(f"{'invariants':34}", total, total * factor, "   without those computed here")


def bytes_(megabytes: int) -> None:
    from catalog import blobs, fsck
    from catalog.fsck.stored_bytes import fault_of

    count = max(1, megabytes * 1024 * 1024 // BLOB)
    kept = [blobs.keep_bytes(os.urandom(BLOB)) for _ in range(count)]
    scope = fsck.Scope()
    wall, cpu = time.perf_counter(), time.process_time()
    assert not any(fault_of(b.content_hash, b.size, scope) for b in kept)  # noqa: S101
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = scope.pace.bytes / 1e9
    print(f"bytes: {size / cpu:.2f} GB a second and core, {size / wall:.2f} GB/s here")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=512)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palimpsest-bench-") as scratch:
        os.environ["PALIMPSEST_HOME"] = scratch
        os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
        os.environ.setdefault("PALIMPSEST_POSTGRES_OPTIONS", OPTIONS)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.conf import settings
        from django.core.management import call_command

        from config import postgres

        postgres.ensure_running(settings.HOME)
        django.setup()
        call_command("migrate", verbosity=0)
        fill(asked.sources)
        rows(asked.sources)
        bytes_(asked.megabytes)
        from django.db import connection

        connection.close()
        postgres.release(settings.HOME)


if __name__ == "__main__":
    main()
