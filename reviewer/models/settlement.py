from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models.rules import kept
from reviewer.models.decision import Decision
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import ReviewTask


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def standing(self) -> SettlementQuerySet:
        return self.filter(ended_by__isnull=True)

    def of_task(self, task: ReviewTask) -> SettlementQuerySet:
        return self.filter(item__task=task)


class Settlement(models.Model):
    """A doubtful field that nobody was asked about any more: the check that had
    contradicted its value agrees with it since a person answered another field.

    The machine's value stands in it. It is no decision of a person, and files nothing
    as true. Append-only, but that it ends once: by a person's own answer to the field,
    or by an answer or an undo after which the check agrees no more.
    """

    settlement_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="settlements")
    decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        related_name="settled",
        help_text="the answer to another field, after which the check agrees",
    )
    reason = models.CharField(
        max_length=50, help_text="what the check says now, an enum word"
    )
    settled_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_by = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")

    objects = SettlementQuerySet.as_manager()

    class Meta:
        db_table = "settlement"
        ordering = ["settled_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(ended_by__isnull=True),
                name="settled_once_at_a_time",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="settlement_is_a_record", exclude=["ended_by"]),
            pgtrigger.Protect(
                name="settlement_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_by__isnull=False),
            ),
            kept("settlement_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.item} settled: {self.reason}"
