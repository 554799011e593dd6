from __future__ import annotations

from django.db import migrations, models

import catalog.ids

TABLES = """
CREATE TABLE processing_event (
    event_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    run_id uuid NOT NULL,
    source_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    modality varchar(8) NOT NULL,
    pipeline_name varchar(50) NOT NULL,
    pipeline_version varchar(50) NOT NULL,
    model_id varchar(200) NOT NULL,
    document_type varchar(50) NOT NULL,
    template_key varchar(40) NOT NULL,
    disposition varchar(12) NOT NULL,
    reason varchar(50) NOT NULL,
    total_ms integer NOT NULL,
    vision_tokens integer NOT NULL,
    micro_usd bigint NOT NULL,
    payload jsonb NOT NULL,
    PRIMARY KEY (created_at, event_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX processing_event_source ON processing_event (source_id, created_at);
CREATE INDEX processing_event_tenant ON processing_event (tenant_id, created_at);

CREATE TABLE step_event (
    event_id uuid NOT NULL,
    step_no smallint NOT NULL,
    created_at timestamptz NOT NULL,
    tenant_id uuid NOT NULL,
    pipeline_name varchar(50) NOT NULL,
    pipeline_version varchar(50) NOT NULL,
    model_id varchar(200) NOT NULL,
    template_key varchar(40) NOT NULL,
    step varchar(50) NOT NULL,
    outcome varchar(20) NOT NULL,
    reason varchar(50) NOT NULL,
    ms integer NOT NULL,
    vision_tokens integer NOT NULL,
    micro_usd bigint NOT NULL,
    quality jsonb NOT NULL,
    PRIMARY KEY (created_at, event_id, step_no)
) PARTITION BY RANGE (created_at);
CREATE INDEX step_event_step ON step_event (step, created_at);

-- What comes outside the made months lands here, so that no event is ever refused.
CREATE TABLE processing_event_other PARTITION OF processing_event DEFAULT;
CREATE TABLE step_event_other PARTITION OF step_event DEFAULT;

CREATE FUNCTION ensure_event_partitions(months_ahead integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    child text;
    begins text;
    ends text;
    month date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
    FOREACH parent IN ARRAY ARRAY['processing_event', 'step_event'] LOOP
        FOR ahead IN 0..months_ahead LOOP
            month := date_trunc('month', now() AT TIME ZONE 'UTC')::date
                + make_interval(months => ahead);
            IF to_regclass(parent || to_char(month, '_YYYY_MM')) IS NULL THEN
                child := parent || to_char(month, '_YYYY_MM');
                begins := month::text || ' 00:00+00';
                ends := (month + interval '1 month')::date::text || ' 00:00+00';
                EXECUTE format(
                    'CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
                -- What came while nobody made the month moves in from the default.
                EXECUTE format(
                    'WITH moved AS (DELETE FROM %I WHERE created_at >= %L'
                    ' AND created_at < %L RETURNING *)'
                    ' INSERT INTO %I SELECT * FROM moved',
                    parent || '_other', begins, ends, child);
                EXECUTE format(
                    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                    parent, child, begins, ends);
            END IF;
        END LOOP;
    END LOOP;
END $$;
SELECT ensure_event_partitions(3);
"""

DROP = """
DROP FUNCTION ensure_event_partitions(integer);
DROP TABLE step_event;
DROP TABLE processing_event;
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLES, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="ProcessingEvent",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "created_at",
                                "event_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("event_id", models.UUIDField(default=catalog.ids.new_id)),
                        ("created_at", models.DateTimeField()),
                        ("run_id", models.UUIDField()),
                        ("source_id", models.UUIDField()),
                        ("tenant_id", models.UUIDField()),
                        ("modality", models.CharField(max_length=8)),
                        ("pipeline_name", models.CharField(max_length=50)),
                        ("pipeline_version", models.CharField(max_length=50)),
                        ("model_id", models.CharField(blank=True, max_length=200)),
                        ("document_type", models.CharField(blank=True, max_length=50)),
                        ("template_key", models.CharField(blank=True, max_length=40)),
                        ("disposition", models.CharField(max_length=12)),
                        ("reason", models.CharField(max_length=50)),
                        ("total_ms", models.IntegerField()),
                        ("vision_tokens", models.IntegerField()),
                        ("micro_usd", models.BigIntegerField()),
                        (
                            "payload",
                            models.JSONField(
                                help_text="the event as the specification spells it"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "processing_event",
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="StepEvent",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "created_at",
                                "event_id",
                                "step_no",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("event_id", models.UUIDField()),
                        ("step_no", models.SmallIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("tenant_id", models.UUIDField()),
                        ("pipeline_name", models.CharField(max_length=50)),
                        ("pipeline_version", models.CharField(max_length=50)),
                        ("model_id", models.CharField(blank=True, max_length=200)),
                        ("template_key", models.CharField(blank=True, max_length=40)),
                        ("step", models.CharField(max_length=50)),
                        ("outcome", models.CharField(max_length=20)),
                        ("reason", models.CharField(blank=True, max_length=50)),
                        ("ms", models.IntegerField()),
                        ("vision_tokens", models.IntegerField()),
                        ("micro_usd", models.BigIntegerField()),
                        ("quality", models.JSONField()),
                    ],
                    options={
                        "db_table": "step_event",
                        "ordering": ["-created_at", "step_no"],
                    },
                ),
            ],
        )
    ]
