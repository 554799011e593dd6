from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import Comparison, Generation, SourceMedia
from catalog.people import Viewer, within_tenants_of
from pipeline.models.pipeline_version import PipelineVersion


class Stage(models.IntegerChoices):
    """A reprocess goes through them in order, and waits between them to be told on."""

    CANARY = 1, "canary"
    SAMPLE = 2, "sample"
    ALL = 3, "all"


class ReprocessQuerySet(models.QuerySet["Reprocess"]):
    def working(self) -> ReprocessQuerySet:
        return self.filter(state=Reprocess.State.RUNNING)


class Reprocess(models.Model):
    """A frozen selection of sources to be read by a frozen version, and how far it is.

    It makes candidates and comparisons; nothing is put in place by it.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        FINISHED = "finished"
        CANCELLED = "cancelled"

    class Why(models.TextChoices):
        """Why it does not run."""

        STAGE_DONE = "stage_done", "its stage is done"
        PERSON = "person", "somebody stopped it"
        BUDGET = "budget", "its budget is spent"
        NOT_RUNNABLE = "not_runnable", "this machine cannot run the version"

    reprocess_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pipeline_version = models.ForeignKey(
        PipelineVersion, models.PROTECT, related_name="reprocesses"
    )
    selection = models.JSONField(
        default=dict, help_text="what was chosen: slices, no values"
    )
    seed = models.BigIntegerField(help_text="of the random order of its items")
    canary_share = models.FloatField(default=0.01)
    sample_share = models.FloatField(default=0.1)
    items_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    stage = models.PositiveSmallIntegerField(
        choices=Stage.choices, default=Stage.CANARY
    )
    until_stage = models.PositiveSmallIntegerField(
        choices=Stage.choices,
        default=Stage.CANARY,
        help_text="it goes on by itself up to the end of this stage",
    )
    budget_micro_usd = models.BigIntegerField(null=True, help_text="empty: no limit")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True)

    objects = ReprocessQuerySet.as_manager()

    class Meta:
        db_table = "reprocess"
        ordering = ["-created_at"]
        verbose_name_plural = "reprocesses"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="paused") & ~models.Q(why="")
                | ~models.Q(state="paused"),
                name="paused_reprocess_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__gte=1, stage__lte=3, until_stage__lte=3)
                & models.Q(until_stage__gte=models.F("stage")),
                name="reprocess_stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(budget_micro_usd__isnull=True)
                | models.Q(budget_micro_usd__gte=0),
                name="budget_not_negative",
            ),
        ]
        triggers = [
            # What was chosen stays chosen: a figure of today means the same tomorrow.
            pgtrigger.ReadOnly(
                name="reprocess_is_frozen",
                fields=["pipeline_version", "selection", "seed", "created_by"],
            ),
            pgtrigger.Protect(name="reprocess_is_kept", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="reprocess_states",
                field="state",
                transitions=[
                    ("running", "paused"),
                    ("paused", "running"),
                    ("running", "finished"),
                    ("running", "cancelled"),
                    ("paused", "cancelled"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"reprocess to {self.pipeline_version}"


class ReprocessItemQuerySet(models.QuerySet["ReprocessItem"]):
    def visible_to(self, user: Viewer) -> ReprocessItemQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def due(self, reprocess: Reprocess) -> ReprocessItemQuerySet:
        """What may be claimed now: waiting, or its worker's lease has ended."""
        now = timezone.now()
        waiting = models.Q(state=ReprocessItem.State.WAITING) & (
            models.Q(not_before__isnull=True) | models.Q(not_before__lte=now)
        )
        lost = models.Q(state=ReprocessItem.State.WORKING, lease_until__lt=now)
        return self.filter(
            waiting | lost, reprocess=reprocess, stage=reprocess.stage
        ).order_by("position")

    def compared(self) -> ReprocessItemQuerySet:
        """Those of which old and new can be set side by side."""
        return self.filter(state=ReprocessItem.State.DONE, comparison__isnull=False)

    def totals(self) -> dict[str, Any]:
        """{state: count} and the sums of milliseconds, cost and steps."""
        counts = dict(
            self.order_by().values_list("state").annotate(n=models.Count("pk"))
        )
        sums = self.aggregate(
            ms=models.Sum("ms", default=0),
            micro_usd=models.Sum("micro_usd", default=0),
            steps_run=models.Sum("steps_run", default=0),
            steps_spared=models.Sum("steps_spared", default=0),
        )
        return {"states": counts, **sums}


class ReprocessItem(models.Model):
    """One source of a reprocess: who works on it until when, and what came of it.

    slices: {"tenant", "template", "document_type", "modality", "quality"}, as the
    reading that was current said when the two were compared.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        WORKING = "working"
        DONE = "done"
        FAILED = "failed"
        SKIPPED = "skipped"

    item_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reprocess = models.ForeignKey(
        Reprocess, models.PROTECT, related_name="items", db_index=False
    )
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="+")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    position = models.IntegerField(help_text="in the random order of the reprocess")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="pause after a failure")
    reason = models.CharField(max_length=50, blank=True)
    old_generation = models.ForeignKey(
        Generation, models.PROTECT, null=True, related_name="+"
    )
    new_generation = models.ForeignKey(
        Generation, models.PROTECT, null=True, related_name="+"
    )
    comparison = models.ForeignKey(
        Comparison, models.PROTECT, null=True, related_name="+"
    )
    slices = models.JSONField(default=dict)
    ms = models.IntegerField(default=0, help_text="of all steps that ran")
    micro_usd = models.BigIntegerField(default=0)
    steps_run = models.PositiveSmallIntegerField(default=0)
    steps_spared = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = ReprocessItemQuerySet.as_manager()

    class Meta:
        db_table = "reprocess_item"
        ordering = ["reprocess", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reprocess", "source"], name="source_once_a_reprocess"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(new_generation__isnull=False, finished_at__isnull=False),
                name="done_item_has_generation",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="working")
                | models.Q(lease_until__isnull=False),
                name="item_at_work_has_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["failed", "skipped"])
                | ~models.Q(reason=""),
                name="ended_item_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reprocess", "stage", "position"],
                condition=models.Q(state__in=["waiting", "working"]),
                name="reprocess_item_due",
            ),
            models.Index(fields=["reprocess", "state"], name="reprocess_item_states"),
        ]
        triggers = [pgtrigger.Protect(name="item_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.state}"
