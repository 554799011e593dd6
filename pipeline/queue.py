"""The one door to Django-Q2: everything else says what to do, not how it is queued."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Schedule
from django_q.tasks import async_task

NIGHT = 3


def enqueue(function: str, *args: str, lane: str) -> None:
    """Have a cluster of the lane call the function; args are ids, never text."""
    async_task(function, *args, cluster=lane, save=False)


def waiting(lane: str) -> int:
    """Tasks of the lane that no worker has begun."""
    return int(get_broker(lane).queue_size())


def every_minute(function: str, *, lane: str) -> None:
    """Have a cluster of the lane call the function every minute, once and for all."""
    Schedule.objects.update_or_create(
        name=function,
        defaults={
            "func": function,
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
            "cluster": lane,
        },
    )


def every_night(function: str, *, lane: str) -> None:
    """Have a cluster of the lane call the function at three o'clock UTC, every day.

    A later call does not move what is planned: a restart at noon skips no night.
    """
    tomorrow = timezone.now() + timedelta(days=1)
    Schedule.objects.get_or_create(
        name=function,
        defaults={
            "func": function,
            "schedule_type": Schedule.DAILY,
            "next_run": tomorrow.replace(hour=NIGHT, minute=0, second=0),
            "repeats": -1,
            "cluster": lane,
        },
    )
