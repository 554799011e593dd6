from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.models.rules import APPEND_ONLY
from reviewer.models.review_task import ReviewTask


class SiblingQuerySet(models.QuerySet["Sibling"]):
    def caused_by(self, *tasks: ReviewTask) -> SiblingQuerySet:
        return self.filter(cause__in=tasks).select_related("task__source")


class Sibling(models.Model):
    """A document that is looked at since another one like it was found wrong.

    It was not drawn at random, and so counts in no proof of an audit. Append-only.
    """

    task = models.OneToOneField(
        ReviewTask, models.PROTECT, primary_key=True, related_name="sibling"
    )
    cause = models.ForeignKey(
        ReviewTask,
        models.PROTECT,
        related_name="siblings",
        help_text="the check that found the error",
    )
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SiblingQuerySet.as_manager()

    class Meta:
        db_table = "sibling"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(task=models.F("cause")), name="sibling_of_another"
            )
        ]
        triggers = [pgtrigger.Protect(name="sibling_kept", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"sibling of {self.cause_id}"
