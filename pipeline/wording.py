"""Words for what a run tells: dispositions, steps, outcomes, reasons."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline import doubts
from pipeline.extracting.acceptance import DispositionReason
from pipeline.extracting.reasons import REASON_TEXT
from pipeline.proof_words import NOT_PROVEN, NOT_PROVEN_TEXT
from pipeline.steps.base import Outcome
from pipeline.steps.input_gate import GATE_MESSAGES

DISPOSITIONS: Mapping[str, str] = {
    "auto_accept": "Accepted",
    "human_review": "For review",
    "rejected": "Rejected",
}
STEPS: Mapping[str, str] = {
    "input_gate": "Looking at the file",
    "normalize": "Drawing the pages",
    "thumbnail": "Making a small picture",
    "ocr": "Reading the words",
    "layout": "Finding lines and tables",
    "extract": "Finding the fields",
    "ground": "Placing the values",
    "verify": "Checking the values",
    "index": "Indexing the words",
    "disposition": "Deciding",
}
OUTCOMES: Mapping[str, str] = {
    Outcome.OK: "Done",
    Outcome.ACCEPT: "Let in",
    Outcome.REJECT: "Refused",
    Outcome.CONFLICT: "Conflict",
    Outcome.HUMAN_REVIEW: "For review",
    Outcome.AUTO_ACCEPT: "Accepted",
    Outcome.FAILED: "Failed",
}
DISPOSITION_REASONS: Mapping[str, str] = {
    DispositionReason.ALL_CRITICAL_VERIFIED: "Every critical value was verified.",
    DispositionReason.ALL_CRITICAL_CONFIDENT: (
        "Every critical value was verified or read with high confidence."
    ),
    DispositionReason.UNKNOWN_DOCUMENT_TYPE: "It is of no known document type.",
    DispositionReason.UNCERTAIN_DOCUMENT_TYPE: "The document type is not certain.",
    DispositionReason.VERIFY_CONFLICT: "A check contradicts a value.",
    DispositionReason.CRITICAL_MISSING: "A critical value was not found.",
    DispositionReason.REQUIRED_MISSING: "A required value was not found.",
    DispositionReason.UNGROUNDED_VALUE: "A value stands nowhere on the page.",
    DispositionReason.CRITICAL_UNVERIFIED: "No check confirms a critical value.",
    DispositionReason.LOW_CONFIDENCE: "A value was read with low confidence.",
}
_DOUBTS: Mapping[str, str] = {
    doubts.MISSING: "Nothing was found for it.",
    doubts.UNVERIFIED: "No check could confirm or refute it.",
    doubts.LOW_CONFIDENCE: "It was read with low confidence.",
    doubts.UNGROUNDED: "The value stands nowhere on the page.",
    doubts.ASKED_AGAIN: "Somebody wants it looked at again.",
}
FAILURES: Mapping[str, str] = {
    "engine_unavailable": "The reading engine did not answer: try again later.",
    "engine_failed": "The reading engine could not read the pages.",
    "internal_error": "A step broke off by a defect of ours: tell whoever runs this.",
    "storage_unavailable": "The blob storage did not answer: tell an operator.",
    "source_erased": "The document was erased.",
    "version_not_runnable_here": (
        "This machine cannot run the pipeline version: another engine is installed."
    ),
    "original_not_whole": "The stored original is damaged: restore it from a backup.",
    "worker_died": "The worker stopped in the middle of it: try again.",
    "tool_missing": "A program that opens such files is not installed here.",
    "no_page_image": "No page could be drawn.",
    "no_words": "No page could be read.",
}
RUN_REASONS: Mapping[str, str] = {
    **FAILURES,
    **{str(reason): text for reason, text in DISPOSITION_REASONS.items()},
    **{str(reason): text for reason, text in GATE_MESSAGES.items()},
    NOT_PROVEN: NOT_PROVEN_TEXT,
}
REASONS: Mapping[str, str] = {
    **RUN_REASONS,
    **{str(reason): text for reason, text in REASON_TEXT.items()},
    **_DOUBTS,
}


def reason_text(reason: str) -> str:
    """A sentence for a reason; for a word without one, the word itself."""
    return REASONS.get(reason) or plain(reason)


def run_reason_text(reason: str) -> str:
    """The same of a whole run: some words are also said of single values."""
    return RUN_REASONS.get(reason) or reason_text(reason)


def step_text(step: str) -> str:
    return STEPS.get(step) or plain(step)


def plain(word: str) -> str:
    """An enum's word as people write it: "grand_total" becomes "Grand total"."""
    words = word.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
