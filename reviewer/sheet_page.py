"""What a sheet shows: the same field of many documents, odd ones first."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from reviewer import desk, odd
from reviewer.desk import Question
from reviewer.models import ReviewItem, ReviewTask, Scope
from reviewer.names import FieldNames
from reviewer.narrowing import Narrowing
from reviewer.services.sheets import Outcome, Sheet

# How far down the queue a page looks for fields of which many wait.
LOOKED_AT = 1000
FEWEST, MOST_FIELDS = 2, 6


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of which many documents wait."""

    slot: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One document's field. error: what was wrong with the answer given to it."""

    task: ReviewTask
    question: Question
    why: str
    error: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class SheetPage:
    token: uuid.UUID
    slot: str
    name: str
    cells: Sequence[Cell]
    left_out: Sequence[ReviewTask]
    rule: str = odd.RULE


def choices(
    user: User, scopes: Sequence[Scope], narrowing: Narrowing, names: FieldNames
) -> list[Choice]:
    """Fields that many of the most urgent free tasks doubt, the most frequent first."""
    asks = ReviewTask.Asks.DOUBTS
    here = narrowing.apply(ReviewTask.objects.within(scopes)).free_for(user)
    urgent = here.asking(asks).in_triage_order()[:LOOKED_AT]
    return [
        Choice(slot, names.of(slot, narrowing.type or ""), count)
        for slot, count in ReviewItem.objects.counted_by_field(urgent)[:MOST_FIELDS]
        if count >= FEWEST
    ]


def lay_out(
    sheet: Sheet,
    slot: str,
    *,
    left_out: Sequence[ReviewTask] = (),
    errors: Mapping[uuid.UUID, str] | None = None,
    typed: Mapping[uuid.UUID, str] | None = None,
) -> SheetPage:
    """Read what the page shows, from where the desk has it: what is open there still,
    odd ones first."""
    asked = [(task, _question(task, slot)) for task in sheet.tasks]
    open_ones = [(task, q) for task, q in asked if q and not q.item.decided]
    oddness = odd.oddness_of([_shown(task, q) for task, q in open_ones])
    order = sorted(range(len(open_ones)), key=lambda i: -oddness[i].score)
    cells = [
        Cell(
            *open_ones[index],
            why=oddness[index].why,
            error=(errors or {}).get(open_ones[index][0].pk, ""),
            typed=(typed or {}).get(open_ones[index][0].pk, ""),
        )
        for index in order
    ]
    types = {cell.task.document_type for cell in cells}
    name = FieldNames.now().of(slot, types.pop() if len(types) == 1 else "")
    return SheetPage(sheet.token, slot, name, cells, left_out)


def _question(task: ReviewTask, slot: str) -> Question | None:
    return next(iter(desk.lay_out(task, slot=slot).questions), None)


def _shown(task: ReviewTask, question: Question) -> odd.Shown:
    machine = question.item.artifact
    payload = (machine.payload or {}) if machine else {}
    return odd.Shown(
        value=question.value,
        template=task.template_key,
        confidence=float(payload.get("confidence", 0.0)),
        conflict=payload.get("status") == "conflict",
        box=question.region.bbox if question.region else None,
    )


def told(outcome: Outcome, left_out: int) -> str:
    """What became of a sheet, in one sentence."""
    stored = list(outcome.decisions.values())
    changed = sum(decision.verdict != "confirm" for decision in stored)
    lost = len(outcome.late) - outcome.kept
    parts = [
        (len(stored) - changed, "confirmed"),
        (changed, "corrected"),
        (left_out, "left to the desk"),
        (outcome.kept, "kept as second opinion, since they came too late"),
        (lost, "not taken: somebody else has the case"),
        (len(outcome.refused), "to be looked at again"),
    ]
    said = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"{said[:1].upper()}{said[1:]}." if said else "Nothing was answered."
