"""Payloads in rows, hashed again as they were when they were stored."""

from __future__ import annotations

import json
import uuid

from django.db import connection

from catalog.fsck.base import Finding, Scope, SourceCheck
from catalog.hashing import digest_of

FINDS = {
    "payload_differs": "The payload in the row no longer has its hash: somebody changed"
    " it. Restore the row from a backup.",
}
ROWS = """SELECT artifact_id, payload, payload_hash FROM derived_artifact
    WHERE source_id = ANY(%(sources)s) AND payload IS NOT NULL"""


def _look(sources: list[uuid.UUID], scope: Scope) -> tuple[int, list[Finding]]:
    findings = []
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"sources": sources})
        rows = cursor.fetchall()
    for artifact_id, payload, payload_hash in rows:
        if digest_of(json.loads(payload)) != bytes(payload_hash).hex():
            detail = FINDS["payload_differs"]
            findings.append(Finding("payload_differs", str(artifact_id), detail))
    return len(rows), findings


PAYLOADS = SourceCheck("payloads", FINDS, _look)
