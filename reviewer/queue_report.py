"""The queue for who leads it: by reason, how much waits, for how long, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, F, Min, Q
from django.utils import timezone

from catalog.models import Tenant
from reviewer import talk, wording
from reviewer.models import ReviewTask, SecondOpinion
from reviewer.reasons import reason_text
from reviewer.second_answers import Agreement, agreement_of

DAYS = 7
MOST_OPINIONS = 2000  # the latest, since values are compared one by one


class Median(Aggregate):
    """Of durations; null of none."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Row:
    """Of the tasks that are there for one reason. waited: median of those done."""

    reason: str
    label: str
    sentence: str
    open: int
    overdue: int
    for_senior: int
    oldest: datetime | None
    done: int
    waited: timedelta | None


@dataclass(frozen=True, slots=True)
class Report:
    rows: list[Row]
    tenants: Sequence[Tenant]
    days: int
    compared: int  # second opinions beside another's answer
    agreed: int
    alone: Agreement  # of two who read the same field, each alone

    @property
    def share(self) -> float | None:
        return self.agreed / self.compared if self.compared else None


def of(tenants: Sequence[Tenant]) -> Report:
    since = timezone.now() - timedelta(days=DAYS)
    opinions = SecondOpinion.objects.about_documents()
    opinions = opinions.filter(item__task__tenant__in=tenants)
    latest = opinions.with_answers().order_by("-given_at")[:MOST_OPINIONS]
    compared, agreed = talk.agreement(latest)
    alone = agreement_of(tenants)
    return Report(rows_of(tenants, since), tenants, DAYS, compared, agreed, alone)


def rows_of(tenants: Sequence[Tenant], since: datetime) -> list[Row]:
    """Most open first; only reasons of which something is open or was done lately."""
    waits = Q(state=ReviewTask.State.OPEN)
    done = Q(state=ReviewTask.State.DONE, done_at__gte=since)
    tasks = ReviewTask.objects.filter(waits | done, tenant__in=tenants)
    counted = tasks.values("reason").annotate(
        open=Count("pk", filter=waits),
        overdue=Count("pk", filter=waits & Q(due_at__lt=timezone.now())),
        for_senior=Count("pk", filter=waits & Q(for_senior=True)),
        oldest=Min("created_at", filter=waits),
        done=Count("pk", filter=done),
        waited=Median(F("done_at") - F("created_at"), filter=done),
    )
    return [
        Row(
            label=wording.short(row["reason"]),
            sentence=reason_text(row["reason"]),
            **row,
        )
        for row in counted.order_by("-open", "-done", "reason")
    ]
