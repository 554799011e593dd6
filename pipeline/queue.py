"""The one door to Django-Q2: everything else says what to do, not how it is queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Model, QuerySet
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

# Twice the slice of a task that goes on in slices.
DEAD_AFTER = timedelta(minutes=2)


def enqueue(function: str, *args: str, lane: str) -> None:
    """Have a cluster of the lane call the function; args are ids, never text."""
    async_task(function, *args, cluster=lane, save=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """waiting: no worker has taken them yet; all: those at work, too."""

    waiting: int
    all: int


def rows_of(function: str, *, lane: str) -> Rows:
    """The lane's tasks that call the function.

    Where Redis is the broker nobody can tell: all that wait in the lane are counted.
    """
    if not isinstance(broker := get_broker(lane), ORM):
        size = int(broker.queue_size())
        return Rows(size, size)
    now = timezone.now()
    locks = [row.lock for row in _calling(function, OrmQ.objects.filter(key=lane))]
    return Rows(sum(lock <= now for lock in locks), len(locks))


def forget_dead(function: str, *, lane: str) -> int:
    """Delete such tasks that were taken long ago: their workers have died, or are at
    the end of a task that nobody must do again. Gives how many there were.
    """
    if not isinstance(get_broker(lane), ORM):
        return 0
    now = timezone.now()
    taken_before = now + timedelta(seconds=Conf.RETRY) - DEAD_AFTER
    old = OrmQ.objects.filter(key=lane, lock__gt=now, lock__lt=taken_before)
    rows = list(_calling(function, old))
    for row in rows:
        row.delete()
    return len(rows)


def _calling(function: str, rows: QuerySet[OrmQ]) -> Iterator[OrmQ]:
    return (row for row in rows.iterator() if row.task.get("func") == function)


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
