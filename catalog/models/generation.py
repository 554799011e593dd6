from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.rules import erased_only, kept, open_erasure_of
from catalog.models.source_media import SourceMedia
from catalog.models.version_tally import tally_triggers
from catalog.people import Viewer, within_tenants_of
from catalog.slices import Slice

if TYPE_CHECKING:
    from catalog.blast_radius import BlastRadius


BY_TENANT: tuple[str, ...] = ("source__tenant",)


class State(models.TextChoices):
    """Of a generation and of the artifacts in it.

    It goes one way: a candidate becomes current or rejected, what is current becomes
    superseded. What comes back does so as a new generation that restores the old one.
    """

    CANDIDATE = "candidate"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    ERASED = "erased"


class Disposition(models.TextChoices):
    AUTO_ACCEPT = "auto_accept"
    HUMAN_REVIEW = "human_review"
    REJECTED = "rejected"


class GenerationQuerySet(models.QuerySet["Generation"]):
    def visible_to(self, user: Viewer) -> GenerationQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def current(self) -> GenerationQuerySet:
        return self.filter(state=State.CURRENT)

    def candidates_of(self, name: str, version: str) -> GenerationQuerySet:
        """What a version has read and nobody has decided about, of one pipeline."""
        return self.filter(
            pipeline_name=name,
            pipeline_version=version,
            state=State.CANDIDATE,
            complete=True,
        )

    def released(self) -> GenerationQuerySet:
        """Current generations whose values may leave the house."""
        return self.current().filter(released_at__isnull=False)

    def in_slice(self, wanted: Slice) -> GenerationQuerySet:
        return self.filter(wanted.conditions())

    def blast_radius(self, wanted: Slice) -> BlastRadius:
        """Exact counts of what a slice holds and of who was told of it."""
        from catalog.blast_radius import blast_radius_of

        return blast_radius_of(wanted)

    def by_tenant(self) -> models.QuerySet[Generation, dict[str, Any]]:
        """{"source__tenant", "generations", "sources"}."""
        counts: models.QuerySet[Generation, dict[str, Any]] = (
            self.order_by()
            .values(*BY_TENANT)
            .annotate(
                generations=models.Count("pk"),
                sources=models.Count("source", distinct=True),
            )
        )
        return counts

    def behind(self, pipeline_name: str, versions: Iterable[str]) -> GenerationQuerySet:
        """Current ones of the given versions, in the order of after()."""
        return self.current().filter(
            pipeline_name=pipeline_name, pipeline_version__in=list(versions)
        )

    def after(self, source_id: uuid.UUID | None) -> GenerationQuerySet:
        """One generation a source, the newest, in order of the sources' ids.

        source_id: where the page before ended; None for the first page.
        """
        rows = self if source_id is None else self.filter(source__gt=source_id)
        return rows.order_by("source_id", "-created_at").distinct("source_id")


class Generation(models.Model):
    """Everything that one pipeline version made of one source.

    The unit that is compared, promoted and rolled back: OCR of one version must never
    sit under fields of another.
    """

    generation_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(
        SourceMedia, models.PROTECT, related_name="generations", db_index=False
    )
    pipeline_name = models.CharField(max_length=50)
    pipeline_version = models.CharField(max_length=50)
    model_id = models.CharField(
        max_length=200, blank=True, help_text="of all its steps, joined by +"
    )
    steps = models.JSONField(
        default=list, help_text="one entry a step: outcome, figures, memo key; no text"
    )
    restores = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="restored_by",
        db_index=False,
        help_text="the generation that came back in this one",
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.CANDIDATE
    )
    complete = models.BooleanField(help_text="every step of the version did its work")
    document_type = models.CharField(max_length=50, blank=True)
    template_key = models.CharField(max_length=40, blank=True)
    disposition = models.CharField(max_length=12, choices=Disposition.choices)
    reason = models.CharField(max_length=50)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    released_at = models.DateTimeField(
        null=True, help_text="when its values were accepted, by machine or by people"
    )

    objects = GenerationQuerySet.as_manager()

    class Meta:
        db_table = "generation"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "pipeline_name"],
                condition=models.Q(state="current"),
                name="one_current_generation",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values),
                name="generation_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(disposition__in=Disposition.values),
                name="generation_disposition_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="current") | models.Q(complete=True),
                name="current_generation_is_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "-created_at"], name="generation_history"),
            models.Index(
                fields=["template_key", "pipeline_name", "pipeline_version"],
                name="generation_slice",
            ),
            # What a version says now, source by source: what is behind, in batches.
            models.Index(
                fields=["pipeline_name", "pipeline_version", "source"],
                condition=models.Q(state="current"),
                name="generation_by_version",
            ),
            # Read between two times; rows come in order of it, so this is tiny.
            BrinIndex(fields=["created_at"], name="generation_time"),
        ]
        triggers = [
            *tally_triggers(),
            erased_only(
                name="generation_is_a_record",
                free={"state": "state", "released_at": "released_at"},
                erasing=open_erasure_of("OLD.source_id"),
                scrubs={"template_key": "''", "steps": "'[]'::jsonb"},
            ),
            kept("generation_is_kept"),
            pgtrigger.Trigger(
                name="nothing_read_after_erasure",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=(
                    "IF EXISTS (SELECT 1 FROM new_rows n JOIN erasure e"
                    " USING (source_id)) THEN"
                    " RAISE EXCEPTION 'the source was erased'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
            pgtrigger.FSM(
                name="generation_states",
                field="state",
                transitions=[
                    ("candidate", "current"),
                    ("candidate", "rejected"),
                    ("current", "superseded"),
                    ("candidate", "erased"),
                    ("current", "erased"),
                    ("superseded", "erased"),
                    ("rejected", "erased"),
                ],
            ),
            pgtrigger.Trigger(
                name="erased_by_erasure",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(new__state="erased"),
                func=(
                    f"IF NOT EXISTS ({open_erasure_of('NEW.source_id')}) THEN"
                    " RAISE EXCEPTION 'only an erasure may erase a generation'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="current_only_by_promotion",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state="current"),
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM promotion"
                    " WHERE new_generation_id = NEW.generation_id) THEN"
                    " RAISE EXCEPTION 'generation % is current without a promotion',"
                    " NEW.generation_id USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NULL;"
                ),
            ),
            pgtrigger.Trigger(
                name="superseded_only_by_promotion",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state="superseded"),
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM promotion"
                    " WHERE old_generation_id = NEW.generation_id"
                    " AND reason IN ('replacement', 'rollback')) THEN"
                    " RAISE EXCEPTION 'generation % is superseded without a promotion',"
                    " NEW.generation_id USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NULL;"
                ),
            ),
            pgtrigger.Trigger(
                name="released_once",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("released_at"),
                condition=pgtrigger.Q(
                    old__released_at__isnull=False,
                    old__released_at__df=pgtrigger.F("new__released_at"),
                ),
                # A person may take the last answer back while nobody was told.
                func=(
                    "IF NEW.released_at IS NULL AND NOT EXISTS (SELECT 1"
                    " FROM derived_artifact a JOIN delivered_artifact d"
                    " USING (artifact_id) WHERE a.generation_id = NEW.generation_id)"
                    " THEN RETURN NEW; END IF;"
                    " RAISE EXCEPTION 'released_at is set once, and taken back only"
                    " while nothing of it was delivered'"
                    " USING ERRCODE = 'check_violation';"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_name} {self.pipeline_version}, {self.state}"
