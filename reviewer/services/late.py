"""Answers that come too late to count: kept beside what stands, never over it."""

from __future__ import annotations

import uuid

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog import services as catalog
from pipeline.claims import ValueType
from pipeline.extracting.values import normalise
from reviewer.answers import LONGEST_VALUE, Answer, chosen
from reviewer.checks import showing
from reviewer.models import (
    Decision,
    PlantedAnswer,
    ReviewItem,
    ReviewTask,
    SecondOpinion,
    Verdict,
)
from reviewer.services.lines import open_cell
from reviewer.services.reservations import locked
from reviewer.values import value_of

log = structlog.get_logger()
Because = SecondOpinion.Because


@transaction.atomic
def keep_opinion(
    *, user: User, task_id: uuid.UUID, answer: Answer
) -> SecondOpinion | None:
    """Keep an answer as a second opinion; the same decision_id gives the same one.

    None where the source was erased, of which nothing is kept, and where the number is
    another answer's. Raises ReviewTask.DoesNotExist, ReviewItem.DoesNotExist,
    AnswerRefused.
    """
    try:
        source = ReviewTask.objects.visible_to(user).values_list("source_id", flat=True)
        catalog.hold_source(source_id=source.get(pk=task_id))
    except catalog.SourceErased:
        return None
    task = locked(user, task_id)
    item = _item(user, task, answer.slot)
    counted = Decision.objects.filter(pk=answer.decision_id).exists()
    if counted or PlantedAnswer.objects.filter(pk=answer.decision_id).exists():
        return None  # sent twice at once: the other one counted
    known = SecondOpinion.objects.filter(pk=answer.decision_id).first()
    if known is not None:
        same = (known.reviewer_id, known.item_id) == (user.pk, item.pk)
        return known if same else None
    showing.masks_of(task, [item])
    meant = chosen(answer, item=item, asks=ReviewTask.Asks(task.asks))
    opinion = SecondOpinion(
        decision_id=answer.decision_id,
        item=item,
        reviewer=user,
        because=why_late(task, item, user),
        verdict=meant.verdict,
        value=_value(meant, item),
        region=meant.region.as_json() if meant.region else None,
        active_ms=answer.active_ms,
    )
    try:
        with transaction.atomic():
            opinion.save(force_insert=True)
    except IntegrityError:
        return None  # the same number at the same moment for another task
    log.info("answer_kept_beside", task_id=str(task.pk), because=opinion.because)
    return opinion


def _item(user: User, task: ReviewTask, slot: str) -> ReviewItem:
    open_cell(user, task, slot, late=True)
    return task.items.select_related("artifact", "other_artifact").get(slot=slot)


def why_late(task: ReviewTask, item: ReviewItem, user: User) -> SecondOpinion.Because:
    if task.state == ReviewTask.State.DONE:
        return Because.DONE
    if task.state == ReviewTask.State.WITHDRAWN:
        return Because.WITHDRAWN
    if task.reserver_id not in (None, user.pk):
        return Because.TAKEN
    return Because.ANSWERED if item.decided else Because.UNHELD


def _value(answer: Answer, item: ReviewItem) -> str:
    """As an answer that counts would have it; what cannot be read so, as it is."""
    if answer.verdict in (Verdict.ABSENT, Verdict.UNREADABLE):
        return ""
    if answer.verdict == Verdict.CONFIRM:
        # What the page showed; without that, what the machine had found.
        return answer.shown or value_of(item.artifact)
    text = answer.value[:LONGEST_VALUE]
    return normalise(ValueType(item.value_type), text) or text
