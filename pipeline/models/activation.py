from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.rules import APPEND_ONLY
from pipeline.models.pipeline_version import PipelineVersion

# A gate that activates is about everything, by rules that are not too loose (numbers as
# in pipeline.gate.deciding), and none of the version that was measured later says
# otherwise.
ACTIVATION_IS_TRUE = """
IF NEW.reason = 'first' AND EXISTS (
        SELECT 1 FROM activation a JOIN pipeline_version v
            ON v.version_id = a.pipeline_version_id
        WHERE v.name = (SELECT name FROM pipeline_version
            WHERE version_id = NEW.pipeline_version_id))
    OR NEW.reason = 'return' AND NOT EXISTS (
        SELECT 1 FROM activation
        WHERE pipeline_version_id = NEW.pipeline_version_id)
    OR NEW.reason = 'gate' AND NOT EXISTS (
        SELECT 1 FROM gate g JOIN reprocess r USING (reprocess_id)
        WHERE g.gate_id = NEW.gate_id AND g.fit_to_activate
            AND g.signed_at IS NOT NULL
            AND r.pipeline_version_id = NEW.pipeline_version_id
            AND r.selection - 'tenants' = '{}' AND g.level <= 0.1
            AND NOT EXISTS (SELECT 1 FROM gate_slice s WHERE s.gate_id = g.gate_id
                AND s.dimension = '' AND s.margin > 0.1)
            AND NOT EXISTS (SELECT 1 FROM gate o JOIN reprocess p USING (reprocess_id)
                WHERE p.pipeline_version_id = r.pipeline_version_id
                    AND o.measured_at > g.measured_at AND NOT o.fit_to_activate))
    THEN
    RAISE EXCEPTION 'the version was not activated because: %', NEW.reason
        USING ERRCODE = 'check_violation';
END IF;
NEW.transaction := pg_current_xact_id()::text::bigint;
RETURN NEW;
"""
# Of the transaction that writes the row: pipeline_version asks for it.
TRANSACTION = RawSQL("pg_current_xact_id()::text::bigint", [])


class Activation(models.Model):
    """Why a version began to read what comes in. Append-only.

    No version becomes active without one in the same transaction.
    """

    class Reason(models.TextChoices):
        FIRST = "first", "the first version of its name"
        GATE = "gate", "it passed the gate"
        RETURN = "return", "it was active before"
        UNGUARDED = "unguarded", "somebody answered for it without a gate"

    activation_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pipeline_version = models.ForeignKey(
        PipelineVersion, models.PROTECT, related_name="activations"
    )
    replaced = models.ForeignKey(
        PipelineVersion, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=9, choices=Reason.choices)
    gate = models.ForeignKey(
        "pipeline.Gate", models.PROTECT, null=True, related_name="activations"
    )
    note = models.TextField(blank=True, help_text="why without a gate")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    transaction = models.BigIntegerField(db_default=TRANSACTION, editable=False)

    class Meta:
        db_table = "activation"
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason="gate", gate__isnull=False)
                | (~models.Q(reason="gate") & models.Q(gate__isnull=True)),
                name="activation_names_its_gate",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="unguarded")
                | (~models.Q(note="") & models.Q(actor__isnull=False)),
                name="unguarded_activation_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["pipeline_version", "-at"], name="activation_newest")
        ]
        triggers = [
            pgtrigger.Protect(name="activation_is_kept", operation=APPEND_ONLY),
            pgtrigger.Trigger(
                name="activation_is_true",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ACTIVATION_IS_TRUE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_version}: {self.reason}"
