from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import catalog.ids


class Migration(migrations.Migration):
    dependencies = [
        ("pipeline", "0003_field_shown_as"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MemoRecipe",
            fields=[
                (
                    "digest",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("components", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                    ),
                ),
            ],
            options={
                "db_table": "memo_recipe",
            },
        ),
        migrations.CreateModel(
            name="MemoRevocation",
            fields=[
                (
                    "revocation_id",
                    models.UUIDField(
                        default=catalog.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=50)),
                (
                    "step_version",
                    models.CharField(
                        blank=True,
                        help_text="the version of the step's code",
                        max_length=50,
                    ),
                ),
                (
                    "pipeline_version",
                    models.CharField(
                        blank=True,
                        help_text="the version that made the results",
                        max_length=50,
                    ),
                ),
                ("model_id", models.CharField(blank=True, max_length=200)),
                (
                    "memo_key",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9a-f]{64}$",
                                "Give the 64 hex digits of a memo key.",
                            )
                        ],
                    ),
                ),
                ("from_time", models.DateTimeField(blank=True, null=True)),
                (
                    "until_time",
                    models.DateTimeField(
                        blank=True,
                        help_text="empty: until this revocation was written",
                        null=True,
                    ),
                ),
                (
                    "reason",
                    models.TextField(help_text="what is wrong with the results"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                    ),
                ),
            ],
            options={
                "db_table": "memo_revocation",
                "ordering": ["-created_at"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="memorecipe",
            trigger=pgtrigger.compiler.Trigger(
                name="recipe_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7326a80c576d3f2111031f4b6caaed4715a70509",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_recipe_is_kept_da160",
                    table="memo_recipe",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="memorevocation",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="memorevocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_time__isnull", True),
                    ("memo_key", ""),
                    ("model_id", ""),
                    ("pipeline_version", ""),
                    ("step", ""),
                    ("step_version", ""),
                    ("until_time__isnull", True),
                    _negated=True,
                ),
                name="revocation_names_something",
                violation_error_message="Say which results: fill in at least one of the columns.",
            ),
        ),
        migrations.AddConstraint(
            model_name="memorevocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="revocation_has_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="memorevocation",
            trigger=pgtrigger.compiler.Trigger(
                name="revocation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="eb53d9693270ff2a549c712cfd59ed644055b5d3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_revocation_is_kept_4cb25",
                    table="memo_revocation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
