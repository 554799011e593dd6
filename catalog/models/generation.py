from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.source_media import SourceMedia
from catalog.people import Viewer, within_tenants_of


class State(models.TextChoices):
    """Of a generation and of the artifacts in it."""

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

    def released(self) -> GenerationQuerySet:
        """Current generations whose values may leave the house."""
        return self.current().filter(released_at__isnull=False)


class Generation(models.Model):
    """Everything that one pipeline version made of one source.

    The unit that is compared, promoted and rolled back: OCR of one version must never
    sit under fields of another.
    """

    generation_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="generations")
    pipeline_name = models.CharField(max_length=50)
    pipeline_version = models.CharField(max_length=50)
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
                fields=["template_key"],
                condition=models.Q(state="current"),
                name="generation_template",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="generation_is_a_record", exclude=["state", "released_at"]
            ),
            pgtrigger.Protect(name="generation_is_kept", operation=pgtrigger.Delete),
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
                name="released_once",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("released_at"),
                condition=pgtrigger.Q(
                    old__released_at__isnull=False,
                    old__released_at__df=pgtrigger.F("new__released_at"),
                ),
                func=(
                    "RAISE EXCEPTION 'released_at is set once'"
                    " USING ERRCODE = 'check_violation';"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_name} {self.pipeline_version}, {self.state}"
