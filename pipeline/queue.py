"""The one door to Django-Q2: everything else says what to do, not how it is queued."""

from __future__ import annotations

from typing import Any

from django_q.brokers import get_broker
from django_q.models import Schedule
from django_q.tasks import async_task


def enqueue(function: str, *args: str, lane: str) -> None:
    """Have a cluster of the lane call the function; args are ids, never text."""
    async_task(function, *args, cluster=lane, save=False)


def waiting(lane: str) -> int:
    """Tasks of the lane that no worker has begun."""
    return int(get_broker(lane).queue_size())


def every_minute(function: str, *, lane: str) -> None:
    """Have a cluster of the lane call the function every minute, once and for all."""
    _schedule(function, lane, schedule_type=Schedule.MINUTES, minutes=1)


def every_day(function: str, *, lane: str) -> None:
    """As every_minute, once a day, for the first time at the next start."""
    _schedule(function, lane, schedule_type=Schedule.DAILY)


def _schedule(function: str, lane: str, **when: Any) -> None:
    Schedule.objects.update_or_create(
        name=function,
        defaults={"func": function, "repeats": -1, "cluster": lane, **when},
    )
