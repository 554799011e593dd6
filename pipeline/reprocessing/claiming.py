"""Taking an item to work on, and letting it go again.

A worker owns an item by its number of attempts: whoever was thought dead and comes back
finds the number raised, and may no longer write.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.compiled import compiled
from catalog.writing import update
from pipeline.lease import LEASE
from pipeline.models import Reprocess, ReprocessItem
from pipeline.reprocessing.verbs import stop_if_spent

log = structlog.get_logger()
State = ReprocessItem.State

# One more than a run has: it, too, gives up after its third dead worker.
MAX_ATTEMPTS = 4
WORKER_DIED = "worker_died"
ERASED = "source_erased"
OUTCOME = (
    *("state", "reason", "lease_until", "finished_at", "slices"),
    *("old_generation", "new_generation", "comparison"),
    *("ms", "micro_usd", "steps_run", "steps_spared"),
)

PUT_BACK = ("state", "lease_until", "not_before", "attempts", "micro_usd")


class ClaimLost(Exception):
    """The item was given to another worker: this one's results are not wanted."""


def claim(reprocess: Reprocess) -> ReprocessItem | None:
    """The next item under a lease. None: it does not run, or nothing of it is due."""
    working = _working(reprocess.pk)
    if not working or stop_if_spent(reprocess=working[0]):
        return None
    while (item := _next(working[0])) is not None:
        if item.state == State.WORKING:
            return item
    return None


@compiled
def _working(reprocess_id: uuid.UUID) -> QuerySet[Reprocess]:
    working = Reprocess.objects.working().select_related("pipeline_version")
    return working.filter(pk=reprocess_id)


@transaction.atomic
def _next(reprocess: Reprocess) -> ReprocessItem | None:
    """Claimed, or failed for good since it has cost too many workers their lives."""
    now = timezone.now()
    due = _first_due(now, reprocess.pk, reprocess.stage)
    if not due:
        return None
    item = due[0]
    item.reprocess = reprocess
    if item.attempts >= MAX_ATTEMPTS:
        end(item, State.FAILED, WORKER_DIED)
        return item
    item.state = State.WORKING
    item.attempts += 1
    item.not_before, item.lease_until = None, now + LEASE
    update(item, "state", "attempts", "not_before", "lease_until")
    return item


@compiled
def _first_due(
    now: datetime, reprocess_id: uuid.UUID, stage: int
) -> QuerySet[ReprocessItem]:
    due = ReprocessItem.objects.due_at(now, reprocess_id, stage)
    due = due.select_related("source")
    return due.select_for_update(skip_locked=True, of=("self",))[:1]


def own(item: ReprocessItem) -> None:
    """Lock the item for the rest of the transaction. Raises ClaimLost."""
    if not _own(item.pk, item.attempts):
        raise ClaimLost


@compiled
def _own(item_id: uuid.UUID, attempts: int) -> QuerySet[ReprocessItem, tuple[Any]]:
    mine = ReprocessItem.objects.filter(
        pk=item_id, state=State.WORKING, attempts=attempts
    )
    return mine.select_for_update(no_key=True).values_list("pk")


def end(item: ReprocessItem, state: str, reason: str) -> None:
    """In a transaction that owns it."""
    item.state, item.reason = state, reason
    item.lease_until, item.finished_at = None, timezone.now()
    update(item, *OUTCOME)


@transaction.atomic
def fail(item: ReprocessItem, reason: str) -> None:
    """The item alone, for good. Raises ClaimLost."""
    own(item)
    end(item, State.FAILED, reason)
    log.warning("reprocess_item_failed", item_id=str(item.pk), reason=reason)


@transaction.atomic
def skip(item: ReprocessItem, reason: str) -> None:
    """There is nothing to read or to compare. Raises ClaimLost."""
    own(item)
    end(item, State.SKIPPED, reason)


@transaction.atomic
def put_back(item: ReprocessItem, *, until: datetime, counts: bool = True) -> None:
    """Not before then, with what it has cost by now. counts: whether it was an attempt.

    Raises ClaimLost.
    """
    own(item)
    item.state, item.lease_until, item.not_before = State.WAITING, None, until
    if not counts:
        item.attempts -= 1
    update(item, *PUT_BACK)
