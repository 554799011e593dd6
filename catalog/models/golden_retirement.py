from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.golden_case import GoldenCase
from catalog.models.rules import erased_only, kept, open_erasure_of


class GoldenRetirementQuerySet(models.QuerySet["GoldenRetirement"]):
    def of_case(self, case: GoldenCase) -> GoldenRetirementQuerySet:
        """Oldest first, with who did it."""
        return self.filter(case=case).select_related("actor").order_by("at", "pk")


class GoldenRetirement(models.Model):
    """That a case, or one value of it, counts no more, or counts again. Append-only.

    What stands is on the case and among its values; this says who changed it and why.
    The reason may name values, and goes with an erasure of the source.
    """

    class Act(models.TextChoices):
        RETIRE = "retire", "retired"
        RESTORE = "restore", "counts again"

    retirement_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(GoldenCase, models.PROTECT, related_name="retirements")
    slot = models.CharField(
        max_length=100, blank=True, help_text="of one value; empty: the whole case"
    )
    act = models.CharField(max_length=7, choices=Act.choices)
    because = models.CharField(max_length=200)
    value_ref = models.UUIDField(null=True, help_text="the value that it was about")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GoldenRetirementQuerySet.as_manager()

    class Meta:
        db_table = "golden_retirement"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(because=""), name="retirement_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(act__in=["retire", "restore"]),
                name="retirement_act_known",
            ),
        ]
        triggers = [
            erased_only(
                name="golden_retirement_is_a_record",
                erasing=open_erasure_of(
                    "(SELECT source_id FROM golden_case WHERE case_id = OLD.case_id)"
                ),
                scrubs={"because": "'erased'"},
            ),
            kept("golden_retirement_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.slot or 'case'} {self.get_act_display()}"
