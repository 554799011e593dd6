from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.generation import Generation, State
from catalog.models.source_media import SourceMedia
from catalog.people import Viewer, within_tenants_of


class Kind(models.TextChoices):
    PAGE_IMAGE = "page_image"
    THUMBNAIL = "thumbnail"
    OCR = "ocr"
    LAYOUT = "layout"
    EXTRACTION = "extraction"
    GROUNDING = "grounding"
    FIELD = "field"
    TABLE = "table"
    SEARCH_TEXT = "search_text"
    CAPTION = "caption"
    EMBEDDING = "embedding"
    CROP = "crop"
    TRANSCRIPT = "transcript"
    FRAME_INDEX = "frame_index"


class Origin(models.TextChoices):
    MACHINE = "machine"
    HUMAN = "human"
    RESTORE = "restore"


class DerivedArtifactQuerySet(models.QuerySet["DerivedArtifact"]):
    def visible_to(self, user: Viewer) -> DerivedArtifactQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def current(self) -> DerivedArtifactQuerySet:
        return self.filter(state=State.CURRENT)

    def of_kind(self, *kinds: Kind) -> DerivedArtifactQuerySet:
        return self.filter(kind__in=kinds)

    def live_in(self, generation: Generation) -> DerivedArtifactQuerySet:
        """The artifacts that stand in a generation now: corrected ones, not the old."""
        return self.filter(generation=generation, superseded_by__isnull=True)


class DerivedArtifact(models.Model):
    """One derived thing, stamped with the code version and the model that made it.

    Only state and, once, superseded_by may ever change; the database sees to it.
    """

    artifact_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="artifacts")
    source_hash = models.CharField(max_length=64)
    generation = models.ForeignKey(Generation, models.PROTECT, related_name="artifacts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    slot = models.CharField(max_length=100)
    step = models.CharField(max_length=50)
    pipeline_name = models.CharField(max_length=50)
    pipeline_version = models.CharField(max_length=50)
    model_id = models.CharField(max_length=200, null=True)
    origin = models.CharField(
        max_length=7, choices=Origin.choices, default=Origin.MACHINE
    )
    payload = models.JSONField(null=True, help_text="small JSON payloads live here")
    payload_uri = models.TextField(help_text="'inline' or the key in the blob storage")
    payload_hash = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100, default="application/json")
    memo_key = models.CharField(max_length=64, blank=True)
    region = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.CANDIDATE
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="supersedes"
    )

    objects = DerivedArtifactQuerySet.as_manager()

    class Meta:
        db_table = "derived_artifact"
        ordering = ["artifact_id"]
        verbose_name = "artifact"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "pipeline_name", "kind", "slot"],
                condition=models.Q(state="current"),
                name="one_current_artifact_a_slot",
            ),
            models.UniqueConstraint(
                fields=["generation", "kind", "slot"],
                condition=models.Q(origin="machine"),
                name="one_machine_artifact_a_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="artifact_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values),
                name="artifact_origin_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values),
                name="artifact_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_by__isnull=True)
                | models.Q(state__in=["superseded", "erased"]),
                name="superseded_has_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(superseded_by=models.F("artifact_id")),
                name="artifact_not_by_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(payload__isnull=False, payload_uri="inline")
                | (models.Q(payload__isnull=True) & ~models.Q(payload_uri="inline")),
                name="payload_in_one_place",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "kind"], name="artifact_source_kind"),
            models.Index(
                fields=["pipeline_version", "model_id"], name="artifact_version_model"
            ),
            models.Index(fields=["generation", "kind"], name="artifact_generation"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="artifact_is_a_record", exclude=["state", "superseded_by"]
            ),
            pgtrigger.Protect(name="artifact_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="superseded_by_once",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("superseded_by_id"),
                condition=pgtrigger.Q(
                    old__superseded_by__isnull=False,
                    old__superseded_by__df=pgtrigger.F("new__superseded_by"),
                ),
                func=(
                    "RAISE EXCEPTION 'superseded_by is set once'"
                    " USING ERRCODE = 'check_violation';"
                ),
            ),
            pgtrigger.Trigger(
                name="human_yields_to_human",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("superseded_by_id"),
                condition=pgtrigger.Q(
                    old__origin="human",
                    old__superseded_by__isnull=True,
                    new__superseded_by__isnull=False,
                ),
                func=(
                    "IF (SELECT origin FROM derived_artifact WHERE"
                    " artifact_id = NEW.superseded_by_id) = 'machine' THEN"
                    " RAISE EXCEPTION 'a machine may not supersede a person'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slot}"


class ArtifactInput(models.Model):
    """Lineage: an artifact was made from another one, or from the original (null)."""

    artifact = models.ForeignKey(DerivedArtifact, models.PROTECT, related_name="inputs")
    input_artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, null=True, related_name="outputs"
    )
    input_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "artifact_input"
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "input_artifact"],
                nulls_distinct=False,
                name="artifact_input_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(artifact=models.F("input_artifact")),
                name="artifact_not_its_own_input",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="lineage_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} from {self.input_artifact_id or 'the original'}"
