from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.comparison import Comparison
from catalog.models.generation import Generation
from catalog.models.ledger import ENTRY_OF_PROMOTIONS, takes_entry
from catalog.models.promotion_rules import promotion_holds
from catalog.models.rules import APPEND_ONLY
from catalog.models.source_media import SourceMedia
from catalog.people import Viewer, within_tenants_of


class PromotionBatchQuerySet(models.QuerySet["PromotionBatch"]):
    def visible_to(self, user: Viewer) -> PromotionBatchQuerySet:
        """Those that put something in place in one of the user's tenants."""
        if user.is_superuser:
            return self
        own = Promotion.objects.visible_to(user).filter(batch=models.OuterRef("pk"))
        return self.filter(models.Exists(own))

    def newest_first(self) -> PromotionBatchQuerySet:
        return self.order_by("-batch_id")


class PromotionBatch(models.Model):
    """One act that replaced generations, of one source or of a million. Append-only."""

    batch_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pipeline_name = models.CharField(max_length=50)
    selection = models.JSONField(
        default=dict, help_text="what was chosen: slices and counts, no values"
    )
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="undone_by"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PromotionBatchQuerySet.as_manager()

    class Meta:
        db_table = "promotion_batch"
        ordering = ["-at"]
        verbose_name_plural = "promotion batches"
        triggers = [pgtrigger.Protect(name="batch_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.pipeline_name} at {self.at:%Y-%m-%d %H:%M}"


class PromotionQuerySet(models.QuerySet["Promotion"]):
    def visible_to(self, user: Viewer) -> PromotionQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def replacements(self) -> PromotionQuerySet:
        """Those that put one generation in another's place, by machine or back."""
        kinds = [Promotion.Reason.REPLACEMENT, Promotion.Reason.ROLLBACK]
        return self.filter(reason__in=kinds)

    def undoable(self) -> PromotionQuerySet:
        """Those whose generation still stands, so that the one before can come back."""
        return self.replacements().filter(
            new_generation__state="current", undone_by__isnull=True
        )

    def of_tenants(self, tenants: Iterable[uuid.UUID] | None) -> PromotionQuerySet:
        """None: of all."""
        if tenants is None:
            return self
        return self.filter(source__tenant__in=list(tenants))

    def of_template(self, template_key: str) -> PromotionQuerySet:
        return self.filter(new_generation__template_key=template_key)

    def with_both_readings(self) -> PromotionQuerySet:
        """With the source and what went and came, in one query."""
        return self.select_related(
            "source__tenant", "old_generation", "new_generation", "comparison", "batch"
        )

    def since(self, at: datetime) -> PromotionQuerySet:
        return self.filter(at__gte=at)


class Promotion(models.Model):
    """A ledger row: this generation took that one's place, and why. Append-only.

    undoes: the promotion that a rollback takes back; its comparison is named again.
    """

    class Reason(models.TextChoices):
        FIRST = "first", "first generation of its source"
        REPLACEMENT = "replacement", "a new version, after comparison"
        DECISION = "decision", "a person decided"
        ROLLBACK = "rollback", "an earlier generation came back"

    promotion_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(
        SourceMedia, models.PROTECT, related_name="promotions", db_index=False
    )
    pipeline_name = models.CharField(max_length=50)
    reason = models.CharField(max_length=11, choices=Reason.choices)
    old_generation = models.ForeignKey(
        Generation, models.PROTECT, null=True, related_name="promoted_away"
    )
    new_generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="promoted_in"
    )
    comparison = models.ForeignKey(
        Comparison,
        models.PROTECT,
        null=True,
        related_name="promotions",
        db_index=False,
    )
    decision_ref = models.UUIDField(null=True, help_text="the decision of a person")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    batch = models.ForeignKey(
        PromotionBatch, models.PROTECT, null=True, related_name="promotions"
    )
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by"
    )
    entry = models.BigIntegerField(editable=False, help_text="of the ledger")
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        db_table = "promotion"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="promotion_says_why",
                condition=models.Q(
                    reason="first",
                    old_generation__isnull=True,
                    batch__isnull=True,
                    undoes__isnull=True,
                )
                | models.Q(
                    reason="replacement",
                    old_generation__isnull=False,
                    comparison__isnull=False,
                    batch__isnull=False,
                    undoes__isnull=True,
                )
                | models.Q(
                    reason="rollback",
                    old_generation__isnull=False,
                    comparison__isnull=False,
                    batch__isnull=False,
                    undoes__isnull=False,
                )
                | models.Q(
                    reason="decision",
                    decision_ref__isnull=False,
                    actor__isnull=False,
                    batch__isnull=True,
                    undoes__isnull=True,
                ),
            )
        ]
        indexes = [
            models.Index(fields=["source", "at"], name="promotion_history"),
            models.Index(fields=["entry"], name="promotion_entry"),
        ]
        triggers = [
            pgtrigger.Protect(name="promotion_is_kept", operation=APPEND_ONLY),
            promotion_holds(),
            *takes_entry(ENTRY_OF_PROMOTIONS),
            pgtrigger.Trigger(
                name="first_is_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__reason="first"),
                func=(
                    "IF EXISTS (SELECT 1 FROM promotion WHERE source_id = NEW.source_id"
                    " AND pipeline_name = NEW.pipeline_name) THEN"
                    " RAISE EXCEPTION 'source % already had a first generation',"
                    " NEW.source_id USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} at {self.at:%Y-%m-%d %H:%M}"
