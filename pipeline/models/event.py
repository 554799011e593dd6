from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import QuerySet

from catalog.compiled import compiled
from catalog.ids import new_id
from pipeline.models.run import Run


class ProcessingEventQuerySet(models.QuerySet["ProcessingEvent"]):
    def of_run(self, run: Run) -> ProcessingEvent | None:
        """The run's event; None before its end, or when its month was cleared away."""
        if run.finished_at is None:
            return None
        # The time leads to the one partition that can hold it.
        return next(iter(_of_run(run.finished_at, run.pk)), None)


@compiled
def _of_run(at: datetime, run_id: uuid.UUID) -> QuerySet[ProcessingEvent]:
    return ProcessingEvent.objects.filter(created_at=at, run_id=run_id)


class ProcessingEvent(models.Model):
    """The specification's `artifact_processed` event, one a run.

    Partitioned by month and disposable: state never lives here. The table is made in
    SQL (migration 0002), since Django knows no partitions.
    """

    pk = models.CompositePrimaryKey("created_at", "event_id")
    event_id = models.UUIDField(default=new_id)
    created_at = models.DateTimeField()
    run_id = models.UUIDField()
    source_id = models.UUIDField()
    tenant_id = models.UUIDField()
    modality = models.CharField(max_length=8)
    pipeline_name = models.CharField(max_length=50)
    pipeline_version = models.CharField(max_length=50)
    model_id = models.CharField(max_length=200, blank=True)
    document_type = models.CharField(max_length=50, blank=True)
    template_key = models.CharField(max_length=40, blank=True)
    disposition = models.CharField(max_length=12)
    reason = models.CharField(max_length=50)
    total_ms = models.IntegerField()
    vision_tokens = models.IntegerField()
    micro_usd = models.BigIntegerField()
    payload = models.JSONField(help_text="the event as the specification spells it")

    objects = ProcessingEventQuerySet.as_manager()

    class Meta:
        db_table = "processing_event"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"artifact_processed {self.source_id}"


class StepEvent(models.Model):
    """One step of one event, with what dashboards group by."""

    pk = models.CompositePrimaryKey("created_at", "event_id", "step_no")
    event_id = models.UUIDField()
    step_no = models.SmallIntegerField()
    created_at = models.DateTimeField()
    tenant_id = models.UUIDField()
    pipeline_name = models.CharField(max_length=50)
    pipeline_version = models.CharField(max_length=50)
    model_id = models.CharField(max_length=200, blank=True)
    template_key = models.CharField(max_length=40, blank=True)
    step = models.CharField(max_length=50)
    outcome = models.CharField(max_length=20)
    reason = models.CharField(max_length=50, blank=True)
    ms = models.IntegerField()
    vision_tokens = models.IntegerField()
    micro_usd = models.BigIntegerField()
    quality = models.JSONField()

    class Meta:
        db_table = "step_event"
        ordering = ["-created_at", "step_no"]

    def __str__(self) -> str:
        return f"{self.step}: {self.outcome}"
