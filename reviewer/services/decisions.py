"""Answers that count once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import services as catalog
from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Generation, Kind
from catalog.sending import transaction_at_once
from catalog.writing import insert, update
from reviewer import answers, blinding, granting
from reviewer.answers import TAKEN_NUMBER, Answer, AnswerRefused
from reviewer.models import (
    BY_HAND,
    Correction,
    Decision,
    ReviewItem,
    ReviewTask,
    UnansweredTime,
    Verdict,
)
from reviewer.services import planted
from reviewer.services.audits import record_audit
from reviewer.services.differences import settle_elsewhere
from reviewer.services.late import keep_opinion
from reviewer.services.lines import open_cell
from reviewer.services.reservations import (
    RESERVATION,
    ReservationLost,
    held,
    hold_source_of,
    holds,
    let_go,
    locked,
)
from reviewer.services.second_looks import follow_answers
from reviewer.services.settling import (
    answered_after_all,
    may_answer_after_all,
    settle,
)
from reviewer.values import region_of, value_of

if TYPE_CHECKING:
    from reviewer.models.review_item import AskedItem

log = structlog.get_logger()

# Constraints that keep a number from being given twice.
NUMBERS = ("decision_pkey", "planted_answer_pkey")


@dataclass(frozen=True, slots=True)
class Filed:
    """A decision with its task as it is now. replayed: it was filed before. apart:
    nothing of it stands in the catalog. after_all: the task was done already, since a
    check had settled the field. settles: whether the task may have such fields.
    """

    decision: Decision
    task: ReviewTask
    replayed: bool = False
    apart: bool = False
    after_all: bool = False
    settles: bool = True

    def seal(self) -> None:
        """Write it into the ledger; the last thing in its transaction, since all who
        write there wait for each other."""
        if not self.replayed and not self.apart:
            decision = self.decision
            catalog.seal_answer(
                artifact=decision.artifact,
                decision_id=decision.pk,
                actor=decision.reviewer,
            )


def decide(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, answer: Answer
) -> Decision:
    """File an answer: human artifact, decision, golden value, all or nothing.

    The same decision_id again gives the same decision, whatever became of the task
    since. An answer that comes too late is kept beside what stands (ReservationLost
    says so). When the last item is answered the task is done; the generation's values
    are released then, unless another person is to look first, or the task asked which
    of two versions is right: what else is doubtful of them has a task of its own. An
    item may be answered anew while its task is open.
    Raises ReviewTask.DoesNotExist, ReviewItem.DoesNotExist, ReservationLost,
    AnswerRefused.
    """
    with keeping_what_is_late(user, task_id, answer), transaction_at_once():
        filed = file_answer(user=user, task_id=task_id, token=token, answer=answer)
        filed.seal()
    return filed.decision


@contextmanager
def keeping_what_is_late(
    user: User, task_id: uuid.UUID, answer: Answer
) -> Iterator[None]:
    """Outside of the transaction that files the answer."""
    try:
        yield
    except ReservationLost as late:
        late.kept = keep_opinion(user=user, task_id=task_id, answer=answer)
        raise
    except IntegrityError as error:
        if not any(key in str(error) for key in NUMBERS):
            raise
        # The same number at the same moment for another task.
        raise AnswerRefused(TAKEN_NUMBER) from error


def file_answer(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, answer: Answer
) -> Filed:
    """As decide(), in the caller's transaction, which must seal it at its end."""
    hold_source_of(task_id)
    task = locked(user, task_id)
    open_cell(user, task, answer.slot)
    item = ReviewItem.objects.about(task, answer.slot, answer.decision_id)
    item.task = task
    if item.is_decided_so:
        same = _same(_known_by(answer.decision_id), user, task)
        return Filed(same, task, replayed=True)
    mask = planted.mask_of(task, item) if item.is_planted else None
    check_counts(task, item, user, token, answer)
    granting.check_place(user, task, answer.region)
    after_all = task.state == ReviewTask.State.DONE
    others_open = item.others_open
    if mask:
        said, raw = _said(task, item, answer, mask.standing)
        decision = planted.record_answer(mask, mask.standing, user, said, raw=raw)
    else:
        decision = _answered(task, item, user, answer)
        others_open = _settle_others(task, item, decision)
    if not after_all:
        _close_item(task, item, others_open=others_open)
    return Filed(
        decision,
        task,
        apart=mask is not None,
        after_all=after_all,
        settles=item.is_settled or item.others_contradicted,
    )


def _answered(
    task: ReviewTask, item: AskedItem, user: User, answer: Answer
) -> Decision:
    """Nothing comes between what is judged and what is stored: the slot is locked."""
    slot = _locked_slot(task, item.slot)
    standing = _standing(task, item, slot)
    said, raw = _said(task, item, answer, standing)
    value = catalog.HumanValue(
        slot=item.slot,
        payload=answers.new_payload(said, item=item, raw=raw),
        region=answers.new_region(said, standing),
        decision_id=said.decision_id,
        actor=user,
    )
    artifact = catalog.place_answer(slot=slot, answer=value)
    decision = _record_decision(item, user, said, artifact)
    _file_what_it_says(task, item, decision, standing, said.how)
    return decision


def _said(
    task: ReviewTask, item: AskedItem, answer: Answer, standing: DerivedArtifact | None
) -> tuple[Answer, str]:
    """What an answer comes to, and its text as it was. Raises AnswerRefused."""
    meant = answers.chosen(answer, item=item, asks=ReviewTask.Asks(task.asks))
    said = answers.settled(meant, item=item, standing=standing)
    return said, _raw(meant, item)


def _file_what_it_says(
    task: ReviewTask,
    item: AskedItem,
    decision: Decision,
    standing: DerivedArtifact | None,
    how: str,
) -> None:
    if decision.verdict != Verdict.CONFIRM:
        _record_correction(decision, how, standing)
    catalog.file_golden_value(
        generation=task.generation,
        value=answers.expectation(task, item, decision),
        slices=answers.slices_of(task),
    )
    if item.is_asked_beside:
        settle_elsewhere(task=task, slot=item.slot)


def _known_by(decision_id: uuid.UUID) -> Decision:
    rows = Decision.objects.select_related("item", "artifact")
    known = rows.filter(pk=decision_id).first() or planted.told_by(decision_id)
    if known is None:
        raise Decision.DoesNotExist
    return known


def _settle_others(task: ReviewTask, item: AskedItem, decision: Decision) -> bool:
    """What the checks make of the other fields now; whether any is left to ask."""
    if item.is_settled:
        answered_after_all(item, decision)
    task_goes_on = task.state == ReviewTask.State.OPEN
    if task_goes_on and item.others_contradicted and settle(task, decision):
        others = task.items.filter(decided=False).exclude(pk=item.pk)
        return bool(others.exists())
    return item.others_open


def check_counts(
    task: ReviewTask,
    item: AskedItem,
    user: User,
    token: uuid.UUID,
    answer: Answer,
) -> None:
    """Raises ReservationLost unless the answer may change what stands.

    It may where its token holds the task and the field has no answer that its page did
    not know of; and where the same person took the task on another page, while the
    field is open still, or ended it a moment ago by an answer that settled the field.
    What was kept as a second opinion stays one.
    """
    if item.is_opinion_so:
        raise ReservationLost(task)
    held_here = holds(task, user, token)
    if held_here:
        counts = answer.seen is None or _known(item) <= answer.seen
    else:
        elsewhere = task.state == ReviewTask.State.OPEN and task.reserver_id == user.pk
        unanswered = not item.decided or item.is_settled
        counts = (elsewhere and unanswered) or may_answer_after_all(task, item, user)
    if not counts:
        raise ReservationLost(task, answered=held_here)


def _known(item: AskedItem) -> int:
    """How many answers there are to know of: one more where another task gave it. What
    a check settled is no answer, and a line item that was left alone has none."""
    elsewhere = item.decided and not item.is_answered and not item.is_settled
    return item.answer_count + (elsewhere and item.reason != BY_HAND)


def _raw(meant: Answer, item: ReviewItem) -> str:
    """As it was typed, or as it is printed where a version's reading was chosen."""
    sides = {
        Correction.How.CANDIDATE: item.artifact,
        Correction.How.VERSION: item.other_artifact,
    }
    side = sides.get(meant.how)
    if side is None or value_of(side) != meant.value:
        return meant.value
    return str((side.payload or {}).get("raw") or "")


def _same(known: Decision, user: User, task: ReviewTask) -> Decision:
    if known.reviewer_id != user.pk or known.item.task_id != task.pk:
        raise AnswerRefused(TAKEN_NUMBER)
    return known


def _locked_slot(task: ReviewTask, slot: str) -> catalog.Slot:
    try:
        return catalog.lock_slot(generation=task.generation, slot=slot, held=True)
    except catalog.SourceErased as error:
        raise AnswerRefused("The document was erased: nothing is to answer.") from error


def _standing(
    task: ReviewTask, item: ReviewItem, slot: catalog.Slot
) -> DerivedArtifact | None:
    """What the person saw there, of the reading that the task is about."""
    if task.is_blind:
        return blinding.standing_for(task, item)
    if slot.generation.pk == task.generation_id:
        return slot.standing
    return next(iter(_live_in(task.generation_id, item.slot)), None)


@compiled
def _live_in(generation_id: uuid.UUID, slot: str) -> QuerySet[DerivedArtifact]:
    live = DerivedArtifact.objects.live_in(Generation(pk=generation_id))
    return live.of_kind(Kind.FIELD).filter(slot=slot)


def _record_decision(
    item: AskedItem, user: User, said: Answer, artifact: DerivedArtifact
) -> Decision:
    decision = Decision(
        decision_id=said.decision_id,
        item=item,
        sequence=item.answer_count + 1,
        reviewer=user,
        verdict=said.verdict,
        artifact=artifact,
        active_ms=said.active_ms,
    )
    insert(decision, told=False)
    return decision


def _record_correction(
    decision: Decision, how: str, standing: DerivedArtifact | None
) -> None:
    Correction.objects.create(
        decision=decision,
        how=how,
        old_value=value_of(standing),
        old_region=region_of(standing),
        new_value=value_of(decision.artifact),
        new_region=decision.artifact.region,
    )


def _close_item(task: ReviewTask, item: AskedItem, *, others_open: bool) -> None:
    item.decided = True
    update(item, "decided")
    task.reserved_until = timezone.now() + RESERVATION
    if others_open:
        update(task, "reserved_until")
        return
    _finish(task)
    if task.asks == ReviewTask.Asks.AUDIT:
        record_audit(task)
    elif task.releases:
        follow_answers(task, under_rules=item.is_under_rules)
        if item.is_beside_planted:
            planted.ask_in_earnest(task)


def _finish(task: ReviewTask) -> None:
    task.state = ReviewTask.State.DONE
    task.done_at = timezone.now()
    let_go(task)
    update(
        task,
        *("state", "done_at", "reserver", "reservation_token"),
        *("reserved_until", "ahead"),
    )


@transaction.atomic
def close_without_items(
    *, user: User, task_id: uuid.UUID, token: uuid.UUID, active_ms: int = 0
) -> None:
    """Say that a document of no known type was looked at.

    Raises ReviewTask.DoesNotExist, ReservationLost, AnswerRefused.
    """
    task = held(user, task_id, token)
    if task.items.filter(decided=False).exists():
        raise AnswerRefused("Answer the open fields first.")
    if granting.shows_only_crops(user, task):
        raise AnswerRefused(granting.UNSEEN)
    UnansweredTime.objects.spent(task_id, UnansweredTime.Ended.CLOSED, active_ms)
    _finish(task)
    log.info("task_closed_without_items", task_id=str(task.pk), user=user.pk)
