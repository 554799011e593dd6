"""A sheet's answers as they come from its form: one set of fields for each task."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from reviewer.answer_form import LONGEST_WORK, AnswerForm
from reviewer.services.sheets import LARGEST, SheetAnswer

OUT = "out"
FIELDS = ("decision_id", "choice", "value", "seen", "shown")


@dataclass(slots=True)
class Filled:
    """What a form says. wrong: by task, what to do about it."""

    answers: list[SheetAnswer] = field(default_factory=list)
    left_out: list[uuid.UUID] = field(default_factory=list)
    wrong: dict[uuid.UUID, str] = field(default_factory=dict)
    active_ms: int = 0


def read(sent: QueryDict, *, token: uuid.UUID, slot: str) -> Filled:
    """The fields of a task are named like "choice-<its id>"; what is typed counts."""
    filled = Filled(active_ms=_whole(sent.get("active_ms", "")))
    for task_id in _tasks(sent.getlist("task")):
        given = {name: sent.get(f"{name}-{task_id}", "") for name in FIELDS}
        if given["value"].strip() and given["choice"] != OUT:
            given["choice"] = "correct"
        if given["choice"] in (OUT, ""):
            filled.left_out.append(task_id)
            continue
        _add(filled, task_id, {**given, "token": str(token), "slot": slot})
    return filled


def _add(filled: Filled, task_id: uuid.UUID, given: Mapping[str, str]) -> None:
    form = AnswerForm(given)
    if form.is_valid():
        filled.answers.append(SheetAnswer(task_id, form.answer()))
    else:
        filled.wrong[task_id] = form.first_error


def _tasks(sent: Sequence[str]) -> list[uuid.UUID]:
    """Each once, in their order; what is no id is left out."""
    found: dict[uuid.UUID, None] = {}
    for text in sent[: 2 * LARGEST]:
        try:
            found[uuid.UUID(text)] = None
        except ValueError:
            continue
    return list(found)[:LARGEST]


def _whole(text: str) -> int:
    ms = int(text) if text.isascii() and text.isdecimal() else 0
    return ms if ms <= LONGEST_WORK else 0
