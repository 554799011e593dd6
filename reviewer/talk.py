"""What people said about a task, and beside its answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet

from catalog.compiled import compiled
from reviewer import wording
from reviewer.checks import showing
from reviewer.models import Decision, ReviewTask, SecondOpinion, TaskNote, Verdict
from reviewer.names import FieldNames
from reviewer.values import value_of

SAID = {
    TaskNote.Kind.COMMENT: "said",
    TaskNote.Kind.ESCALATE: "asked for a senior",
    TaskNote.Kind.RETURN: "returned it to",
}


@dataclass(frozen=True, slots=True)
class Said:
    note: TaskNote
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """agrees: with the answer of somebody else that stands now; None: there is none."""

    opinion: SecondOpinion
    name: str
    who: str
    what: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Talk:
    notes: Sequence[Said]
    opinions: Sequence[Opinion]

    @property
    def last(self) -> Said | None:
        return self.notes[-1] if self.notes else None


NOTHING = Talk([], [])


def of(task: ReviewTask, user: User) -> Talk:
    """Of the task's page. Others' second opinions are shown once an item is answered:
    before, they would answer it.
    """
    notes = [_said(note) for note in _notes_of(task.pk)]
    return Talk(notes, told(_opinions_shown(task.pk)))


@compiled
def _notes_of(task_id: uuid.UUID) -> QuerySet[TaskNote]:
    return TaskNote.objects.of_task(ReviewTask(pk=task_id))


@compiled
def _opinions_shown(task_id: uuid.UUID) -> QuerySet[SecondOpinion]:
    opinions = SecondOpinion.objects.of_task(ReviewTask(pk=task_id)).with_answers()
    return opinions.filter(item__decided=True)


def _said(note: TaskNote) -> Said:
    what = SAID[TaskNote.Kind(note.kind)]
    if note.to is not None:
        what = f"{what} {wording.name_of(note.to)}"
    return Said(note, wording.name_of(note.author), what)


def told(opinions: Iterable[SecondOpinion]) -> list[Opinion]:
    """Opinions that with_answers() has read, with how they compare."""
    opinions = list(opinions)
    if not opinions:
        return []
    standing = standing_beside(opinions)
    names = FieldNames.now()
    return [
        Opinion(
            one,
            names.of(one.item.slot, one.item.task.document_type),
            wording.name_of(one.reviewer),
            wording.DECIDED[one.verdict],
            agrees(one, standing.get(one.item_id)),
        )
        for one in opinions
    ]


def standing_beside(opinions: Sequence[SecondOpinion]) -> dict[object, Decision]:
    """By item: the last decision of each item that nobody took back."""
    items = {opinion.item_id for opinion in opinions}
    given = Decision.objects.filter(item__in=items).standing().order_by("sequence")
    found: dict[object, Decision] = {
        one.item_id: one for one in given.select_related("artifact", "reviewer")
    }
    tasks = {one.item.task for one in opinions if one.item_id not in found}
    for mask in (mask for task in tasks for mask in showing.of_task(task)):
        if mask.standing_told is not None:
            found[mask.item.pk] = mask.standing_told
    return found


def agrees(opinion: SecondOpinion, decision: Decision | None) -> bool | None:
    """None where nothing is to be compared: no other's answer, or an erased one."""
    if decision is None or decision.reviewer_id == opinion.reviewer_id:
        return None
    if decision.artifact.is_erased:
        return None
    nothing = (Verdict.ABSENT, Verdict.UNREADABLE)
    if opinion.verdict in nothing or decision.verdict in nothing:
        return opinion.verdict == decision.verdict
    return opinion.value == value_of(decision.artifact)


def agreement(opinions: Iterable[SecondOpinion]) -> tuple[int, int]:
    """How many could be compared with another's answer, and how many agreed."""
    compared = [one.agrees for one in told(opinions) if one.agrees is not None]
    return len(compared), sum(compared)
