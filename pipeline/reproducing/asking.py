"""Who may ask how often: each time is a whole reading."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from catalog.models import DerivedArtifact
from pipeline import queue
from pipeline.models import ReplayObservation, Run
from pipeline.reproducing.reproduce import Reproduction, reproduce

AN_HOUR = 60
TOO_OFTEN = f"You asked {AN_HOUR} times within an hour: ask again later."
BUSY = "Another artifact is being made again at this moment: try again in a minute."
_one_at_a_time = threading.BoundedSemaphore(1)


class TooOften(Exception):
    """The person asked too often within an hour."""


class Busy(Exception):
    """This process makes another one again."""


def check_rate(user: User) -> None:
    """By what is noted of each. Raises TooOften."""
    since = timezone.now() - timedelta(hours=1)
    noted = ReplayObservation.objects.filter(asked_by=user, at__gte=since)
    if noted[:AN_HOUR].count() >= AN_HOUR:
        raise TooOften


def reproduce_now(*, artifact: DerivedArtifact, times: int, user: User) -> Reproduction:
    """While the caller waits. Raises TooOften, Busy."""
    check_rate(user)
    if not _one_at_a_time.acquire(blocking=False):
        raise Busy
    try:
        return reproduce(artifact=artifact, times=times, asked_by=user)
    finally:
        _one_at_a_time.release()


def ask(*, artifact: DerivedArtifact, user: User) -> None:
    """Have a worker do it. Raises TooOften."""
    check_rate(user)
    queue.enqueue(
        "pipeline.tasks.reproduce",
        str(artifact.pk),
        str(user.pk),
        lane=Run.Lane.INTERACTIVE,
    )
