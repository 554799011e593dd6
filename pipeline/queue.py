"""The one door to Django-Q2: everything else says what to do, not how it is queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Model
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task


def enqueue(function: str, *args: str, lane: str) -> None:
    """Have a cluster of the lane call the function; args are ids, never text."""
    async_task(function, *args, cluster=lane, save=False)


def waiting(lane: str) -> int:
    """Tasks of the lane that no worker has begun."""
    return int(get_broker(lane).queue_size())


def every_minute(function: str, *, lane: str) -> None:
    """Have a cluster of the lane call the function every minute, once and for all."""
    _repeat(function, lane, {"schedule_type": Schedule.MINUTES, "minutes": 1})


def every_day(function: str, *, lane: str) -> None:
    """Have a cluster of the lane call the function once a day, once and for all."""
    _repeat(function, lane, {"schedule_type": Schedule.DAILY})


def _repeat(function: str, lane: str, rhythm: dict[str, object]) -> None:
    Schedule.objects.update_or_create(
        name=function,
        defaults={"func": function, "repeats": -1, "cluster": lane, **rhythm},
    )


def naming(needles: Sequence[str]) -> int:
    """How many tasks, waiting or kept after a failure, hold one of the strings."""
    return sum(1 for _ in _rows_naming(needles))


def forget(needles: Sequence[str]) -> int:
    """Delete the tasks that hold one of the strings; gives how many there were.

    Where Redis is the broker, its waiting tasks are not looked at: they name lanes.
    """
    rows = list(_rows_naming(needles))
    for row in rows:
        row.delete()
    return len(rows)


def _rows_naming(needles: Sequence[str]) -> Iterator[Model]:
    """Their payloads are packed, so that no query can look into them."""
    for waiting in OrmQ.objects.iterator():
        if _holds(repr(waiting.task), needles):
            yield waiting
    for kept in Task.objects.iterator():
        said = repr((kept.args, kept.kwargs, kept.result, kept.name, kept.group))
        if _holds(said, needles):
            yield kept


def _holds(said: str, needles: Sequence[str]) -> bool:
    return any(needle in said for needle in needles)
