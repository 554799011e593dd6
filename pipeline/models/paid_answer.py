from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models import SourceMedia
from pipeline.models.pipeline_version import PipelineVersion
from pipeline.models.run import Run


class PaidAnswerQuerySet(models.QuerySet["PaidAnswer"]):
    def of_reading(self, run: Run) -> PaidAnswerQuerySet:
        """Answers to what the run asks, whichever run of source and version paid."""
        return self.filter(source=run.source_id, version=run.pipeline_version_id)

    def spent(self) -> int:
        """Micro-USD; what had no price counts as nothing."""
        return int(self.aggregate(sum=models.Sum("micro_usd", default=0))["sum"])


class PaidAnswer(models.Model):
    """What a service answered in a run that has not ended well yet.

    The run's next attempt, or the next run, asks nothing that was answered. Rows never
    change; they go when a run of source and version is finished, whose artifacts the
    answers are then, and with their source. usage: a pipeline.engines.tariff.Usage;
    micro_usd: at the price of the day, None where there was none.
    """

    answer_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="paid_answers")
    source = models.ForeignKey(SourceMedia, models.PROTECT, related_name="+")
    version = models.ForeignKey(PipelineVersion, models.PROTECT, related_name="+")
    request = models.CharField(max_length=64, help_text="digest of what was asked")
    response = models.JSONField(help_text="as it came")
    usage = models.JSONField()
    micro_usd = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PaidAnswerQuerySet.as_manager()

    class Meta:
        db_table = "paid_answer"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "version", "request"], name="asked_and_paid_once"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="answer_is_as_it_came", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"answer to {self.request[:12]}"
