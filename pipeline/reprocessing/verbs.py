"""What people do to a reprocess, and what it does to itself at the end of a stage.

Each is one transaction under the lock of the reprocess's row. Items at work are never
broken off: they end as they would have.
"""

from __future__ import annotations

import uuid

import structlog
from django.db import transaction
from django.utils import timezone

from pipeline.models import Reprocess, ReprocessItem, Stage
from pipeline.reprocessing.errors import ReprocessRefused
from pipeline.reprocessing.starting import check_budget
from pipeline.reprocessing.waking import wake

log = structlog.get_logger()
State, Why = Reprocess.State, Reprocess.Why
# The others are frozen, and the role that runs the product may not write them.
MOVING = (
    *("state", "why", "state_since", "finished_at"),
    *("stage", "until_stage", "budget_micro_usd"),
)


def _locked(reprocess: Reprocess) -> Reprocess:
    rows = Reprocess.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("pipeline_version").get(pk=reprocess.pk)


def _move(reprocess: Reprocess, state: str, why: str = "") -> Reprocess:
    reprocess.state, reprocess.why = state, why
    reprocess.state_since = timezone.now()
    reprocess.finished_at = (
        reprocess.state_since if state in (State.FINISHED, State.CANCELLED) else None
    )
    reprocess.save(update_fields=MOVING)
    log.info(
        "reprocess_moved",
        reprocess_id=str(reprocess.pk),
        state=state,
        why=why,
        stage=reprocess.stage,
    )
    return reprocess


@transaction.atomic
def pause(*, reprocess: Reprocess) -> Reprocess:
    """Begin nothing more. Raises ReprocessRefused for what is at its end."""
    reprocess = _locked(reprocess)
    if reprocess.state == State.PAUSED:
        return reprocess
    if reprocess.state != State.RUNNING:
        raise ReprocessRefused(f"It is {reprocess.state}: there is nothing to pause.")
    return _move(reprocess, State.PAUSED, Why.PERSON)


@transaction.atomic
def halt(*, reprocess: Reprocess, why: str) -> None:
    """Pause it for a reason of its own, if it still runs."""
    reprocess = _locked(reprocess)
    if reprocess.state == State.RUNNING:
        _move(reprocess, State.PAUSED, why)


@transaction.atomic
def resume(
    *,
    reprocess: Reprocess,
    budget_micro_usd: int | None = None,
    enqueue: bool = True,
) -> Reprocess:
    """Go on where it was paused, with a new budget if one is given.

    Raises ReprocessRefused where its stage is done, its budget is still spent, or
    nobody could tell when the new one is.
    """
    reprocess = _locked(reprocess)
    if reprocess.state == State.RUNNING:
        return reprocess
    if reprocess.state != State.PAUSED:
        raise ReprocessRefused(
            f"It is {reprocess.state} and cannot go on: start another reprocess."
        )
    if reprocess.why == Why.STAGE_DONE:
        raise ReprocessRefused("Its stage is done: have it go on to the next one.")
    if budget_micro_usd is not None:
        check_budget(reprocess.pipeline_version, budget_micro_usd)
        reprocess.budget_micro_usd = budget_micro_usd
    if _is_spent(reprocess):
        raise ReprocessRefused(
            "Its budget is spent: give a budget above what was spent."
        )
    _move(reprocess, State.RUNNING)
    if enqueue:
        wake()
    return reprocess


@transaction.atomic
def cancel(*, reprocess: Reprocess) -> Reprocess:
    """End it for good; what was read and compared stays. Raises ReprocessRefused."""
    reprocess = _locked(reprocess)
    if reprocess.state == State.CANCELLED:
        return reprocess
    if reprocess.state == State.FINISHED:
        raise ReprocessRefused("It is finished: there is nothing to cancel.")
    return _move(reprocess, State.CANCELLED)


@transaction.atomic
def go_on(
    *, reprocess: Reprocess, until_stage: Stage | None = None, enqueue: bool = True
) -> Reprocess:
    """Begin the next stage, and go on by itself up to the end of until_stage.

    Raises ReprocessRefused unless it is paused at the end of a stage.
    """
    reprocess = _locked(reprocess)
    if (reprocess.state, reprocess.why) != (State.PAUSED, Why.STAGE_DONE):
        raise ReprocessRefused(
            "Only a reprocess whose stage is done goes on to the next one."
        )
    following = Stage(reprocess.stage + 1)
    if until_stage is not None and until_stage < following:
        raise ReprocessRefused(
            f"The {until_stage.label} is done: go on to {following.label} or further."
        )
    reprocess.stage = following
    reprocess.until_stage = until_stage or following
    _move(reprocess, State.RUNNING)
    if enqueue:
        wake()
    return reprocess


@transaction.atomic
def retry(
    *, reprocess: Reprocess, item_id: uuid.UUID | None = None, enqueue: bool = True
) -> int:
    """Have its failed items, or one of them, tried again; gives how many there are.

    Where it is finished or waits at the end of a stage it runs again for them. Raises
    ReprocessRefused where it was cancelled.
    """
    reprocess = _locked(reprocess)
    if reprocess.state == State.CANCELLED:
        raise ReprocessRefused("It was cancelled: start another reprocess.")
    failed = ReprocessItem.objects.filter(
        reprocess=reprocess, state=ReprocessItem.State.FAILED
    )
    if item_id is not None:
        failed = failed.filter(pk=item_id)
    count = failed.update(
        state=ReprocessItem.State.WAITING,
        attempts=0,
        reason="",
        not_before=None,
        finished_at=None,
    )
    at_its_end = reprocess.state == State.FINISHED or reprocess.why == Why.STAGE_DONE
    if count and at_its_end:
        _move(reprocess, State.RUNNING)
    if count and enqueue:
        wake()
    return count


@transaction.atomic
def settle(*, reprocess: Reprocess) -> Reprocess:
    """Go on to the next stage, wait to be told on, or finish, as things stand.

    What pauses after a failure does not hold up a stage that was asked for as well; the
    last stage asked for ends with all of its items.
    """
    reprocess = _locked(reprocess)
    if reprocess.state != State.RUNNING:
        return reprocess
    while reprocess.stage < reprocess.until_stage and not _is_due(reprocess):
        reprocess.stage += 1
        reprocess.save(update_fields=["stage"])
    if ReprocessItem.objects.left(reprocess).exists():
        return reprocess
    if _is_more(reprocess):
        return _move(reprocess, State.PAUSED, Why.STAGE_DONE)
    return _move(reprocess, State.FINISHED)


def stop_if_spent(*, reprocess: Reprocess) -> bool:
    """Pause it once its budget is spent; whether it is."""
    spent = _is_spent(reprocess)
    if spent:
        halt(reprocess=reprocess, why=Why.BUDGET)
    return spent


def _is_spent(reprocess: Reprocess) -> bool:
    budget = reprocess.budget_micro_usd
    if budget is None:
        return False
    return ReprocessItem.objects.filter(reprocess=reprocess).spent() >= budget


def _is_due(reprocess: Reprocess) -> bool:
    return ReprocessItem.objects.due(reprocess).exists()


def _is_more(reprocess: Reprocess) -> bool:
    """Whether a later stage holds anything."""
    return ReprocessItem.objects.filter(
        reprocess=reprocess,
        stage__gt=reprocess.stage,
        state=ReprocessItem.State.WAITING,
    ).exists()
