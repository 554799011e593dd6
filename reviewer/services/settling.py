"""Fields that need no answer any more: the check that contradicted them agrees."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

import structlog
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from catalog.compiled import compiled
from pipeline.rechecking import CONTRADICTIONS, Rechecked
from reviewer.live_checks import rechecked, said_in
from reviewer.models import Decision, ReviewItem, ReviewTask, Settlement

log = structlog.get_logger()

# How long who gave the answer that ended a task may still answer what it settled: that
# answer may have been on its way already.
STILL = timedelta(minutes=2)


def may_settle(task: ReviewTask) -> bool:
    """A full check, a look again and two versions are answered by people alone."""
    return task.asks == ReviewTask.Asks.DOUBTS


def settle(task: ReviewTask, decision: Decision) -> bool:
    """After an answer, in its transaction: settle what its checks agree with now, and
    ask again what they agree with no more. Whether anything changed.
    """
    if not may_settle(task):
        return False
    found = rechecked(task, said_in(task))
    changed = _ask_again(task, found, decision)
    items = task.items.filter(decided=False, reason__in=[*CONTRADICTIONS])
    # What a check shows is not what the reading says.
    items = items.filter(planted__isnull=True)
    for item in items.exclude(pk=decision.item_id):
        reason = found.agrees_now(item.slot, item.reason) if found else ""
        if not reason:
            continue
        Settlement.objects.create(item=item, decision=decision, reason=reason)
        item.decided = True
        item.save(update_fields=["decided"])
        changed = True
        log.info("item_settled", task_id=str(task.pk), reason=reason)
    return changed


def unsettle(task: ReviewTask, undo: Decision) -> None:
    """After an answer was taken back: what it had settled is asked again, and whatever
    else the checks agree with no more.
    """
    standing = Settlement.objects.standing().of_task(task)
    if not standing.exists():
        return
    for settlement in standing.filter(decision=undo.undoes).select_related("item"):
        _end(settlement, undo)
    _ask_again(task, rechecked(task, said_in(task)), undo)


def answered_after_all(item: ReviewItem, decision: Decision) -> None:
    """A person's own answer takes the place of what a check had settled."""
    item.settlements.standing().update(ended_by=decision)


def may_answer_after_all(task: ReviewTask, item: ReviewItem, user: User) -> bool:
    """Whether the task was ended by an answer of the user's that settled this item, a
    moment ago."""
    if task.state != ReviewTask.State.DONE:
        return False
    since = timezone.now() - STILL
    standing = Settlement.objects.standing().filter(item=item)
    return standing.filter(decision__reviewer=user, settled_at__gte=since).exists()


def _ask_again(task: ReviewTask, found: Rechecked | None, by: Decision) -> bool:
    """Ends the settlements that do not hold any longer."""
    ended = False
    for settlement in (
        Settlement.objects.standing().of_task(task).select_related("item")
    ):
        item = settlement.item
        if found and found.agrees_now(item.slot, item.reason):
            continue
        _end(settlement, by)
        ended = True
    return ended


def _end(settlement: Settlement, by: Decision) -> None:
    settlement.ended_by = by
    settlement.save(update_fields=["ended_by"])
    settlement.item.decided = False
    settlement.item.save(update_fields=["decided"])


def reasons(task: ReviewTask) -> Mapping[str, str]:
    """What the checks say of the settled fields, by slot."""
    return dict(_reasons(task.pk))


@compiled
def _reasons(task_id: uuid.UUID) -> QuerySet[Settlement, tuple[str, str]]:
    standing = Settlement.objects.standing().of_task(ReviewTask(pk=task_id))
    return standing.values_list("item__slot", "reason")
