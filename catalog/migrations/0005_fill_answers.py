from __future__ import annotations

from django.db import migrations

from catalog.models.ledger import ROW_OF_PROMOTION, digest_sql

NEW_ID = """
CREATE FUNCTION catalog_new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    -- A UUID of version 7: milliseconds since 1970 in front, chance behind.
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint)
            FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$
"""
MODELS = """
ALTER TABLE generation DISABLE TRIGGER USER;
UPDATE generation g SET model_id = coalesce((
    SELECT string_agg(m.model_id, '+' ORDER BY m.first) FROM (
        SELECT a.model_id, min(a.artifact_id::text) AS first FROM derived_artifact a
        WHERE a.generation_id = g.generation_id AND a.origin = 'machine'
            AND a.model_id <> '' GROUP BY a.model_id) m), '');
ALTER TABLE generation ENABLE TRIGGER USER;
"""
TALLY = """
INSERT INTO version_tally (tenant_id, pipeline_name, pipeline_version, model_id,
    document_type, template_key, generations)
SELECT s.tenant_id, g.pipeline_name, g.pipeline_version, g.model_id, g.document_type,
    g.template_key, count(*)
FROM generation g JOIN source_media s USING (source_id) WHERE g.state = 'current'
GROUP BY 1, 2, 3, 4, 5, 6
"""
# What was promoted before there was a ledger is its first entry.
LEDGER = f"""
INSERT INTO ledger_entry (sequence, subject, rows, digest)
SELECT 1, 'promotion', count(*), {digest_sql(ROW_OF_PROMOTION, "promotion_id")}
FROM promotion r HAVING count(*) > 0
"""  # noqa: S608 - fixed names
# An erasure gives the source a keyed fingerprint for its hash; its artifacts follow.
CASCADE = """
ALTER TABLE derived_artifact DROP CONSTRAINT source_hash_is_the_sources;
ALTER TABLE derived_artifact ADD CONSTRAINT source_hash_is_the_sources
    FOREIGN KEY (source_id, source_hash)
    REFERENCES source_media (source_id, content_hash) ON UPDATE CASCADE
"""
# Tables of millions: a fifth of the rows is too many to wait for.
VACUUM = "; ".join(
    f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02,"
    " autovacuum_analyze_scale_factor = 0.02)"
    for table in ("source_media", "generation", "derived_artifact", "artifact_input")
)


class Migration(migrations.Migration):
    """What the tables of the migration before hold for rows that were there."""

    dependencies = [("catalog", "0004_answers_for_itself")]

    operations = [
        migrations.RunSQL(sql, back)
        for sql, back in [
            (NEW_ID, "DROP FUNCTION catalog_new_id()"),
            (MODELS, ""),
            (TALLY, ""),
            (LEDGER, ""),
            (CASCADE, ""),
            (VACUUM, ""),
        ]
    ]
