from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from catalog.ids import new_id
from pipeline.events import ensure_partitions
from pipeline.models import StepEvent

pytestmark = pytest.mark.django_db


def event_at(days: int) -> StepEvent:
    return StepEvent(
        event_id=new_id(),
        step_no=0,
        created_at=timezone.now() + timedelta(days=days),
        tenant_id=new_id(),
        pipeline_name="doc-extract",
        pipeline_version="1.0.0",
        step="ocr",
        outcome="ok",
        ms=1,
        vision_tokens=0,
        micro_usd=0,
        quality={},
    )


def rows_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ONLY {table}")  # noqa: S608 - our own name
        return int(cursor.fetchone()[0])


def test_months_are_there_without_asking() -> None:
    StepEvent.objects.bulk_create([event_at(0), event_at(31)])

    assert rows_in("step_event_other") == 0


def test_events_of_a_month_that_nobody_made_move_in_when_it_is_made() -> None:
    StepEvent.objects.bulk_create([event_at(0), event_at(200)])
    assert rows_in("step_event_other") == 1

    ensure_partitions(months_ahead=8)

    assert rows_in("step_event_other") == 0
    assert StepEvent.objects.count() == 2
    ensure_partitions(months_ahead=8)
