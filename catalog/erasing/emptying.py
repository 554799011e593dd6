"""The statements that empty what an erasure covers, in the order that locks want."""

from __future__ import annotations

from typing import Any

from django.db import connection

from catalog.models.derived_artifact import GONE, HASH_OF_NOTHING

# Complete, without a limit of depth or number: what another erasure covers is empty.
CLOSURE = """
WITH RECURSIVE closure AS (
    SELECT artifact_id FROM derived_artifact WHERE source_id = %(source)s
    UNION
    SELECT i.artifact_id FROM closure c
    JOIN artifact_input i ON i.input_artifact_id = c.artifact_id)
INSERT INTO erased_artifact (artifact_id, erasure_id)
SELECT artifact_id, %(erasure)s FROM closure
ON CONFLICT DO NOTHING
"""
_COVERED = "SELECT artifact_id FROM erased_artifact WHERE erasure_id = %(erasure)s"

BLOBS = f"""
INSERT INTO blob_to_delete (erasure_id, content_hash)
SELECT %(erasure)s, decode(content_hash, 'hex') FROM source_media
WHERE source_id = %(source)s
UNION
SELECT %(erasure)s, payload_hash FROM derived_artifact
WHERE artifact_id IN ({_COVERED}) AND payload_uri NOT IN ('inline', '{GONE}')
ON CONFLICT DO NOTHING
"""  # noqa: S608 - fixed names

# By the table that they are counted under.
STATEMENTS = {
    "search_page": f"DELETE FROM search_page WHERE artifact_id IN ({_COVERED})",  # noqa: S608
    "golden_set_value": """DELETE FROM golden_set_value WHERE value_id IN
        (SELECT value_id FROM golden_value JOIN golden_case USING (case_id)
         WHERE source_id = %(source)s)""",
    "golden_value": """DELETE FROM golden_value WHERE case_id IN
        (SELECT case_id FROM golden_case WHERE source_id = %(source)s)""",
    "golden_retirement": """UPDATE golden_retirement SET because = 'erased'
        WHERE case_id IN
        (SELECT case_id FROM golden_case WHERE source_id = %(source)s)""",
    "golden_case": """UPDATE golden_case SET slices = '{}', retired_because = 'erased',
        retired_at = coalesce(retired_at, now()) WHERE source_id = %(source)s""",
    "comparison": """UPDATE comparison SET differences = '{}',
        grounding = NULL, line_matches = NULL WHERE new_generation_id IN
        (SELECT generation_id FROM generation WHERE source_id = %(source)s)""",
    "generation": """UPDATE generation
        SET state = 'erased', template_key = '', steps = '[]'
        WHERE source_id = %(source)s""",
    "artifact_input": f"""UPDATE artifact_input SET input_hash = '\\x{HASH_OF_NOTHING}'
        WHERE id IN (
            SELECT id FROM artifact_input WHERE artifact_id IN ({_COVERED})
            UNION
            SELECT id FROM artifact_input WHERE input_artifact_id IN ({_COVERED}))""",  # noqa: S608
    "derived_artifact": f"""UPDATE derived_artifact SET payload = NULL,
        payload_uri = '{GONE}', payload_hash = '\\x{HASH_OF_NOTHING}', memo_key = NULL,
        region = NULL WHERE artifact_id IN ({_COVERED})""",  # noqa: S608
    # What a check of the store wrote down names blobs by their hashes.
    "scrub_finding": """DELETE FROM scrub_finding f USING blob_to_delete b
        WHERE b.erasure_id = %(erasure)s
        AND strpos(f.subject || f.detail, encode(b.content_hash, 'hex')) > 0""",
    # The artifacts' source_hash follows by the foreign key.
    "source_media": """UPDATE source_media SET content_hash = %(fingerprint)s,
        uri = 'erased', name = 'erased', uploaded_by_id = NULL, erased_at = now()
        WHERE source_id = %(source)s""",
}


def run(statement: str, parameters: dict[str, Any]) -> int:
    """How many rows it took."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
