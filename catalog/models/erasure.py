from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.fields import HashField
from catalog.ids import new_id
from catalog.models.ledger import ENTRY_OF_ERASURES, takes_entry
from catalog.models.rules import APPEND_ONLY
from catalog.models.source_media import SourceMedia
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of

# What must be so when an erasure begins, and what is said where it is not.
LAWFUL = """
    IF NOT EXISTS (SELECT 1 FROM source_media WHERE source_id = NEW.source_id
        AND tenant_id = NEW.tenant_id) THEN
        RAISE EXCEPTION 'the source is not of this tenant'
            USING ERRCODE = 'check_violation'; END IF;
    IF EXISTS (SELECT 1 FROM legal_hold WHERE tenant_id = NEW.tenant_id
        AND lifted_at IS NULL AND (source_id IS NULL OR source_id = NEW.source_id)) THEN
        RAISE EXCEPTION 'a legal hold is in force' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;"""
# Rows that an erasure may not cover: when it is finished, and when they are neither of
# its source nor made from what the same statement covers. A closure comes in one
# statement, so that each of these is one pass over sets, however large it is.
OUT_OF_CLOSURE = (
    """SELECT 1 FROM new_rows n JOIN erasure e USING (erasure_id)
    LEFT JOIN derived_artifact a USING (artifact_id)
    WHERE e.finished_at IS NOT NULL OR a.artifact_id IS NULL""",
    """SELECT 1 FROM new_rows n JOIN erasure e USING (erasure_id)
    JOIN derived_artifact a USING (artifact_id)
    WHERE a.source_id <> e.source_id AND NOT EXISTS (
        SELECT 1 FROM artifact_input i
        JOIN new_rows m ON m.artifact_id = i.input_artifact_id
        WHERE i.artifact_id = a.artifact_id)""",
)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def visible_to(self, user: Viewer) -> ErasureQuerySet:
        return self.filter(within_tenants_of(user))

    def unfinished(self) -> ErasureQuerySet:
        return self.filter(finished_at__isnull=True)


class Erasure(models.Model):
    """The tombstone of a source: that, when, why and by whom it was erased.

    fingerprint: HMAC-SHA256 of the content hash under a key outside of the database;
    with the key one can show that given bytes are the erased ones, without it nobody
    can guess them.
    """

    class Basis(models.TextChoices):
        REQUEST = "request", "a person asked for it"
        RETENTION = "retention", "the time of its class is over"
        OFF_BOARDING = "off_boarding", "its tenant left"

    erasure_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="erasures")
    source = models.OneToOneField(SourceMedia, models.PROTECT, related_name="erasure")
    basis = models.CharField(max_length=12, choices=Basis.choices)
    reference = models.CharField(
        max_length=100, blank=True, help_text="the request's number; no names"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    fingerprint = HashField()
    at = models.DateTimeField(db_default=Now(), editable=False)
    entry = models.BigIntegerField(editable=False, help_text="of the ledger")
    erased = models.JSONField(
        null=True, help_text="counts of what went, by table and by kind"
    )
    residue = models.JSONField(
        null=True, help_text="what the last scan still found, by place; all zero"
    )
    finished_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        db_table = "erasure"
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(basis__in=["request", "retention", "off_boarding"]),
                name="erasure_basis_known",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True)
                | models.Q(erased__isnull=False, residue__isnull=False),
                name="finished_erasure_says_what",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="erasure_is_lawful",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=LAWFUL,
            ),
            *takes_entry(ENTRY_OF_ERASURES),
            pgtrigger.Protect(name="erasure_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="erasure_is_a_record",
                exclude=["erased", "residue", "finished_at"],
            ),
            pgtrigger.Protect(
                name="erasure_is_finished_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.source_id}"


class ErasedArtifact(models.Model):
    """One artifact that an erasure covers: of the source, or made from such a one."""

    artifact_id = models.UUIDField(primary_key=True)
    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="artifacts")

    class Meta:
        db_table = "erased_artifact"
        triggers = [
            pgtrigger.Protect(name="erased_is_kept", operation=APPEND_ONLY),
            # Else one row under any old erasure would let anything be emptied.
            pgtrigger.Trigger(
                name="erased_is_of_the_closure",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=(
                    f"IF EXISTS ({OUT_OF_CLOSURE[0]})"
                    f" OR EXISTS ({OUT_OF_CLOSURE[1]}) THEN"
                    " RAISE EXCEPTION 'an erasure covers its source and what was made"
                    " from it' USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} by {self.erasure_id}"


class BlobToDelete(models.Model):
    """Bytes that an open erasure deletes; the row goes when it is finished.

    Until then the hash is needed, to look for what is left of it.
    """

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="blobs_to_delete")
    content_hash = HashField()

    class Meta:
        db_table = "blob_to_delete"
        constraints = [
            models.UniqueConstraint(
                fields=["erasure", "content_hash"], name="blob_to_delete_once"
            )
        ]

    def __str__(self) -> str:
        return f"of {self.erasure_id}"
