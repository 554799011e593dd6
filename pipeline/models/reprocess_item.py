from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import models
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import Comparison, Generation, GoldenCase, SourceMedia
from catalog.models.rules import open_erasure_of
from catalog.people import Viewer, within_tenants_of
from pipeline.models.reprocess import Reprocess, Stage

TAKES_NO_MORE = """
IF EXISTS (SELECT 1 FROM (SELECT DISTINCT reprocess_id FROM new_rows) n
    JOIN reprocess USING (reprocess_id)
    WHERE created_at < transaction_timestamp()) THEN
    RAISE EXCEPTION 'a reprocess takes no more items once it has begun'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""
COMPARES_ITS_SOURCE = """
IF EXISTS (SELECT 1 FROM generation
        WHERE generation_id IN (NEW.old_generation_id, NEW.new_generation_id)
            AND source_id <> NEW.source_id)
    OR NEW.comparison_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM comparison
        WHERE comparison_id = NEW.comparison_id
            AND old_generation_id = NEW.old_generation_id
            AND new_generation_id = NEW.new_generation_id) THEN
    RAISE EXCEPTION 'an item is about the readings of its own source'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
# An erasure takes out the template, which was the document's.
DONE_IS_A_RECORD = f"""
IF EXISTS ({open_erasure_of("OLD.source_id")})
    AND NEW.slices = OLD.slices || '{{"template": ""}}' THEN
    OLD.slices := NEW.slices;
END IF;
IF OLD IS DISTINCT FROM NEW THEN
    RAISE EXCEPTION 'what was read and compared is a record'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class ReprocessItemQuerySet(models.QuerySet["ReprocessItem"]):
    def visible_to(self, user: Viewer) -> ReprocessItemQuerySet:
        return self.filter(within_tenants_of(user, "source__tenant"))

    def due(self, reprocess: Reprocess) -> ReprocessItemQuerySet:
        """What may be claimed now: waiting, or its worker's lease has ended."""
        return self.due_at(timezone.now(), reprocess.pk, reprocess.stage)

    def due_at(
        self, now: datetime, reprocess_id: uuid.UUID, stage: int
    ) -> ReprocessItemQuerySet:
        """As due, in values alone."""
        waiting = models.Q(state=ReprocessItem.State.WAITING) & (
            models.Q(not_before__isnull=True) | models.Q(not_before__lte=now)
        )
        lost = models.Q(state=ReprocessItem.State.WORKING, lease_until__lt=now)
        return self.filter(
            waiting | lost, reprocess=reprocess_id, stage__lte=stage
        ).order_by("stage", "position")

    def at_work(self, reprocess: Reprocess) -> ReprocessItemQuerySet:
        """Under a lease."""
        return self.filter(
            reprocess=reprocess,
            state=ReprocessItem.State.WORKING,
            lease_until__gte=timezone.now(),
        )

    def open(self) -> ReprocessItemQuerySet:
        return self.filter(
            state__in=[ReprocessItem.State.WAITING, ReprocessItem.State.WORKING]
        )

    def left(self, reprocess: Reprocess) -> ReprocessItemQuerySet:
        """Of the stages that were begun: waiting, or at work."""
        return self.open().filter(reprocess=reprocess, stage__lte=reprocess.stage)

    def drawn_at_random(self) -> ReprocessItemQuerySet:
        """Of canary and sample, without what is there for its golden case.

        They stand for all sources of the selection that had no golden case.
        """
        golden = GoldenCase.objects.filter(
            source=models.OuterRef("source"),
            created_at__lt=models.OuterRef("reprocess__created_at"),
        ).exclude(retired_at__lt=models.OuterRef("reprocess__created_at"))
        return self.filter(
            ~models.Exists(golden), stage__in=[Stage.CANARY, Stage.SAMPLE]
        )

    def without_candidate(self) -> ReprocessItemQuerySet:
        """Read, but the new version refused the document or broke off: the comparison
        says what would be lost, and nothing of it can be promoted.
        """
        return self.filter(
            state=ReprocessItem.State.DONE, new_generation__complete=False
        )

    def disagreeing(self) -> ReprocessItemQuerySet:
        """A critical field says something else, or no new reading says anything."""
        return self.filter(state=ReprocessItem.State.DONE).filter(
            models.Q(comparison__disagrees=True)
            | models.Q(new_generation__complete=False)
        )

    def spent(self) -> int:
        """Micro-USD."""
        return int(
            self.filter(micro_usd__gt=0).aggregate(sum=models.Sum("micro_usd"))["sum"]
            or 0
        )

    def in_slices(self, slices: Mapping[str, str]) -> ReprocessItemQuerySet:
        """Those whose slices have all these words."""
        return self.filter(slices__contains=dict(slices)) if slices else self

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
            # How fast it is now, and whether it moves at all.
            models.Index(
                fields=["reprocess", "finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="reprocess_item_finished",
            ),
            # The budget is asked before each claim.
            models.Index(
                fields=["reprocess"],
                include=["micro_usd"],
                condition=models.Q(micro_usd__gt=0),
                name="reprocess_item_spent",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="item_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="item_is_of_its_source", fields=["reprocess", "source", "position"]
            ),
            # Whoever has seen some outcomes may not choose what else is counted.
            pgtrigger.Trigger(
                name="reprocess_takes_no_more",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=TAKES_NO_MORE,
            ),
            pgtrigger.Trigger(
                name="item_compares_its_source",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__new_generation__isnull=False),
                func=COMPARES_ITS_SOURCE,
            ),
            pgtrigger.Trigger(
                name="done_item_is_a_record",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="done"),
                func=DONE_IS_A_RECORD,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.state}"
