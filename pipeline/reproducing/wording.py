"""A reproduction in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.models import ReplayObservation
from pipeline.reproducing.again import Why
from pipeline.wording import step_text

Verdict = ReplayObservation.Verdict

VERDICTS: Mapping[str, str] = {
    Verdict.SAME_BYTES: "The same, byte by byte",
    Verdict.SAME_CANONICAL: "The same",
    Verdict.WITHIN_TOLERANCE: "The same within its tolerance",
    Verdict.DIFFERS_STOCHASTIC: "Another result, as its step may give",
    Verdict.DIFFERS_ENV: "Another result, since something around it changed",
    Verdict.NOT_RUNNABLE: "It cannot be made again here",
    Verdict.UNEXPLAINED: "Another result, and nothing explains it",
}
# The look of a badge.
LOOKS: Mapping[str, str] = {
    Verdict.SAME_BYTES: "good",
    Verdict.SAME_CANONICAL: "good",
    Verdict.WITHIN_TOLERANCE: "good",
    Verdict.DIFFERS_STOCHASTIC: "doubt",
    Verdict.DIFFERS_ENV: "doubt",
    Verdict.NOT_RUNNABLE: "",
    Verdict.UNEXPLAINED: "bad",
}
WHY: Mapping[str, str] = {
    Why.SOURCE_ERASED: "the original was erased",
    Why.PAYLOAD_GONE: "what it held is gone, so there is nothing to compare with",
    Why.ORIGINAL_NOT_WHOLE: "the stored original is missing or damaged: restore it",
    Why.STORAGE_UNAVAILABLE: "the blob storage does not answer: try again later",
    Why.VERSION_UNKNOWN: "its pipeline version is not known here",
    Why.STEP_GONE: "the code of its step version is not here",
    Why.ENGINE_CHANGED: "the engine that made it is not installed here",
    Why.ENGINE_UNAVAILABLE: "the engine does not answer: try again later",
    Why.MODEL_RETIRED: "its model is retired, and nobody can ask it any more",
    Why.STEP_FAILED: "a step broke off: the log says where",
    Why.PERSON: "a person said it",
}


def sentence(observation: ReplayObservation) -> str:
    """What was found, in one sentence without text of the document."""
    detail: Mapping[str, Any] = observation.detail
    verdict = VERDICTS[observation.verdict]
    if observation.replayed:
        return f"{verdict}, from the kept answers: {_why_not(detail)}."
    if observation.verdict == Verdict.NOT_RUNNABLE:
        return f"{verdict}: {_why_not(detail)}."
    if observation.verdict == Verdict.DIFFERS_ENV:
        return f"{verdict}: {', '.join(detail.get('fields', ()))}."
    if step := detail.get("step"):
        return f"{verdict}: {step_text(str(step)).lower()} ({step})."
    return f"{verdict}."


def _why_not(detail: Mapping[str, Any]) -> str:
    why = WHY.get(str(detail.get("why", "")), "nobody knows why")
    if detail.get("why") == Why.PERSON:
        day = str(detail.get("at", ""))[:10]
        return f"{detail.get('by') or 'a person'} said it, on {day}"
    names = ", ".join(detail.get("names", ()))
    return f"{why} ({names})" if names else why


def counted(observation: ReplayObservation) -> str:
    """ "2 of 3 times the same"; empty where it was not made again."""
    if not observation.times:
        return ""
    times = "time" if observation.times == 1 else "times"
    return f"{observation.same} of {observation.times} {times} the same"
