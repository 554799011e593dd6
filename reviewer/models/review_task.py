from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import DerivedArtifact, Generation, SourceMedia, Tenant

if TYPE_CHECKING:
    from catalog.people import Viewer


class Stakes(models.IntegerChoices):
    """How much hangs on a task; the queue's first order."""

    LOW = 1, "low"
    MEDIUM = 2, "medium"
    HIGH = 3, "high"


class ReviewTaskQuerySet(models.QuerySet["ReviewTask"]):
    def visible_to(self, user: Viewer) -> ReviewTaskQuerySet:
        if user.is_superuser:
            return self
        return self.filter(tenant__memberships__user_id=user.pk)

    def open(self) -> ReviewTaskQuerySet:
        return self.filter(state=ReviewTask.State.OPEN)

    def in_triage_order(self) -> ReviewTaskQuerySet:
        """High stakes first, conflicts before doubts, then the oldest."""
        return self.order_by("-priority", "created_at", "task_id")

    def reserved_by(self, user: Viewer) -> ReviewTaskQuerySet:
        return self.open().filter(
            reserver_id=user.pk, reserved_until__gt=timezone.now()
        )

    def free_for(self, user: Viewer) -> ReviewTaskQuerySet:
        """Open tasks that nobody else holds: never reserved, run out, or the user's."""
        return self.open().filter(
            models.Q(reserved_until__isnull=True)
            | models.Q(reserved_until__lte=timezone.now())
            | models.Q(reserver_id=user.pk)
        )

    def not_skipped_by(self, user: Viewer) -> ReviewTaskQuerySet:
        return self.exclude(skipped_by__contains=[user.pk])


class ReviewTask(models.Model):
    """What a person is asked about one generation, and who holds it until when.

    Narrow on purpose: no text and no values, so that the queue stays fast when long.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    task_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="review_tasks")
    generation = models.ForeignKey(
        Generation, models.PROTECT, related_name="review_tasks"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    stakes = models.SmallIntegerField(choices=Stakes.choices)
    priority = models.IntegerField(help_text="triage order, highest first")
    reason = models.CharField(max_length=50, help_text="why it is here, an enum word")
    document_type = models.CharField(max_length=50, blank=True)
    template_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    done_at = models.DateTimeField(null=True)
    reserver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reservation_token = models.UUIDField(null=True)
    reserved_until = models.DateTimeField(null=True)
    skipped_by = ArrayField(models.IntegerField(), default=list, blank=True)

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        db_table = "review_task"
        constraints = [
            models.UniqueConstraint(
                fields=["generation"],
                condition=models.Q(state="open"),
                name="one_open_task_a_generation",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    reserver__isnull=True,
                    reservation_token__isnull=True,
                    reserved_until__isnull=True,
                )
                | models.Q(
                    reserver__isnull=False,
                    reservation_token__isnull=False,
                    reserved_until__isnull=False,
                ),
                name="reservation_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(done_at__isnull=False),
                name="done_task_has_time",
            ),
        ]
        indexes = [
            models.Index(
                "tenant",
                models.F("priority").desc(),
                "created_at",
                "task_id",
                condition=models.Q(state="open"),
                name="review_task_triage",
            )
        ]

    def __str__(self) -> str:
        return f"review of {self.source_id}: {self.reason}"

    @property
    def is_held(self) -> bool:
        return self.reserved_until is not None and self.reserved_until > timezone.now()

    def is_held_by_other(self, user: Viewer) -> bool:
        return self.is_held and self.reserver_id != user.pk


class ReviewItem(models.Model):
    """One doubtful field of a task; artifact is null where nothing was found."""

    item_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(ReviewTask, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    slot = models.CharField(max_length=100)
    value_type = models.CharField(max_length=10)
    critical = models.BooleanField()
    artifact = models.ForeignKey(
        DerivedArtifact, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=50)
    decided = models.BooleanField(default=False)

    class Meta:
        db_table = "review_item"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["task", "slot"], name="item_once_a_task")
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.reason}"
