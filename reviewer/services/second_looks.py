"""Another person's look at what was answered, before it is released.

The first answers stand in the document meanwhile, unreleased. A second person reads the
fields by themselves; where the two differ a third one decides.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog import services as catalog
from catalog.models import DerivedArtifact, Generation, Kind, Origin
from pipeline.report import live_fields
from reviewer import triage
from reviewer.answers import AnswerRefused
from reviewer.expected_loss import Costs, Look, People, look_at
from reviewer.models import (
    BlindLook,
    Decision,
    PlantedAnswer,
    ReviewItem,
    ReviewTask,
    SecondLookRule,
    SecondOpinion,
    Stakes,
    Turnaround,
    UnseenRelease,
    Verdict,
)
from reviewer.models.review_task import ReviewTaskQuerySet
from reviewer.models.second_look import BlindLookQuerySet
from reviewer.review_errors import people_of
from reviewer.second_answers import agree
from reviewer.services.reservations import hold_source_of
from reviewer.team import able_to_review

log = structlog.get_logger()
SECOND_LOOK = "second_look"
PEOPLE_DISAGREE = "people_disagree"
ANSWERED_SINCE = (
    "Another person has read this case since, and your answer is compared with theirs:"
    " it cannot be taken back. Use “Review again” once its values are released."
)
NOT_WAITING = "Nobody is asked for a second look at this document any more."
# Not to be guessed, so that nobody learns which of two is the first person's.
_dice = random.SystemRandom()


def follow_answers(task: ReviewTask, *, under_rules: bool) -> None:
    """After the last answer of a task on which a release waits: ask another person, or
    release. In the caller's transaction.

    under_rules: whether any rule may be about it; without, nothing is asked twice, nor
    what was owed under a rule of before.
    """
    asked = None
    if task.asks == ReviewTask.Asks.DOUBTS and under_rules:
        asked = _ask_second(task)
    elif task.asks == ReviewTask.Asks.SECOND:
        asked = _ask_third(task)
    if asked is None:
        catalog.release(generation=task.generation)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field to look at again. machine: what it was asked about. also: who else has
    answered it."""

    first: Decision
    machine: DerivedArtifact | None
    look: Look
    wait: timedelta
    also: tuple[int, ...] = ()


def wanted_looks(task: ReviewTask) -> list[Wanted]:
    """Those of its answers for which a second look pays, in the order of its items."""
    rules = SecondLookRule.objects.of(task.tenant_id, task.document_type)
    if not rules:
        return []
    machine = _machine_fields(task.generation)
    found = []
    for first in _last_answers(task).values():
        rule = rules.get(first.item.slot) or rules.get("")
        # What nobody could read has no value that could be a wrong one.
        if rule is None or first.verdict == Verdict.UNREADABLE:
            continue
        read = machine.get(first.item.slot)
        look = look_at(
            confidence=_confidence(read),
            confirmed=first.verdict == Verdict.CONFIRM,
            people=_people(task, first.item.slot),
            costs=Costs(rule.loss, rule.look_cost),
        )
        if look.pays:
            wait = timedelta(minutes=rule.wait_minutes)
            found.append(Wanted(first, read, look, wait))
    return found


def owed_looks(
    generation: Generation, *, answered: Set[str] = frozenset()
) -> list[Wanted]:
    """Of answers to an earlier reading that stand in this one, and were not looked at
    when it came. answered: slots of which people have spoken since.
    """
    cut_off = list(BlindLook.objects.owed_to(generation))
    if not cut_off:
        return []
    carried = {
        one.slot for one in live_fields(generation) if one.origin == Origin.HUMAN
    }
    machine = _machine_fields(generation)
    found: dict[str, Wanted] = {}
    for owed in cut_off:
        slot, answer = owed.first.item.slot, owed.second or owed.first
        if slot not in carried - answered or slot in found:
            continue
        costs = Costs(owed.loss, owed.look_cost)
        look = Look(owed.p_error, owed.catch, costs)
        wait = owed.waits_until - owed.opened_at
        also = (owed.first.reviewer_id,)
        found[slot] = Wanted(answer, machine.get(slot), look, wait, also)
    return list(found.values())


def _people(task: ReviewTask, slot: str) -> People:
    return people_of(task.tenant, slot)


def _confidence(read: DerivedArtifact | None) -> float | None:
    """None where a check contradicts the value, or there is none."""
    payload = (read.payload if read else None) or {}
    if not payload.get("value") or payload.get("status") == "conflict":
        return None
    return float(payload["confidence"])


def _machine_fields(generation: Generation) -> dict[str, DerivedArtifact]:
    """Its own reading: an item may be about a person's answer that was carried over."""
    rows = generation.artifacts.whole().of_kind(Kind.FIELD)
    fields = rows.filter(origin=Origin.MACHINE).order_by("artifact_id")
    return {one.slot: one for one in fields}


def _last_answers(task: ReviewTask) -> dict[uuid.UUID, Decision]:
    """By item, the answer that stands."""
    given = Decision.objects.of_task(task).standing()
    given = given.select_related("item__artifact", "artifact")
    found = {one.item_id: one for one in given.order_by("sequence")}
    return dict(sorted(found.items(), key=lambda pair: pair[1].item.position))


def _ask_second(task: ReviewTask) -> ReviewTask | None:
    if task.generation.released_at is not None:
        return None  # it was released before, and its answers are out already
    answered = {one.item.slot for one in _last_answers(task).values()}
    wanted = [*wanted_looks(task), *owed_looks(task.generation, answered=answered)]
    return file_second(task, task.generation, wanted) if wanted else None


def file_second(
    task: ReviewTask, generation: Generation, wanted: Sequence[Wanted]
) -> ReviewTask:
    """A second look at what people answered to a task, in this reading."""
    opened = timezone.now()
    second = ReviewTask.Asks.SECOND
    asked = _open(task, generation, second, SECOND_LOOK, len(wanted), opened)
    others = {who for one in wanted for who in (one.first.reviewer_id, *one.also)}
    asked.excluded = sorted({*asked.excluded, *others})
    asked.save(update_fields=["excluded"])
    items = [
        ReviewItem(
            task=asked,
            position=position,
            slot=one.first.item.slot,
            value_type=one.first.item.value_type,
            critical=one.first.item.critical,
            artifact=one.machine,
            reason=one.first.item.reason,
        )
        for position, one in enumerate(wanted)
    ]
    ReviewItem.objects.bulk_create(items)
    BlindLook.objects.bulk_create(
        BlindLook(
            item=item,
            first=one.first,
            p_error=one.look.p_error,
            catch=one.look.catch,
            loss=one.look.costs.loss,
            look_cost=one.look.costs.look,
            waits_until=opened + one.wait,
        )
        for item, one in zip(items, wanted, strict=True)
    )
    log.info("second_look_asked", task_id=str(asked.pk), fields=len(items))
    return asked


def _ask_third(task: ReviewTask) -> ReviewTask | None:
    """About the fields in which the two differ."""
    seconds = _last_answers(task)
    looks = {one.item_id: one for one in BlindLook.objects.of_task(task)}
    apart = [
        (looks[item_id], second)
        for item_id, second in seconds.items()
        if item_id in looks and not agree(looks[item_id].first, second)
    ]
    if not apart:
        return None
    opened = timezone.now()
    third = ReviewTask.Asks.THIRD
    asked = _open(task, task.generation, third, PEOPLE_DISAGREE, len(apart), opened)
    items = [
        _between(asked, position, look, second)
        for position, (look, second) in enumerate(apart)
    ]
    ReviewItem.objects.bulk_create(items)
    BlindLook.objects.bulk_create(
        BlindLook(
            item=item,
            first=look.first,
            second=second,
            p_error=look.p_error,
            catch=look.catch,
            loss=look.loss,
            look_cost=look.look_cost,
            waits_until=look.waits_until,
        )
        for item, (look, second) in zip(items, apart, strict=True)
    )
    log.info("third_person_asked", task_id=str(asked.pk), fields=len(items))
    return asked


def _between(
    asked: ReviewTask, position: int, look: BlindLook, second: Decision
) -> ReviewItem:
    sides = [look.first.artifact, second.artifact]
    _dice.shuffle(sides)
    return ReviewItem(
        task=asked,
        position=position,
        slot=second.item.slot,
        value_type=second.item.value_type,
        critical=second.item.critical,
        artifact=sides[0],
        other_artifact=sides[1],
        reason=PEOPLE_DISAGREE,
    )


def _open(
    task: ReviewTask,
    generation: Generation,
    asks: ReviewTask.Asks,
    reason: str,
    fields: int,
    opened: datetime,
) -> ReviewTask:
    of_type = generation.document_type
    due_at = Turnaround.objects.due_at(task.tenant_id, of_type, opened)
    # It waited once already: it comes as its document would come.
    waiting_since = min(task.created_at, opened)
    return ReviewTask.objects.create(
        tenant_id=task.tenant_id,
        source_id=task.source_id,
        generation=generation,
        asks=asks,
        stakes=task.stakes,
        priority=triage.priority_by(
            Stakes(task.stakes), asked=fields, opened=waiting_since, due_at=due_at
        ),
        due_at=due_at,
        reason=reason,
        document_type=of_type,
        template_key=generation.template_key,
        language=task.language,
        excluded=who_answered(task),
    )


def who_answered(task: ReviewTask) -> list[int]:
    """All who said anything of the values that a look is about, also what they took
    back or what came late."""
    tasks = ReviewTask.objects.filter(generation=task.generation_id)
    decided = Decision.objects.filter(item__task__in=tasks)
    beside = SecondOpinion.objects.filter(item__task__in=tasks)
    people = {*decided.order_by().values_list("reviewer_id", flat=True).distinct()}
    people |= {*beside.order_by().values_list("reviewer_id", flat=True).distinct()}
    planted = PlantedAnswer.objects.of_source(task.source_id).filter(
        planted__item__task__in=tasks
    )
    people |= {*planted.order_by().values_list("reviewer_id", flat=True)}
    return sorted({*people, *task.excluded})


def withdraw_looks_after(task: ReviewTask) -> None:
    """Before one of the task's answers is taken back. Raises AnswerRefused where
    another person has answered since.
    """
    looks = BlindLook.objects.after(task)
    followed = _tasks_of(looks).select_for_update(of=("self",), no_key=True)
    for later in followed:
        if Decision.objects.of_task(later).standing().exists():
            raise AnswerRefused(ANSWERED_SINCE)
        later.withdraw()


def _tasks_of(looks: BlindLookQuerySet) -> ReviewTaskQuerySet:
    return ReviewTask.objects.filter(pk__in=looks.values("item__task"))


@transaction.atomic
def release_unseen(*, user: User, task_id: uuid.UUID) -> None:
    """Release without the second look that was asked for, by a manager's word.

    Where two people differ somebody has to decide. Raises ReviewTask.DoesNotExist,
    AnswerRefused.
    """
    ReviewTask.objects.visible_to(user).only("pk").get(pk=task_id)
    hold_source_of(task_id)
    # A manager who answered first may not have the task, and may release it.
    task = _locked(task_id)
    if task is None:
        raise AnswerRefused(NOT_WAITING)
    if task.asks == ReviewTask.Asks.THIRD:
        raise AnswerRefused("Two people differ: somebody has to say which is right.")
    _release(task, UnseenRelease.Because.MANAGER, user)


def _locked(task_id: uuid.UUID) -> ReviewTask | None:
    """The task, while it is open."""
    rows = ReviewTask.objects.open().select_for_update(of=("self",), no_key=True)
    return rows.select_related("generation", "tenant").filter(pk=task_id).first()


def _release(
    task: ReviewTask, because: UnseenRelease.Because, actor: User | None
) -> None:
    if task.asks != ReviewTask.Asks.SECOND or task.state != ReviewTask.State.OPEN:
        raise AnswerRefused(NOT_WAITING)
    if Decision.objects.of_task(task).standing().exists():
        raise AnswerRefused("Somebody has begun the second look: wait for its end.")
    task.withdraw()
    UnseenRelease.objects.create(task=task, because=because, actor=actor)
    catalog.release(generation=task.generation)
    log.info("released_without_second_look", task_id=str(task.pk), because=because)


def release_waited() -> int:
    """Those whose time to wait is over and that nobody else may look at."""
    looks = BlindLook.objects.filter(waits_until__gt=timezone.now())
    waiting = ReviewTask.objects.open().asking(ReviewTask.Asks.SECOND)
    over = waiting.exclude(pk__in=looks.values("item__task"))
    ids = list(over.values_list("pk", flat=True))
    return sum(_release_waited(task_id) for task_id in ids)


@transaction.atomic
def _release_waited(task_id: uuid.UUID) -> bool:
    hold_source_of(task_id)
    task = _locked(task_id)
    if task is None or task.is_held or able_to_review(task):
        return False
    try:
        _release(task, UnseenRelease.Because.WAITED, None)
    except AnswerRefused:
        return False
    return True
