"""Sentences of the reviewer's desk: why a case is there, what is amiss, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from pipeline import doubts
from pipeline.claims import LINE_SLOT, ValueType
from pipeline.extracting.acceptance import DispositionReason
from pipeline.proof_words import NOT_PROVEN
from pipeline.wording import plain
from reviewer import auditing, two_versions, waiting
from reviewer.models import (
    Decision,
    PlantedAnswer,
    ReviewItem,
    ReviewTask,
    Verdict,
)
from reviewer.names import FieldNames
from reviewer.reasons import reason_text

if TYPE_CHECKING:
    from reviewer.services.reservations import ReservationLost

# Few words, for counts and filters; other reasons are shown as their own words.
SHORT: Mapping[str, str] = {
    "sum_of_lines_differs": "Differs from sum of lines",
    "line_product_differs": "Quantity by price differs",
    "net_plus_tax_differs": "Net + tax differ from gross",
    "paid_less_change_differs": "Differs from paid less change",
    "date_ambiguous": "Day or month?",
    "value_not_in_document": "Not in the document",
    doubts.MISSING: "Not found",
    doubts.UNGROUNDED: "No place on the page",
    doubts.LOW_CONFIDENCE: "Unsure reading",
    two_versions.DISAGREE: "Two versions disagree",
    two_versions.NEWER_REFUSES: "Newer version refuses it",
    auditing.FULL_CHECK: "Checked in full",
    "second_look": "A wrong value costs much",
    "people_disagree": "Two people differ",
    auditing.SIBLING: "One like it was wrong",
}
# What a task asks, for lists; of an audit it says nothing of what was accepted.
ASKS: Mapping[str, str] = {
    ReviewTask.Asks.DOUBTS: "Doubtful values",
    ReviewTask.Asks.DIFFERENCE: "Two versions",
    ReviewTask.Asks.AUDIT: "Full check",
    ReviewTask.Asks.SECOND: "Second look",
    ReviewTask.Asks.THIRD: "Third person",
}
HOW_TO_TYPE: Mapping[ValueType, str] = {
    ValueType.MONEY: "This does not read as an amount: type it like 1234.50.",
    ValueType.DATE: "This does not read as a date: type it like 2026-11-23.",
    ValueType.NUMBER: "This does not read as a number: type it like 12.5.",
    ValueType.CURRENCY: "This is no currency we know: type its code, like EUR.",
    ValueType.ID: "Type the number as it is printed.",
    ValueType.NAME: "Type the name as it is printed.",
    ValueType.ADDRESS: "Type the address as it is printed.",
    ValueType.TEXT: "Type the text as it is printed.",
}
NOTHING: Mapping[str, str] = {
    "person_absent": "Not in the document",
    "person_unreadable": "Cannot be read",
}
# Who asks for a document to be reviewed again asks about all of its fields.
ABOUT_THE_DOCUMENT = {
    *DispositionReason,
    doubts.ASKED_AGAIN,
    auditing.FULL_CHECK,
    NOT_PROVEN,
} - {DispositionReason.LOW_CONFIDENCE}
# Of a field that a check settled: no person's answer.
AGREES = "agrees now"
MOST_NAMES = 3  # of fields in one sentence
DECIDED: Mapping[str, str] = {
    Verdict.CONFIRM: "confirmed",
    Verdict.CORRECT: "corrected",
    Verdict.ABSENT: "not in the document",
    Verdict.UNREADABLE: "cannot be read",
    Verdict.UNDO: "taken back",
}


def decided(decision: Decision) -> str:
    """What was answered, in few words; decision with its correction and its task."""
    chosen = two_versions.chosen_side(decision)
    return f"{chosen} is right" if chosen else DECIDED[decision.verdict]


def nothing(reason: str) -> str:
    """What stands where there is no value; reason: of the claim that stands."""
    return NOTHING.get(reason, "Nothing found")


def short(reason: str) -> str:
    return SHORT.get(reason) or plain(reason) or "No reason given"


def why(task: ReviewTask, items: Sequence[ReviewItem], names: FieldNames) -> str:
    """Why a task is there, in one sentence: its first item and what is the matter."""
    if not items:
        return reason_text(task.reason)
    if task.asks_which:
        return _disagreement(task, items, names)
    if task.asks == ReviewTask.Asks.SECOND:
        return reason_text(task.reason)
    # Where the whole document is in doubt every item carries that reason.
    if items[0].reason in ABOUT_THE_DOCUMENT:
        return reason_text(items[0].reason)
    text = reason_text(items[0].reason)
    name = names.of(items[0].slot, task.document_type)
    return f"{name}: {text[:1].lower()}{text[1:]}"


def _disagreement(
    task: ReviewTask, items: Sequence[ReviewItem], names: FieldNames
) -> str:
    if task.reason == two_versions.NEWER_REFUSES:
        return reason_text(task.reason)
    fields = [_asked(item, task.document_type, names) for item in items]
    more = len(fields) - MOST_NAMES
    told = ", ".join(fields[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"Two versions disagree: {told}."


def _asked(item: ReviewItem, document_type: str, names: FieldNames) -> str:
    line = LINE_SLOT.fullmatch(item.slot)
    if line and item.reason in two_versions.LONE_LINE:
        return f"whether there is a line {int(line['number']) + 1}"
    return names.of(item.slot, document_type)


def done(task: ReviewTask) -> str:
    """What the last answer to a task has brought about."""
    if task.asks_which:
        return "Case done: your answers stand, and both versions are scored by them."
    if task.asks != ReviewTask.Asks.AUDIT:
        return waiting.after(task)
    wrong = auditing.put_right(task)
    if not wrong:
        return "Case done: every value was right."
    values = "value was" if wrong == 1 else "values were"
    return f"Case done: {wrong} {values} put right; exports carry the right ones now."


def name_of(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else "Somebody"


def last_answerer(task: ReviewTask) -> User | None:
    """Of any of its questions."""
    given: list[Decision | PlantedAnswer | None] = [
        Decision.objects.of_task(task).select_related("reviewer").last(),
        PlantedAnswer.objects.of_task(task).select_related("reviewer").last(),
    ]
    ordered = sorted((a for a in given if a), key=lambda answer: answer.decided_at)
    return ordered[-1].reviewer if ordered else None


KEPT = "Your answer is kept beside what stands there, as a second opinion."


def lost_and_kept(late: ReservationLost, user: User) -> str:
    """The same with what became of the answer."""
    why = lost(late.task, user, answered=late.answered)
    return f"{why} {KEPT}" if late.kept is not None else why


def lost(task: ReviewTask, user: User, *, answered: bool = False) -> str:
    """Why this person may not answer this task now, and what became of it."""
    if task.state == ReviewTask.State.WITHDRAWN:
        if task.source.erased_at is not None:
            return "This case was withdrawn: its document was erased."
        if not task.items.filter(decided=False).exists():
            return "This case was withdrawn: its questions were answered elsewhere."
        return "This case was withdrawn: a newer reading replaced the one asked about."
    if task.state == ReviewTask.State.DONE:
        last = last_answerer(task)
        by = f": {name_of(last)} gave the last answer" if last else ""
        return f"This case is done{by}."
    if task.is_held_by_other(user):
        until = f"{task.reserved_until:%H:%M:%S} UTC"
        return f"{name_of(task.reserver)} has this case now, until {until} or longer."
    if answered:
        return "This field was answered meanwhile: take the case anew to see it."
    if task.is_held and task.reserver_id == user.pk:
        return "You opened this case on another page: go on there, or take it here."
    return "Your time on this case ended and it went back to the queue: take it again."
