"""Taking an answer back: one more decision, which restores what stood before."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import services as catalog
from catalog.models import DerivedArtifact, GoldenValue
from pipeline.claims import Claim, ClaimStatus, ValueType
from pipeline.doubts import MISSING
from reviewer.answers import TAKEN_NUMBER, AnswerRefused
from reviewer.models import (
    BY_HAND,
    Decision,
    PlantedAnswer,
    ReviewItem,
    ReviewTask,
    Verdict,
)
from reviewer.services import planted
from reviewer.services.differences import ask_elsewhere_again, unsettle_elsewhere
from reviewer.services.reservations import (
    ReservationLost,
    hold,
    hold_source_of,
    locked,
)
from reviewer.services.second_looks import withdraw_looks_after
from reviewer.services.settling import unsettle

# How far back the key reaches; by its number any own answer may be taken back.
RECENT = timedelta(hours=12)
ASKED_ANEW = "The document is under review again: answer it there."
AUDIT_COUNTED = (
    "This full check is done, and what it found is counted: use “Review again” on the"
    " source page to put the value right."
)


def last_undoable(user: User) -> Decision | None:
    """The answer that the key would take back."""
    since = timezone.now() - RECENT
    last = Decision.objects.last_of(user, since=since)
    beside = PlantedAnswer.objects.last_of(user, since=since)
    if beside is None or (last is not None and last.decided_at > beside.decided_at):
        return last
    return planted.told_by(beside.pk)


@transaction.atomic
def undo(*, user: User, decision_id: uuid.UUID, undoes: uuid.UUID) -> Decision:
    """Take the user's own answer back, and give the user its task again.

    Until its values were exported, or somebody else has the task, or something newer
    stands in the field. The same decision_id again gives the same decision. Raises
    Decision.DoesNotExist, ReservationLost, AnswerRefused.
    """
    wrong = _own(user, undoes)
    item = wrong.item if isinstance(wrong, Decision) else wrong.planted.item
    hold_source_of(item.task_id)
    task = locked(user, item.task_id)
    known = Decision.objects.filter(pk=decision_id).first()
    known = known or planted.told_by(decision_id)
    if known is not None:
        if known.undoes_id != undoes:
            raise AnswerRefused(TAKEN_NUMBER)
        return known
    planted.ask_no_more(task, user)
    _check_undoable(task, wrong, user)
    withdraw_looks_after(task)
    if isinstance(wrong, PlantedAnswer):
        decision = planted.record_undo(task, wrong, user, decision_id)
        _ask_again(task, item, user, answered=wrong.planted.answers.standing().exists())
        # With the task as it is now.
        decision.item.task = task
        return decision
    unsettle_elsewhere(task=task, slot=item.slot)
    decision = _record(task, wrong, user, decision_id)
    unsettle(task, decision)
    _ask_again(task, item, user, answered=item.decisions.standing().exists())
    ask_elsewhere_again(task=task, slot=item.slot)
    return decision


def _own(user: User, undoes: uuid.UUID) -> Decision | PlantedAnswer:
    """The answer, if it is the user's own. Raises Decision.DoesNotExist."""
    decisions = Decision.objects.visible_to(user).select_related("item")
    beside = PlantedAnswer.objects.visible_to(user).select_related("planted__item")
    found = decisions.filter(pk=undoes).first() or beside.filter(pk=undoes).first()
    if found is None or found.reviewer_id != user.pk:
        raise Decision.DoesNotExist
    return found


def _check_undoable(
    task: ReviewTask, wrong: Decision | PlantedAnswer, user: User
) -> None:
    if task.state == ReviewTask.State.WITHDRAWN or task.is_held_by_other(user):
        raise ReservationLost(task)
    if not wrong.stands:
        raise AnswerRefused("This answer was taken back already.")
    if task.asks == ReviewTask.Asks.AUDIT and task.state == ReviewTask.State.DONE:
        raise AnswerRefused(AUDIT_COUNTED)
    if isinstance(wrong, Decision):
        beside: QuerySet[Any] = wrong.item.decisions.standing()
    else:
        beside = wrong.planted.answers.standing()
    if beside.filter(sequence__gt=wrong.sequence).exists():
        raise AnswerRefused("There is a newer answer: take that one back first.")
    others = ReviewTask.objects.open().filter(
        generation=task.generation, asks=task.asks
    )
    if others.exclude(pk=task.pk).exists():
        raise AnswerRefused(ASKED_ANEW)


def _record(
    task: ReviewTask, wrong: Decision, user: User, decision_id: uuid.UUID
) -> Decision:
    item = wrong.item
    # An answer is made from what stood there.
    before = wrong.artifact.inputs.select_related("input_artifact").get().input_artifact
    last = item.decisions.select_related("artifact").latest("sequence")
    value = catalog.HumanValue(
        slot=item.slot,
        payload=_payload(before, item),
        region=before.region if before else None,
        decision_id=decision_id,
        actor=user,
    )
    try:
        artifact = catalog.take_back(
            artifact=last.artifact,
            answer=value,
            before=before,
            releases=task.releases,
        )
    except catalog.SourceErased as error:
        raise ReservationLost(task) from error
    except catalog.CannotTakeBack as error:
        raise AnswerRefused(str(error)) from error
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                decision_id=decision_id,
                item=item,
                sequence=last.sequence + 1,
                reviewer=user,
                verdict=Verdict.UNDO,
                artifact=artifact,
                undoes=wrong,
            )
    except IntegrityError as error:
        raise AnswerRefused(TAKEN_NUMBER) from error
    catalog.take_back_golden_value(
        filed=wrong.pk, by=GoldenValue(decision_ref=decision.pk, filed_by=user)
    )
    return decision


def _payload(before: DerivedArtifact | None, item: ReviewItem) -> dict[str, Any]:
    """What stood there, or that nothing did."""
    if before is not None:
        return dict(before.payload or {})
    nothing = Claim(
        slot=item.slot,
        value="",
        raw="",
        value_type=ValueType(item.value_type),
        confidence=0.0,
        status=ClaimStatus.UNVERIFIED,
        reason=MISSING,
        critical=item.critical,
    ).as_json()
    del nothing["region"]
    return nothing


def _was_never_asked(task: ReviewTask, item: ReviewItem) -> bool:
    """A line item that somebody put right, while there is something else to ask: a task
    is not opened again with nothing in it."""
    others = task.items.filter(decided=False).exclude(pk=item.pk)
    return item.reason == BY_HAND and others.exists()


def _ask_again(
    task: ReviewTask, item: ReviewItem, user: User, *, answered: bool
) -> None:
    """The field is open again if no earlier answer stands in it, and so is the task."""
    item.decided = answered or _was_never_asked(task, item)
    item.save(update_fields=["decided"])
    task.state, task.done_at = ReviewTask.State.OPEN, None
    try:
        with transaction.atomic():
            task.save(update_fields=["state", "done_at"])
    except IntegrityError as error:  # somebody opened another at the same moment
        raise AnswerRefused(ASKED_ANEW) from error
    hold(task, user)
