"""Who decided what, as a file for auditors: every answer, taken back or not."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Membership, Tenant
from catalog.people import Viewer
from reviewer.models import Decision, ReviewItem, ReviewTask
from reviewer.seen_page import PIECE, Line, plain_cell

COLUMNS = (
    *("at", "user", "tenant", "source_id", "field", "asks", "verdict"),
    *("artifact_id", "decision_id", "undoes", "task_id"),
)


class DecidedFilter(filters.FilterSet):
    """By the words of the page Who saw what."""

    user = filters.CharFilter(field_name="reviewer__username")
    source = filters.UUIDFilter(field_name="item__task__source")
    since = filters.DateFilter(field_name="decided_at", lookup_expr="date__gte")
    until = filters.DateFilter(field_name="decided_at", lookup_expr="date__lte")

    class Meta:
        model = Decision
        fields: tuple[str, ...] = ()


def decided_for(user: Viewer) -> QuerySet[Decision]:
    """Of the tenants that the user is admin of; of operators all. Without answers that
    another person is still to give alone, and the user might."""
    rows = Decision.objects.all()
    if not user.is_superuser:
        led = Tenant.objects.led_by(user, Membership.Role.ADMIN)
        rows = rows.filter(item__task__tenant__in=led)
    looks = ReviewTask.objects.open().blind().not_closed_to(user)
    hidden = ReviewItem.objects.filter(
        task__in=looks,
        task__source=OuterRef("item__task__source"),
        slot=OuterRef("item__slot"),
    )
    return rows.filter(~Exists(hidden))


def lines(rows: QuerySet[Decision], form: str) -> Iterator[str]:
    """As CSV or as JSON, one a line, however many; newest first. No value is in it: it
    is that of the artifact."""
    found = rows.select_related("reviewer", "item__task__tenant")
    answers = found.order_by("-decided_at", "pk").iterator(chunk_size=PIECE)
    if form == "jsonl":
        yield from (json.dumps(_told(one)) + "\n" for one in answers)
        return
    write = csv.writer(Line())
    yield write.writerow(COLUMNS)
    for one in answers:
        said = _told(one)
        yield write.writerow([plain_cell(said[name]) for name in COLUMNS])


def _told(one: Decision) -> dict[str, Any]:
    task = one.item.task
    return {
        "at": one.decided_at.isoformat(),
        "user": one.reviewer.get_username(),
        "tenant": task.tenant.slug,
        "source_id": str(task.source_id),
        "field": one.item.slot,
        "asks": task.asks,
        "verdict": one.verdict,
        "artifact_id": str(one.artifact_id),
        "decision_id": str(one.pk),
        "undoes": str(one.undoes_id) if one.undoes_id else None,
        "task_id": str(task.pk),
    }
