from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.generation import Generation
from catalog.models.source_media import SourceMedia
from catalog.people import Viewer, within_tenants_of

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Comparison(models.Model):
    """What differs between two generations of one source, slot by slot.

    differences: {"kind:slot": {"verdict", "old_hash", "new_hash"}}; hashes, not values,
    so that a comparison keeps no text of its own.
    """

    comparison_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    old_generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="compared_as_old"
    )
    new_generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="compared_as_new"
    )
    comparator_version = models.CharField(max_length=20)
    verdict = models.CharField(max_length=20)
    differences = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "comparison"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(old_generation=models.F("new_generation")),
                name="comparison_of_two",
            )
        ]
        triggers = [pgtrigger.Protect(name="comparison_is_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.old_generation_id} to {self.new_generation_id}"


class PromotionQuerySet(models.QuerySet["Promotion"]):
    def visible_to(self, user: Viewer) -> PromotionQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))


class Promotion(models.Model):
    """A ledger row: this generation took that one's place, and why. Append-only."""

    class Reason(models.TextChoices):
        FIRST = "first", "first generation of its source"
        REPLACEMENT = "replacement", "a new version, after comparison"
        DECISION = "decision", "a person decided"
        ROLLBACK = "rollback", "an earlier generation came back"

    promotion_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="promotions")
    pipeline_name = models.CharField(max_length=50)
    reason = models.CharField(max_length=11, choices=Reason.choices)
    old_generation = models.ForeignKey(
        Generation, models.PROTECT, null=True, related_name="promoted_away"
    )
    new_generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="promoted_in"
    )
    comparison = models.ForeignKey(
        Comparison, models.PROTECT, null=True, related_name="promotions"
    )
    decision_ref = models.UUIDField(null=True, help_text="the decision of a person")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        db_table = "promotion"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="promotion_says_why",
                condition=models.Q(reason="first", old_generation__isnull=True)
                | models.Q(
                    reason__in=["replacement", "rollback"],
                    old_generation__isnull=False,
                    comparison__isnull=False,
                )
                | models.Q(
                    reason="decision",
                    decision_ref__isnull=False,
                    actor__isnull=False,
                ),
            )
        ]
        indexes = [
            models.Index(fields=["source", "at"], name="promotion_history"),
            models.Index(fields=["new_generation"], name="promotion_new"),
        ]
        triggers = [
            pgtrigger.Protect(name="promotion_is_kept", operation=APPEND_ONLY),
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
