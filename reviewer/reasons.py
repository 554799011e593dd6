"""Words for what pages show: statuses, kinds, slots, and the reasons of people."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline import wording
from pipeline.claims import LINE_SLOT
from pipeline.steps.slots import UPRIGHT
from pipeline.wording import plain

STATUSES: Mapping[str, str] = {
    "verified": "Verified",
    "unverified": "Unverified",
    "conflict": "Conflict",
}
KINDS: Mapping[str, str] = {
    "page_image": "Page picture",
    "ocr": "Words",
    "search_text": "Search text",
}
_ANSWERS: Mapping[str, str] = {
    "person_confirm": "A person confirmed it.",
    "person_correct": "A person corrected it.",
    "person_absent": "A person found that the document does not say.",
    "person_unreadable": "A person could not read it.",
}
# Why a person is asked, where no doubt of one reading is the reason.
_ASKED: Mapping[str, str] = {
    "versions_disagree": "Two versions read it differently.",
    "newer_finds_nothing": "Only the older version finds a value.",
    "older_finds_nothing": "Only the newer version finds a value.",
    "newer_has_no_line": "Only the older version reads this line.",
    "older_has_no_line": "Only the newer version reads this line.",
    "newer_refuses": "The newer version does not read this document.",
    "second_look": "A wrong value here costs much: two people read it, each alone.",
    "people_disagree": "Two people read it differently.",
    "sibling_of_error": "One like it was wrong, and this one may be too.",
    "by_hand": "Put right among the line items.",
    "full_check": "Every value that decides is to be checked.",
}
REASONS: Mapping[str, str] = {**wording.REASONS, **_ANSWERS, **_ASKED}


def reason_text(reason: str) -> str:
    """A sentence for a reason; for a word without one, the word itself."""
    return REASONS.get(reason) or plain(reason)


def outcome_text(outcome: str) -> str:
    """How a step ended."""
    return wording.OUTCOMES.get(outcome) or plain(outcome)


def kind_text(kind: str) -> str:
    return KINDS.get(kind) or plain(kind)


def slot_text(slot: str) -> str:
    """What a slot is called on the page; lines count from 1 there."""
    if slot.startswith("page="):
        return f"Page {slot.removeprefix('page=').replace(UPRIGHT, ', upright')}"
    line = LINE_SLOT.fullmatch(slot)
    if line:
        return f"Line {int(line['number']) + 1}: {plain(line['column']).lower()}"
    return plain(slot)
