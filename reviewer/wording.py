"""Sentences for people, one for each enum word that the system gives as a reason."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.timesince import timeuntil

from pipeline import doubts
from pipeline.claims import ValueType
from pipeline.extracting.acceptance import DispositionReason
from pipeline.extracting.reasons import REASON_TEXT
from reviewer.models import ReviewTask, Verdict

DOUBT_TEXT: Mapping[str, str] = {
    doubts.MISSING: "Nothing was found for it.",
    doubts.UNGROUNDED: "The value stands nowhere on the page.",
    doubts.LOW_CONFIDENCE: "The reading is not sure, and no check confirms it.",
}
DISPOSITION_TEXT: Mapping[str, str] = {
    DispositionReason.UNKNOWN_DOCUMENT_TYPE: "It is of no known document type.",
    DispositionReason.UNCERTAIN_DOCUMENT_TYPE: "The document type is not certain.",
    DispositionReason.VERIFY_CONFLICT: "Values contradict each other.",
    DispositionReason.CRITICAL_MISSING: "A critical value was not found.",
    DispositionReason.REQUIRED_MISSING: "A required value was not found.",
    DispositionReason.UNGROUNDED_VALUE: "A value stands nowhere on the page.",
    DispositionReason.CRITICAL_UNVERIFIED: "No check confirms a critical value.",
    DispositionReason.LOW_CONFIDENCE: "A reading is not sure.",
}
SENTENCES: Mapping[str, str] = {
    **{word.value: text for word, text in REASON_TEXT.items()},
    **DISPOSITION_TEXT,
    **DOUBT_TEXT,
}
# Few words, for counts and filters.
SHORT: Mapping[str, str] = {
    "sum_of_lines_differs": "differs from the sum of lines",
    "line_product_differs": "quantity × price differs",
    "net_plus_tax_differs": "net + tax differ from gross",
    "paid_less_change_differs": "differs from paid less change",
    "date_in_future": "date in the future",
    "date_too_old": "date too far back",
    "date_ambiguous": "day or month?",
    "due_before_invoice": "due before the invoice date",
    "currencies_differ": "currencies differ",
    "check_digit_invalid": "check digit wrong",
    "value_not_in_document": "not in the document",
    doubts.MISSING: "not found",
    doubts.UNGROUNDED: "no place on the page",
    doubts.LOW_CONFIDENCE: "unsure reading",
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
DECIDED: Mapping[str, str] = {
    Verdict.CONFIRM: "confirmed",
    Verdict.CORRECT: "corrected",
    Verdict.ABSENT: "not in the document",
    Verdict.UNREADABLE: "cannot be read",
}


def in_words(word: str) -> str:
    """"sum_of_lines_differs" as plain words, for reasons that have no sentence."""
    return word.replace("_", " ").strip() or "no reason given"


def sentence(reason: str) -> str:
    return SENTENCES.get(reason) or f"{in_words(reason).capitalize()}."


def short(reason: str) -> str:
    return SHORT.get(reason) or in_words(reason)


def field_name(slot: str) -> str:
    """"lines[2].unit_price" as people count: "Line 3, unit price"."""
    if slot.startswith("lines["):
        number, _, column = slot.removeprefix("lines[").partition("].")
        return f"Line {int(number) + 1}, {in_words(column)}"
    return in_words(slot).capitalize()


def why(slot: str, reason: str) -> str:
    """One sentence for a case: its most urgent field and what is the matter with it."""
    return f"{field_name(slot)}: {lower_first(sentence(reason))}" if slot else sentence(
        reason
    )


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def name_of(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else "somebody"


def lost(task: ReviewTask, user: User) -> str:
    """Why this person may not answer this task now, and what became of it."""
    if task.state == ReviewTask.State.WITHDRAWN:
        return "This case was withdrawn: a newer reading replaced the one asked about."
    if task.state == ReviewTask.State.DONE:
        return f"This case is done{done_by(task)}."
    if task.is_held_by_other(user):
        left = timeuntil(task.reserved_until, timezone.now())
        return f"{name_of(task.reserver)} has this case now, for {left} more at least."
    if task.is_held:
        return "You opened this case in another tab: go on there, or take it here."
    return "Your time on this case ended and it went back to the queue: take it again."


def done_by(task: ReviewTask) -> str:
    last = task.last_decision()
    return f": {name_of(last.reviewer)} answered the last field" if last else ""
