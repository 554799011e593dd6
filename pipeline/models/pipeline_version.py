from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models import Generation

semantic_version = RegexValidator(
    r"^\d+\.\d+\.\d+$", "Give three numbers with points between, such as 1.4.0."
)


class PipelineVersionQuerySet(models.QuerySet["PipelineVersion"]):
    def released(self) -> PipelineVersionQuerySet:
        return self.filter(state=PipelineVersion.State.RELEASED)

    def active(self) -> PipelineVersionQuerySet:
        return self.filter(active=True)

    def with_unguarded(self) -> PipelineVersionQuerySet:
        """Annotated with unguarded: somebody once let it read without a gate."""
        told = models.Exists(
            self.model._meta.apps.get_model("pipeline", "Activation").objects.filter(
                pipeline_version=models.OuterRef("pk"), reason="unguarded"
            )
        )
        return self.annotate(unguarded=told)

    def unguarded(self) -> PipelineVersionQuerySet:
        return self.filter(activations__reason="unguarded").distinct()

    def of(self, generation: Generation) -> PipelineVersion:
        """The version that made a generation, or that which it restores."""
        return self.get(
            name=generation.pipeline_name, version=generation.pipeline_version
        )

    def named(self, reference: str) -> PipelineVersion:
        """The version that "name" (its active one) or "name@version" means.

        Raises PipelineVersion.DoesNotExist.
        """
        name, _, version = reference.partition("@")
        if version:
            return self.get(name=name, version=version)
        return self.active().get(name=name)


class PipelineVersion(models.Model):
    """A frozen manifest: steps, code versions, parameters, document types, models.

    Its digest is its identity. The database refuses changes once it is released.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        RELEASED = "released"
        RETIRED = "retired"

    version_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=50, default="doc-extract")
    version = models.CharField(max_length=20, validators=[semantic_version])
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    active = models.BooleanField(
        default=False, help_text="what new sources are read by"
    )
    manifest = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    base = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="drafts"
    )
    notes = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    released_at = models.DateTimeField(null=True, editable=False)

    objects = PipelineVersionQuerySet.as_manager()

    class Meta:
        db_table = "pipeline_version"
        ordering = ["name", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"], name="pipeline_version_once"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(active=True),
                name="one_active_version",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", active=False)
                | models.Q(state="released")
                | models.Q(state="retired", active=False),
                name="active_version_is_released",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", digest="")
                | (~models.Q(state="draft") & ~models.Q(digest="")),
                name="released_version_has_digest",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="released_version_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["state", "active"]),
                func=(
                    "IF OLD.state <> 'draft' THEN"
                    " RAISE EXCEPTION 'a released version is frozen'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="active_for_a_reason",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__active=True),
                func=(
                    "IF TG_OP = 'INSERT' OR NOT OLD.active AND NOT EXISTS ("
                    " SELECT 1 FROM activation"
                    " WHERE pipeline_version_id = NEW.version_id AND transaction ="
                    " pg_current_xact_id()::text::bigint) THEN"
                    " RAISE EXCEPTION 'a version becomes active by an activation'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Protect(
                name="released_version_is_kept",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
            ),
            pgtrigger.FSM(
                name="version_states",
                field="state",
                transitions=[("draft", "released"), ("released", "retired")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.manifest["steps"])
