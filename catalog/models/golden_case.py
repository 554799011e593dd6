from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.rules import erasable, open_erasure_of
from catalog.models.source_media import SourceMedia
from catalog.people import HIDDEN_TRUTHS, Viewer, within_tenants_of


class GoldenCaseQuerySet(models.QuerySet["GoldenCase"]):
    def visible_to(self, user: Viewer) -> GoldenCaseQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def of_kept_sources(self) -> GoldenCaseQuerySet:
        """Without those whose source was erased, and their values with it."""
        return self.filter(source__erased_at__isnull=True)

    def active(self) -> GoldenCaseQuerySet:
        return self.filter(retired_at__isnull=True)


class GoldenCase(models.Model):
    """A source with its agreed true values, and the slices that it stands for."""

    class CameFrom(models.TextChoices):
        REVIEW = "review"
        IMPORT = "import"
        INCIDENT = "incident"

    case_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="golden_cases")
    document_type = models.CharField(max_length=50)
    slices = models.JSONField(
        default=dict, help_text='keys that figures are split on: {"template": ...}'
    )
    came_from = models.CharField(max_length=10, choices=CameFrom.choices)
    came_from_note = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="which import, which incident",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.CharField(max_length=200, blank=True)

    objects = GoldenCaseQuerySet.as_manager()

    class Meta:
        db_table = "golden_case"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(retired_at__isnull=True),
                name="one_active_case_a_source",
            ),
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True)
                | ~models.Q(retired_because=""),
                name="retired_case_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"golden case of {self.source_id}"


class GoldenValueQuerySet(models.QuerySet["GoldenValue"]):
    def standing(self) -> GoldenValueQuerySet:
        """The values that count: the latest of each slot, unless it was withdrawn."""
        newer = GoldenValue.objects.filter(
            case=models.OuterRef("case"),
            slot=models.OuterRef("slot"),
            value_id__gt=models.OuterRef("value_id"),
        )
        return self.filter(~models.Exists(newer), withdrawn=False).order_by(
            "case_id", "slot"
        )

    def shown_to(self, user: Viewer) -> GoldenValueQuerySet:
        """Of cases that the user may see: without what is hidden for a while."""
        rows = self
        for hidden in HIDDEN_TRUTHS:
            rows = rows.exclude(hidden(user))
        return rows

    def that_count(self) -> GoldenValueQuerySet:
        """Those that stand in active cases of sources that are still there."""
        return self.standing().filter(
            case__retired_at__isnull=True, case__source__erased_at__isnull=True
        )


class GoldenValue(models.Model):
    """What a slot of a golden case truly says. A later row replaces an earlier one."""

    value_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(GoldenCase, models.PROTECT, related_name="values")
    slot = models.CharField(max_length=100)
    value_type = models.CharField(max_length=10)
    value = models.TextField(blank=True, help_text="empty: the document has none")
    withdrawn = models.BooleanField(
        default=False, help_text="what was filed before is no expectation any more"
    )
    region = models.JSONField(null=True)
    machine_value = models.TextField(blank=True)
    machine_region = models.JSONField(null=True)
    pipeline_version = models.CharField(max_length=50)
    model_id = models.CharField(max_length=200, blank=True)
    other_value = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="what another version said there",
    )
    other_region = models.JSONField(null=True)
    other_version = models.CharField(
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text="that version, where a person chose between two; empty: nobody did",
    )
    decision_ref = models.UUIDField(null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GoldenValueQuerySet.as_manager()

    class Meta:
        db_table = "golden_value"
        ordering = ["case", "slot", "-created_at"]
        constraints = [
            # A replayed decision files its value once.
            models.UniqueConstraint(
                fields=["decision_ref"], name="one_golden_value_a_decision"
            )
        ]
        indexes = [
            models.Index(fields=["case", "slot", "value_id"], name="golden_value_slot")
        ]
        triggers = [
            pgtrigger.Protect(
                name="golden_value_is_a_record", operation=pgtrigger.Update
            ),
            erasable(
                name="golden_value_is_kept",
                erasing=open_erasure_of(
                    "(SELECT source_id FROM golden_case WHERE case_id = OLD.case_id)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} of {self.case_id}"
