"""What a service answered in attempts that did not end well, and is not paid twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from catalog.services import SourceErased, hold_source
from pipeline.engines.tariff import Usage
from pipeline.events import StepRecord
from pipeline.models import PaidAnswer, Run
from pipeline.steps.base import Outcome

if TYPE_CHECKING:
    from pipeline.engines.vision_chat.asking import Paid


class PaidAnswers:
    """Those of a run, for the engine (pipeline.engines.vision_chat.engine.Keeper).

    Answers that another run of source and version left are taken over for nothing: its
    event has told of them. fresh: only those of this run.
    """

    def __init__(self, run: Run, *, fresh: bool = False) -> None:
        self._run, self._fresh = run, fresh

    def kept(self) -> Mapping[str, Mapping[str, Any]]:
        answers = PaidAnswer.objects.of_reading(self._run)
        if self._fresh:
            answers = answers.filter(run=self._run)
        return dict(answers.values_list("request", "response"))

    def spent(self) -> Usage:
        return usage_of_run(self._run)

    def keep(self, paid: Paid, micro_usd: int | None) -> None:
        """Nothing is kept for a run that is this worker's no more."""
        try:
            self._keep(paid, micro_usd)
        except SourceErased:
            return

    @transaction.atomic
    def _keep(self, paid: Paid, micro_usd: int | None) -> None:
        run = self._run
        hold_source(source_id=run.source_id)
        mine = Run.objects.filter(
            pk=run.pk, state=Run.State.RUNNING, attempts=run.attempts
        )
        if not mine.select_for_update(no_key=True).exists():
            return
        answer = PaidAnswer(
            run=run,
            source_id=run.source_id,
            version_id=run.pipeline_version_id,
            request=paid.request,
            response=dict(paid.response),
            usage=asdict(paid.used),
            micro_usd=micro_usd,
        )
        # A fresh run may have asked what another one left.
        PaidAnswer.objects.bulk_create([answer], ignore_conflicts=True)


def usage_of_run(run: Run) -> Usage:
    """All that its attempts have spent so far."""
    total = Usage()
    for usage in PaidAnswer.objects.filter(run=run).values_list("usage", flat=True):
        total += Usage(**usage)
    return total


def with_what_was_spent(
    run: Run, records: Sequence[StepRecord], *, step: str, reason: str
) -> Sequence[StepRecord]:
    """The records of a run that ends without a reading, with what the attempts before
    this one paid: one that a worker's death ended has no record of its own.
    """
    if any(record.vision_tokens for record in records):
        return records
    used = usage_of_run(run)
    if not used.calls:
        return records
    answers = PaidAnswer.objects.filter(run=run)
    detail: dict[str, Any] = {"spent_by_earlier_attempts": True}
    if answers.filter(micro_usd__isnull=True).exists():
        detail["cost"] = "unknown"
    spent = StepRecord(
        step=step or "extract",
        outcome=Outcome.FAILED.value,
        ms=0,
        reason=reason,
        detail=detail,
        vision_tokens=used.tokens,
        micro_usd=answers.spent(),
    )
    return [*records, spent]


def adopted(run: Run) -> None:
    """They are artifacts of the reading now; in the transaction that stores it."""
    PaidAnswer.objects.of_reading(run).delete()
