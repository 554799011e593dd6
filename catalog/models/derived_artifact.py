from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Count
from django.db.models.functions import Now

from catalog.fields import HashField
from catalog.ids import new_id
from catalog.models.closure import DOWN, UP, count_reached, reached
from catalog.models.generation import Generation, State
from catalog.models.rules import erased_only, kept
from catalog.models.source_media import SourceMedia
from catalog.people import HIDDEN_ARTIFACTS, Viewer, within_tenants_of
from catalog.slices import Slice

Counts = models.QuerySet["DerivedArtifact", dict[str, Any]]


class Kind(models.TextChoices):
    PAGE_IMAGE = "page_image"
    THUMBNAIL = "thumbnail"
    OCR = "ocr"
    LAYOUT = "layout"
    EXTRACTION = "extraction"
    GROUNDING = "grounding"
    FIELD = "field"
    MODEL_ANSWER = "model_answer"
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


# Where a payload lies when it is not in the blob storage.
INLINE, GONE = "inline", "erased"
# What an erased artifact has in place of its payload's hash: that of no bytes at all.
HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class DerivedArtifactQuerySet(models.QuerySet["DerivedArtifact"]):
    def visible_to(self, user: Viewer) -> DerivedArtifactQuerySet:
        rows = self.filter(within_tenants_of(user, "source__tenant"))
        for hidden in HIDDEN_ARTIFACTS:
            rows = rows.exclude(hidden(user))
        return rows

    def standing(self) -> DerivedArtifactQuerySet:
        """What nothing has taken the place of, in whichever generation."""
        return self.filter(superseded_by__isnull=True)

    def current(self) -> DerivedArtifactQuerySet:
        return self.standing().filter(generation__state=State.CURRENT)

    def in_state(self, state: State) -> DerivedArtifactQuerySet:
        """As the property of that name says it."""
        if state == State.ERASED:
            return self.filter(payload_uri=GONE)
        if state == State.SUPERSEDED:
            return self.exclude(payload_uri=GONE).filter(superseded_by__isnull=False)
        return self.standing().filter(generation__state=state)

    def whole(self) -> DerivedArtifactQuerySet:
        """Those that say something: not erased."""
        return self.exclude(payload_uri=GONE)

    def of_kind(self, *kinds: Kind) -> DerivedArtifactQuerySet:
        return self.filter(kind__in=kinds)

    def live_in(self, generation: Generation) -> DerivedArtifactQuerySet:
        """What a generation says: people's answers, not what they replaced.

        Of a superseded generation: what it said when it was superseded. What was
        erased says nothing.
        """
        inner = models.Q(superseded_by__generation=models.F("generation"))
        return self.whole().filter(generation=generation).exclude(inner)

    def in_blobs(self) -> DerivedArtifactQuerySet:
        """Those whose payload is in the blob storage."""
        return self.exclude(payload_uri__in=[INLINE, GONE])

    def in_slice(self, wanted: Slice) -> DerivedArtifactQuerySet:
        """All that the slice's readings hold."""
        return self.filter(wanted.conditions("generation"))

    def by_tenant(self) -> Counts:
        """{"source__tenant", "count"}."""
        return self._counted("source__tenant")

    def by_kind(self) -> Counts:
        """{"kind", "count"}."""
        return self._counted("kind").order_by("kind")

    def makes(self) -> Counts:
        """What each kind of a source is made by: {"source", "kind", "pipeline_name",
        "pipeline_version", "model_id", "count"}.
        """
        keys = ("source", "kind", "pipeline_name", "pipeline_version", "model_id")
        return self._counted(*keys).order_by(*keys)

    def _counted(self, *keys: str) -> Counts:
        counts: Counts = self.order_by().values(*keys).annotate(count=Count("*"))
        return counts

    def made_from(self, *artifact_ids: uuid.UUID) -> DerivedArtifactQuerySet:
        """Everything that they went into, however far, and themselves."""
        return self.filter(reached(DOWN, artifact_ids))

    def count_made_from(self, *artifact_ids: uuid.UUID) -> int:
        """As made_from(...).count(), of all tenants; no artifact is looked at."""
        return count_reached(DOWN, artifact_ids)

    def making_up(self, *artifact_ids: uuid.UUID) -> DerivedArtifactQuerySet:
        """Everything that went into them, however far, and themselves."""
        return self.filter(reached(UP, artifact_ids))


class DerivedArtifact(models.Model):
    """One derived thing, stamped with the code version and the model that made it.

    Only superseded_by may ever change, once; the database sees to it. Whether an
    artifact is current is said in one place: by its generation's state.
    """

    artifact_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(
        SourceMedia, models.PROTECT, related_name="artifacts", db_index=False
    )
    source_hash = models.CharField(max_length=64)
    generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="artifacts", db_index=False
    )
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
    payload_hash = HashField()
    media_type = models.CharField(max_length=100, default="application/json")
    memo_key = HashField(null=True)
    region = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # No index: superseding a million then touches none but the primary ones.
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="supersedes", db_index=False
    )

    objects = DerivedArtifactQuerySet.as_manager()

    class Meta:
        db_table = "derived_artifact"
        ordering = ["artifact_id"]
        verbose_name = "artifact"
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "kind", "slot"],
                condition=models.Q(superseded_by__isnull=True),
                name="one_standing_artifact_a_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="artifact_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values),
                name="artifact_origin_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(superseded_by=models.F("artifact_id")),
                name="artifact_not_by_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(payload__isnull=False, payload_uri=INLINE)
                | (models.Q(payload__isnull=True) & ~models.Q(payload_uri=INLINE)),
                name="payload_in_one_place",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "kind"], name="artifact_source_kind"),
            models.Index(
                fields=["pipeline_version", "model_id"], name="artifact_version_model"
            ),
            models.Index(fields=["generation"], name="artifact_generation"),
            # Who else needs these bytes, before they are deleted.
            models.Index(
                fields=["payload_hash"],
                condition=~models.Q(payload_uri__in=[INLINE, GONE]),
                name="artifact_blob",
            ),
            models.Index(
                fields=["generation"],
                condition=models.Q(origin="human"),
                name="artifact_human",
            ),
        ]
        triggers = [
            erased_only(
                name="artifact_is_a_record",
                free={"superseded_by": "superseded_by_id"},
                erasing="""SELECT 1 FROM erased_artifact
                    WHERE artifact_id = OLD.artifact_id""",
                scrubs={
                    "payload": "NULL",
                    "payload_uri": f"'{GONE}'",
                    "payload_hash": f"'\\x{HASH_OF_NOTHING}'::bytea",
                    "memo_key": "NULL",
                    "region": "NULL",
                    # Follows the source's by the foreign key.
                    "source_hash": "NEW.source_hash",
                },
            ),
            kept("artifact_is_kept"),
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
            # So that what holds of generations holds of artifacts: one version a
            # pipeline and source, and no need to look through all of them to be sure.
            pgtrigger.Trigger(
                name="stamped_as_its_generation",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=(
                    "IF EXISTS (SELECT 1 FROM new_rows a JOIN generation g"
                    " ON g.generation_id = a.generation_id"
                    " WHERE (a.pipeline_name, a.pipeline_version)"
                    " <> (g.pipeline_name, g.pipeline_version)) THEN"
                    " RAISE EXCEPTION 'an artifact is stamped with another version"
                    " than its generation' USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NULL;"
                ),
            ),
            # At the end of the transaction, since the answer's row comes second.
            pgtrigger.Trigger(
                name="human_yields_to_human",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("superseded_by_id"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(
                    old__origin="human",
                    old__superseded_by__isnull=True,
                    new__superseded_by__isnull=False,
                ),
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM derived_artifact a WHERE"
                    " a.artifact_id = NEW.superseded_by_id AND (a.origin = 'human'"
                    # What a person takes back gives way to what stood before it.
                    " OR (a.origin = 'restore' AND a.step = 'review'))) THEN"
                    " RAISE EXCEPTION 'a machine may not supersede a person'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slot}"

    @property
    def is_erased(self) -> bool:
        return self.payload_uri == GONE

    @property
    def state(self) -> str:
        """As State spells it; asks for the generation unless it was selected."""
        if self.is_erased:
            return State.ERASED
        if self.superseded_by_id is not None:
            return State.SUPERSEDED
        return self.generation.state


class ArtifactInputQuerySet(models.QuerySet["ArtifactInput"]):
    def into(self, artifacts: DerivedArtifactQuerySet) -> ArtifactInputQuerySet:
        """What each of the artifacts was made from."""
        return self.filter(artifact__in=artifacts.order_by().values("pk"))


class ArtifactInput(models.Model):
    """Lineage: an artifact was made from another one, or from the original (null)."""

    artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, related_name="inputs", db_index=False
    )
    input_artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, null=True, related_name="outputs"
    )
    input_hash = HashField()

    objects = ArtifactInputQuerySet.as_manager()

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
            erased_only(
                name="lineage_is_a_record",
                erasing="""SELECT 1 FROM erased_artifact
                    WHERE artifact_id IN (OLD.artifact_id, OLD.input_artifact_id)""",
                scrubs={"input_hash": f"'\\x{HASH_OF_NOTHING}'::bytea"},
            ),
            kept("lineage_is_kept"),
            pgtrigger.Trigger(
                name="nothing_from_what_was_erased",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=(
                    "IF EXISTS (SELECT 1 FROM new_rows n JOIN erased_artifact e"
                    " ON e.artifact_id = n.input_artifact_id) THEN"
                    " RAISE EXCEPTION 'nothing is made from what was erased'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} from {self.input_artifact_id or 'the original'}"
