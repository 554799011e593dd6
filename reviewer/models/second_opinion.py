from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models import Tenant
from catalog.models.rules import erased_only, kept, open_erasure_of
from catalog.people import Viewer, within_tenants_of
from reviewer.models.decision import ANSWERS, Verdict
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import ReviewTask

# The query of an erasure that is at work on what a row's item asks about.
OF_ITEM = open_erasure_of(
    "(SELECT t.source_id FROM review_item i JOIN review_task t USING (task_id)"
    " WHERE i.item_id = OLD.item_id)"
)


class SecondOpinionQuerySet(models.QuerySet["SecondOpinion"]):
    def visible_to(self, user: Viewer) -> SecondOpinionQuerySet:
        return self.filter(
            within_tenants_of(user, "item__task__tenant", crops_too=True)
        )

    def of_task(self, task: ReviewTask) -> SecondOpinionQuerySet:
        return self.filter(item__task=task)

    def about_documents(self) -> SecondOpinionQuerySet:
        """Without those to planted errors, which say nothing of a document."""
        return self.filter(item__planted__isnull=True)

    def timed(
        self, tenants: Iterable[Tenant], *, since: datetime, until: datetime
    ) -> dict[str, Any]:
        """How many came too late in that time, and the milliseconds at work on them."""
        given = self.filter(
            item__task__tenant__in=list(tenants),
            given_at__gte=since,
            given_at__lt=until,
            active_ms__gt=0,
        )
        return given.aggregate(n=models.Count("*"), total=models.Sum("active_ms"))

    def with_answers(self) -> SecondOpinionQuerySet:
        """Oldest first, with all that telling of them needs."""
        return self.select_related("item__task__source", "reviewer").order_by(
            "given_at"
        )


class SecondOpinion(models.Model):
    """An answer that came when its reservation was another's, or its task was done.

    It changes nothing that stands. The value goes with the source's erasure; that
    somebody answered, who, and when, stays.
    """

    class Because(models.TextChoices):
        TAKEN = "taken", "somebody else had the task"
        DONE = "done", "the task was done"
        WITHDRAWN = "withdrawn", "the task was withdrawn"
        ANSWERED = "answered", "the field had been answered since"
        UNHELD = "unheld", "the reservation was over"

    decision_id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="opinions")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=9, choices=Because.choices)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    value = models.TextField(blank=True)
    region = models.JSONField(null=True)
    active_ms = models.PositiveIntegerField(default=0)
    given_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SecondOpinionQuerySet.as_manager()

    class Meta:
        db_table = "second_opinion"
        ordering = ["given_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=ANSWERS),
                name="opinion_verdict_known",
            ),
        ]
        triggers = [
            erased_only(
                name="opinion_is_a_record",
                erasing=OF_ITEM,
                scrubs={"value": "''", "region": "NULL"},
            ),
            kept("opinion_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.reviewer}, beside"


class TaskNoteQuerySet(models.QuerySet["TaskNote"]):
    def of_task(self, task: ReviewTask) -> TaskNoteQuerySet:
        return self.filter(task=task).select_related("author", "to")


class TaskNote(models.Model):
    """What people said to each other about a task. Append-only; the text is erasable.

    The id is made by the writer, so that a note sent twice is one.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", "comment"
        ESCALATE = "escalate", "asked for a senior"
        RETURN = "return", "returned to the first reviewer"

    note_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(ReviewTask, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    text = models.CharField(max_length=1000, blank=True)
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TaskNoteQuerySet.as_manager()

    class Meta:
        db_table = "task_note"
        ordering = ["written_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="return", to__isnull=False)
                | (~models.Q(kind="return") & models.Q(to__isnull=True)),
                name="return_says_to_whom",
            ),
        ]
        triggers = [
            erased_only(
                name="note_is_a_record",
                erasing=open_erasure_of(
                    "(SELECT source_id FROM review_task WHERE task_id = OLD.task_id)"
                ),
                scrubs={"text": "''"},
            ),
            kept("note_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.author}"
