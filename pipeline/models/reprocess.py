from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import Tenant
from catalog.people import Viewer
from pipeline.models.pipeline_version import PipelineVersion


class Stage(models.IntegerChoices):
    """A reprocess goes through them in order, and waits between them to be told on."""

    CANARY = 1, "canary"
    SAMPLE = 2, "sample"
    ALL = 3, "all"


class ReprocessQuerySet(models.QuerySet["Reprocess"]):
    def working(self) -> ReprocessQuerySet:
        return self.filter(state=Reprocess.State.RUNNING)

    def open(self) -> ReprocessQuerySet:
        """Neither finished nor given up."""
        return self.filter(state__in=[Reprocess.State.RUNNING, Reprocess.State.PAUSED])

    def of_tenants(self, tenants: Iterable[uuid.UUID] | None) -> ReprocessQuerySet:
        """Those that hold sources of one of the tenants. tenants: ids; None is all."""
        if tenants is None:
            return self
        return self.filter(selection__tenants__has_any_keys=[str(t) for t in tenants])

    def visible_to(self, user: Viewer) -> ReprocessQuerySet:
        if user.is_superuser:
            return self
        own = Tenant.objects.visible_to(user).values_list("pk", flat=True)
        return self.of_tenants(list(own))

    def standing_still(self, *, since: datetime) -> ReprocessQuerySet:
        """At work, they say, but nothing is under a lease and nothing ended since."""
        from pipeline.models.reprocess_item import ReprocessItem

        items = ReprocessItem.objects.filter(reprocess=models.OuterRef("pk"))
        held = items.filter(
            state=ReprocessItem.State.WORKING, lease_until__gt=timezone.now()
        )
        return self.working().filter(
            ~models.Exists(held),
            ~models.Exists(items.filter(finished_at__gt=since)),
            state_since__lt=since,
        )


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
        default=dict,
        help_text="what was chosen: slices, no values; and whose sources it found",
    )
    seed = models.BigIntegerField(help_text="of the random order of its items")
    canary_share = models.FloatField(default=0.01)
    sample_share = models.FloatField(default=0.1)
    items_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    state_since = models.DateTimeField(default=timezone.now, editable=False)
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
                fields=[
                    *("pipeline_version", "selection", "seed", "created_by"),
                    *("canary_share", "sample_share", "created_at"),
                ],
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
                    # Items that failed may be tried again.
                    ("finished", "running"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"reprocess to {self.pipeline_version}"

    @property
    def tenant_ids(self) -> list[uuid.UUID]:
        """Whose sources are in it."""
        return [uuid.UUID(one) for one in self.selection["tenants"]]

    @property
    def narrowed_by(self) -> tuple[str, ...]:
        """What its sources were chosen by, beside whose they are; (): it is wide."""
        return tuple(sorted(self.selection.keys() - {"tenants"}))
