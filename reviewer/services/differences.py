"""Asking which of two versions is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Comparison, Generation
from catalog.services import SourceErased, hold_source
from pipeline.models import ReprocessItem, Stage
from pipeline.models.reprocess_item import ReprocessItemQuerySet
from reviewer import two_versions
from reviewer.models import Decision, ReviewItem, ReviewTask, Turnaround
from reviewer.models.review_task import ReviewTaskQuerySet
from reviewer.triage import priority_by
from reviewer.two_versions import Difference

log = structlog.get_logger()

# Those in which every disagreement is asked about; in the whole corpus only what a
# gate still needs is.
ASKED_STAGES = (Stage.CANARY, Stage.SAMPLE)
MOST = 500  # tasks opened at once


def ask_difference(*, comparison: Comparison, wait: bool = True) -> ReviewTask | None:
    """Ask which of the two readings is right, where they disagree and nobody knows.

    The task is about the reading that was current, and so the answer goes there. None
    where there is nothing to ask, or a question about that reading is open. wait: for
    whoever is at that reading now; without, nothing is asked about it.
    """
    if not comparison.disagrees and not two_versions.refuses(comparison):
        return None
    return _ask(comparison, wait=wait)


@transaction.atomic
def _ask(comparison: Comparison, *, wait: bool) -> ReviewTask | None:
    generation = comparison.old_generation
    if not _stays_current(generation, wait=wait):
        return None
    waiting = ReviewTask.objects.open().asking(ReviewTask.Asks.DIFFERENCE)
    if waiting.filter(generation=generation).exists():
        return None
    differences = two_versions.unknown_differences(comparison)
    return _file(comparison, differences) if differences else None


def _stays_current(generation: Generation, *, wait: bool) -> bool:
    """Whether it is, and then it stays so until the transaction ends: a promotion that
    comes at this moment finds the question and withdraws it.
    """
    try:
        hold_source(source_id=generation.source_id)
    except SourceErased:
        return False
    rows = Generation.objects.current().filter(pk=generation.pk)
    return rows.select_for_update(no_key=True, skip_locked=not wait).exists()


def follow_comparison(*, comparison: Comparison, item: ReprocessItem) -> None:
    if item.stage in ASKED_STAGES:
        ask_difference(comparison=comparison)


@transaction.atomic
def ask_differences(
    *,
    items: ReprocessItemQuerySet,
    slices: Mapping[str, str],
    most: int,
    user: User | None = None,
) -> int:
    """Ask about up to so many more disagreements of one reprocess; how many it were.

    items: those of the reprocess that the user may see. slices: keys and words of
    ReprocessItem.slices that they must have. They are taken in the random order that
    the reprocess was started with, so that what is asked is a random sample.
    """
    wanted = items.compared().in_slices(slices).order_by("position")
    asked = ReviewTask.objects.exclude(state=ReviewTask.State.WITHDRAWN)
    undecided = wanted.filter(comparison__disagrees=True).exclude(
        comparison__in=asked.filter(comparison__isnull=False).values("comparison")
    )
    count = 0
    for item in undecided.select_related(
        "comparison__old_generation__source", "comparison__new_generation"
    ).iterator(chunk_size=200):
        if count >= min(most, MOST):
            break
        # Whoever holds many readings must not wait for another one, or two such would
        # wait for each other.
        if item.comparison and ask_difference(comparison=item.comparison, wait=False):
            count += 1
    log.info("differences_asked", count=count, user=user.pk if user else None)
    return count


def _file(
    comparison: Comparison, differences: Sequence[Difference]
) -> ReviewTask | None:
    generation = comparison.old_generation
    try:
        with transaction.atomic():
            task = ReviewTask.objects.create(
                **_about(comparison, generation, differences)
            )
    except IntegrityError:
        # Another reprocess asked about the same reading at the same moment.
        return None
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                task=task,
                position=position,
                slot=one.slot,
                value_type=one.value_type,
                critical=one.critical,
                artifact=one.older,
                other_artifact=one.newer,
                reason=one.reason,
            )
            for position, one in enumerate(differences)
        ]
    )
    return task


def _about(
    comparison: Comparison, generation: Generation, differences: Sequence[Difference]
) -> dict[str, object]:
    stakes = two_versions.stakes_of(differences)
    refused = two_versions.refuses(comparison)
    new = comparison.new_generation
    document_type = generation.document_type or new.document_type
    opened = timezone.now()
    due_at = Turnaround.objects.due_at(
        generation.source.tenant_id, document_type, opened
    )
    return {
        "tenant_id": generation.source.tenant_id,
        "source": generation.source,
        "generation": generation,
        "asks": ReviewTask.Asks.DIFFERENCE,
        "comparison": comparison,
        "stakes": stakes,
        "priority": priority_by(
            stakes, asked=len(differences), opened=opened, due_at=due_at
        ),
        "due_at": due_at,
        "reason": two_versions.NEWER_REFUSES if refused else two_versions.DISAGREE,
        "document_type": document_type,
        "template_key": generation.template_key,
    }


def settle_elsewhere(*, task: ReviewTask, slot: str) -> None:
    """After an answer: the open question which version is right about the same slot
    needs no second person. With its last question a task is withdrawn.

    A task that somebody is answering at this moment is left alone rather than waited
    for, since its answer may be waiting for this one.
    """
    if task.asks == ReviewTask.Asks.DIFFERENCE:
        return
    for other in (
        _asked_beside(task)
        .open()
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
    ):
        other.items.filter(slot=slot).update(decided=True)
        if not other.items.filter(decided=False).exists():
            other.withdraw()


def unsettle_elsewhere(*, task: ReviewTask, slot: str) -> None:
    """Before an answer is taken back: what it settled in an open task is asked again.

    Locks that task, as whoever answers it does, before the generation.
    """
    if task.asks == ReviewTask.Asks.DIFFERENCE:
        return
    given = Decision.objects.standing()
    for other in (
        _asked_beside(task).open().select_for_update(of=("self",), no_key=True)
    ):
        settled = other.items.filter(slot=slot).exclude(
            pk__in=given.filter(item__task=other).values("item")
        )
        settled.update(decided=False)


def ask_elsewhere_again(*, task: ReviewTask, slot: str) -> None:
    """After an answer was taken back: where its answer had settled the last question
    between two versions, what is unknown again is asked by a task of its own.
    """
    if task.asks == ReviewTask.Asks.DIFFERENCE:
        return
    ended = _asked_beside(task).filter(
        state=ReviewTask.State.WITHDRAWN, items__slot=slot
    )
    undecided = ReviewItem.objects.filter(decided=False).values("task")
    settled = ended.exclude(pk__in=undecided).order_by("created_at").last()
    if settled is not None and settled.comparison is not None:
        ask_difference(comparison=settled.comparison)


def _asked_beside(task: ReviewTask) -> ReviewTaskQuerySet:
    """Which version is right, about the reading that the task is about."""
    which = ReviewTask.objects.asking(ReviewTask.Asks.DIFFERENCE)
    return which.filter(generation=task.generation_id)
