from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import Disposition, Generation, SourceMedia
from catalog.people import Viewer, within_tenants_of
from pipeline.models.pipeline_version import PipelineVersion


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: Viewer) -> RunQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def open(self) -> RunQuerySet:
        return self.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING])

    def waiting(self, lane: str) -> RunQuerySet:
        """Queued runs of a lane, oldest first."""
        return self.filter(state=Run.State.QUEUED, lane=lane).order_by(
            "requested_at", "run_id"
        )

    def due(self, now: datetime | None = None) -> RunQuerySet:
        """Queued runs that need not wait after a failure, or no longer."""
        now = now or timezone.now()
        return self.filter(state=Run.State.QUEUED).filter(
            models.Q(not_before__isnull=True) | models.Q(not_before__lte=now)
        )

    def lost(self) -> RunQuerySet:
        """Running, they say, but the worker's lease has ended: it died."""
        return self.filter(state=Run.State.RUNNING, lease_until__lt=timezone.now())


class Run(models.Model):
    """One execution of a pipeline version on a source."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"

    class Lane(models.TextChoices):
        INTERACTIVE = "interactive"
        BATCH = "batch"

    run_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="runs")
    pipeline_version = models.ForeignKey(
        PipelineVersion, models.PROTECT, related_name="runs"
    )
    lane = models.CharField(max_length=11, choices=Lane.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=50, blank=True, help_text="the step at work now")
    generation = models.OneToOneField(
        Generation, models.PROTECT, null=True, related_name="run"
    )
    disposition = models.CharField(
        max_length=12, choices=Disposition.choices, blank=True
    )
    reason = models.CharField(max_length=50, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="pause after a failure")
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        db_table = "run"
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "pipeline_version"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_open_run",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "failed"])
                | models.Q(
                    state="finished",
                    generation__isnull=False,
                    finished_at__isnull=False,
                ),
                name="finished_run_has_generation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "requested_at", "run_id"],
                condition=models.Q(state="queued"),
                name="run_waiting",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state="running"),
                name="run_lease",
            ),
            models.Index(fields=["source", "-requested_at"], name="run_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} run"
