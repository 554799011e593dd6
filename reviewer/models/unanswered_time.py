from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models import Tenant
from catalog.models.rules import APPEND_ONLY
from reviewer.models.durations import spread_of
from reviewer.models.review_task import ReviewTask


class UnansweredTimeQuerySet(models.QuerySet["UnansweredTime"]):
    def spent(self, task_id: uuid.UUID, ended: str, active_ms: int) -> None:
        """Nothing is written of no time."""
        if active_ms > 0:
            self.create(task_id=task_id, ended=ended, active_ms=active_ms)

    def summed(
        self, tenants: Iterable[Tenant], *, since: datetime, until: datetime
    ) -> list[dict[str, Any]]:
        """By how it ended: the figures of spread_of(), most work first."""
        mine = self.filter(task__tenant__in=list(tenants), at__gte=since, at__lt=until)
        by: Any = mine.order_by().values("ended").annotate(**spread_of("active_ms"))
        return list(by.order_by("-total", "ended"))


class UnansweredTime(models.Model):
    """Time at work on a task that ended without an answer. Append-only.

    Of nobody: it is for planning the work, and judges no person.
    """

    class Ended(models.TextChoices):
        SKIPPED = "skipped", "the task was skipped"
        ESCALATED = "escalated", "a senior was asked"
        RETURNED = "returned", "it went back to who had it first"
        LEFT = "left", "its page was left"
        LEFT_OUT = "left_out", "it was taken out of a sheet"
        CLOSED = "closed", "it was closed without fields"

    time_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(
        ReviewTask, models.PROTECT, related_name="unanswered_times"
    )
    ended = models.CharField(max_length=9, choices=Ended.choices)
    active_ms = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False, db_index=True)

    objects = UnansweredTimeQuerySet.as_manager()

    class Meta:
        db_table = "unanswered_time"
        ordering = ["at"]
        triggers = [
            pgtrigger.Protect(name="unanswered_time_is_kept", operation=APPEND_ONLY)
        ]

    def __str__(self) -> str:
        return f"{self.active_ms} ms, {self.ended}"
