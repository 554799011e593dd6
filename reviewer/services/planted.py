"""Answers to planted errors: filed like any other, and nothing comes of them.

No artifact, no correction, no golden value, no line in the ledger. The order of
answers, replays, undoing and the end of the task are those of every question.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog import services as catalog
from catalog.models import DerivedArtifact, Generation, Kind
from pipeline.claims import LINE_SLOT, ValueType
from pipeline.doubts import ASKED_AGAIN, Doubt, every_field
from pipeline.extracting.values import same_value
from pipeline.report import live_fields
from reviewer import answers, triage
from reviewer.answers import Answer, AnswerRefused
from reviewer.checks.showing import Mask, masks_of
from reviewer.models import (
    Decision,
    Outcome,
    PlantedAnswer,
    PlantedError,
    ReviewItem,
    ReviewTask,
    Verdict,
)
from reviewer.services.asking import file_task
from reviewer.services.reservations import ReservationLost
from reviewer.two_versions import spec_of
from reviewer.values import value_of

if TYPE_CHECKING:
    from reviewer.models.review_item import AskedItem

ERASED = "The document was erased: nothing is to answer."


def mask_of(task: ReviewTask, item: AskedItem) -> Mask:
    """Of a planted item, which then says of its answers what other items say."""
    mask = masks_of(task, [item])[item.pk]
    item.answer_count = len(mask.answers)
    item.is_answered = mask.standing_answer is not None
    return mask


def told_by(decision_id: uuid.UUID) -> Decision | None:
    """The answer of that number to a planted error, as a decision."""
    found = PlantedAnswer.objects.filter(pk=decision_id)
    answer = found.select_related("planted__item__task").first()
    if answer is None:
        return None
    item = answer.planted.item
    return masks_of(item.task, [item])[item.pk].told(answer)


def record_answer(
    mask: Mask,
    standing: DerivedArtifact | None,
    user: User,
    said: Answer,
    *,
    raw: str,
) -> Decision:
    """standing: what the question showed when it was answered. Raises AnswerRefused."""
    _hold_source(mask.item.task)
    region = answers.new_region(said, standing)
    answer = PlantedAnswer.objects.create(
        decision_id=said.decision_id,
        planted=mask.planted,
        sequence=len(mask.answers) + 1,
        reviewer=user,
        verdict=said.verdict,
        outcome=_outcome(mask, said),
        value=said.value,
        raw=raw,
        region=region,
        active_ms=said.active_ms,
    )
    return mask.told(answer)


def _hold_source(task: ReviewTask) -> None:
    try:
        catalog.hold_source(source_id=task.source_id)
    except catalog.SourceErased as error:
        raise AnswerRefused(ERASED) from error


def _outcome(mask: Mask, said: Answer) -> Outcome:
    """Missed is what would have let the error pass; by value, since a person may also
    type what was shown."""
    if said.verdict == Verdict.UNREADABLE:
        return Outcome.OTHER
    if said.value == value_of(mask.asked):
        return Outcome.MISSED
    value_type = ValueType(mask.item.value_type)
    true = any(
        said.value == one or same_value(value_type, said.value, one)
        for one in _true_values(mask.item)
    )
    return Outcome.CAUGHT if true else Outcome.OTHER


def _true_values(item: ReviewItem) -> set[str]:
    """What the machine read there, and what a person has said since."""
    live = DerivedArtifact.objects.live_in(item.task.generation).of_kind(Kind.FIELD)
    found = [item.artifact, live.filter(slot=item.slot).first()]
    return {value_of(one) for one in found} - {""}


def record_undo(
    task: ReviewTask, wrong: PlantedAnswer, user: User, decision_id: uuid.UUID
) -> Decision:
    """As undoing an answer about a doubt. Raises AnswerRefused, ReservationLost."""
    try:
        catalog.release_no_more(generation=task.generation)
    except catalog.SourceErased as error:
        raise ReservationLost(task) from error
    except catalog.CannotTakeBack as error:
        raise AnswerRefused(str(error)) from error
    before = wrong.planted.answers.latest("sequence")
    try:
        with transaction.atomic():
            PlantedAnswer.objects.create(
                decision_id=decision_id,
                planted=wrong.planted,
                sequence=before.sequence + 1,
                reviewer=user,
                verdict=Verdict.UNDO,
                outcome=Outcome.UNDONE,
                undoes=wrong,
            )
    except IntegrityError as error:
        raise AnswerRefused(answers.TAKEN_NUMBER) from error
    told = told_by(decision_id)
    assert told is not None  # noqa: S101 - just made
    return told


def ask_in_earnest(task: ReviewTask) -> None:
    """Where an answer said neither what was shown nor what the machine had read: ask
    about the machine's own value, so that nothing true is lost.

    It is a task of its own: what is released now would have been so without the check.
    """
    given = PlantedAnswer.objects.of_task(task).that_count()
    doubted = PlantedError.objects.filter(
        pk__in=given.filter(outcome=Outcome.OTHER).values("planted")
    )
    slots = dict(doubted.values_list("pk", "item__slot"))
    if not slots:
        return
    generation = Generation.objects.select_related("source").get(pk=task.generation_id)
    fields = live_fields(generation)
    doubts = _in_earnest(generation, fields, set(slots.values()))
    waiting = ReviewTask.objects.open().asking(ReviewTask.Asks.DOUBTS)
    if doubts and not waiting.filter(generation=generation).exists():
        doubted.update(doubt=file_task(generation, doubts, fields))


def _in_earnest(
    generation: Generation, fields: Sequence[DerivedArtifact], slots: Collection[str]
) -> list[Doubt]:
    spec = spec_of(generation)
    claims = triage.claims_of(fields)
    asked = every_field(claims, spec, reason=ASKED_AGAIN) if spec else []
    cells = [
        Doubt(
            claim.slot,
            claim.value_type.value,
            critical=False,
            reason=ASKED_AGAIN,
            claim=claim,
        )
        for claim in claims
        if LINE_SLOT.fullmatch(claim.slot)
    ]
    return [doubt for doubt in (*asked, *cells) if doubt.slot in slots]


def ask_no_more(task: ReviewTask, user: User) -> None:
    """Before an answer of the task is taken back: what was asked in earnest because of
    its answers is asked again when it ends, if nobody is at it or has answered."""
    opened = PlantedError.objects.of_task(task).exclude(doubt=None).values("doubt")
    for doubt in (
        ReviewTask.objects.open()
        .filter(pk__in=opened)
        .exclude(pk__in=ReviewItem.objects.filter(decided=True).values("task"))
        .select_for_update(of=("self",), no_key=True)
    ):
        if not doubt.is_held_by_other(user):
            doubt.withdraw()
