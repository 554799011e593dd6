"""What a person's answer means: its value, its place, its artifact, its expectation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from catalog.models import DerivedArtifact, GoldenValue
from catalog.regions import Region
from pipeline.claims import Claim, ClaimStatus, ValueType
from pipeline.extracting.values import normalise
from reviewer.blinding import machine_of
from reviewer.models import Correction, Decision, ReviewItem, ReviewTask, Verdict
from reviewer.values import region_of, value_of
from reviewer.wording import HOW_TO_TYPE

LONGEST_VALUE = 2000  # characters
TAKEN_NUMBER = "This answer has the number of another one: send it anew."
NO_TWO_VERSIONS = "This task does not ask which of two versions is right."


class AnswerRefused(Exception):
    """The answer makes no sense; the message says what to do, for the reviewer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says about one item.

    decision_id is made by whoever asks, so that a repeated call is one decision.
    value is what was typed or picked ("" for absent and unreadable); region is where it
    stands, if the person showed it.
    """

    decision_id: uuid.UUID
    slot: str
    verdict: Verdict
    value: str = ""
    region: Region | None = None
    how: Correction.How = Correction.How.TYPED
    active_ms: int = 0
    # What the page knew when the answer was given: how many answers the field had, and
    # the value that it showed. None and "": nobody says.
    seen: int | None = None
    shown: str = ""


def chosen(answer: Answer, *, item: ReviewItem, asks: ReviewTask.Asks) -> Answer:
    """What it says to choose one of two versions: "confirm" is the older one, "correct"
    with how "version" the newer one; what they found is looked up here, not sent.

    Choosing a version that found nothing says that the document has none. Of two
    people's answers it is the same, with what they said. Other answers stay as they
    are. Raises AnswerRefused.
    """
    newer = answer.how == Correction.How.VERSION
    if asks not in (ReviewTask.Asks.DIFFERENCE, ReviewTask.Asks.THIRD):
        if newer:
            raise AnswerRefused(NO_TWO_VERSIONS)
        return answer
    if answer.verdict == Verdict.CONFIRM:
        side, how = item.artifact, Correction.How.CANDIDATE
    elif answer.verdict == Verdict.CORRECT and newer:
        side, how = item.other_artifact, Correction.How.VERSION
    else:
        return answer
    if asks == ReviewTask.Asks.THIRD:
        how = Correction.How.CANDIDATE
    if not value_of(side):
        verdict = _of_nothing(side)
        return replace(answer, verdict=verdict, value="", region=None, how=how)
    place = region_of(side)
    return replace(
        answer,
        # Where it is what stands there already, it is a confirmation after all.
        verdict=Verdict.CORRECT,
        value=value_of(side),
        region=Region.from_json(place) if place else None,
        how=how,
    )


def _of_nothing(side: DerivedArtifact | None) -> Verdict:
    """What it means to choose a side without a value."""
    reason = ((side.payload if side else None) or {}).get("reason")
    unread = reason == f"person_{Verdict.UNREADABLE}"
    return Verdict.UNREADABLE if unread else Verdict.ABSENT


def settled(
    answer: Answer, *, item: ReviewItem, standing: DerivedArtifact | None
) -> Answer:
    """The answer, its value normalised; a confirmation if it changes nothing.

    Raises AnswerRefused.
    """
    if answer.verdict in (Verdict.ABSENT, Verdict.UNREADABLE):
        return replace(answer, value="", region=None)
    if answer.verdict == Verdict.CONFIRM:
        if not value_of(standing):
            raise AnswerRefused(
                "There is no value to confirm: type it, or say that the document"
                " does not have it."
            )
        return replace(answer, value=value_of(standing))
    value = normalise(ValueType(item.value_type), answer.value[:LONGEST_VALUE])
    if not value:
        raise AnswerRefused(HOW_TO_TYPE[ValueType(item.value_type)])
    region = answer.region.as_json() if answer.region else None
    if value == value_of(standing) and region in (None, region_of(standing)):
        return replace(answer, verdict=Verdict.CONFIRM, value=value)
    return replace(answer, value=value)


def new_region(
    answer: Answer, standing: DerivedArtifact | None
) -> dict[str, Any] | None:
    """Where the answered value stands; the old place where nobody showed another."""
    if answer.region is not None:
        return answer.region.as_json()
    if answer.verdict in (Verdict.ABSENT, Verdict.UNREADABLE):
        return None
    return region_of(standing)


def new_payload(answer: Answer, *, item: ReviewItem, raw: str) -> dict[str, Any]:
    """The field payload of the human artifact; raw is the answer before normalising."""
    claim = Claim(
        slot=item.slot,
        value=answer.value,
        raw=raw or answer.value,
        value_type=ValueType(item.value_type),
        confidence=1.0,
        status=ClaimStatus.VERIFIED,
        reason=f"person_{answer.verdict}",
        critical=item.critical,
    )
    payload = claim.as_json()
    del payload["region"]
    return payload


def expectation(task: ReviewTask, item: ReviewItem, decision: Decision) -> GoldenValue:
    """The golden value of a decision, beside what the machine had said.

    What nobody can read is no expectation of any version: it withdraws an earlier one.
    """
    generation, machine = task.generation, machine_of(task, item)
    # Of two people's answers neither is a version's.
    other = item.other_artifact if task.asks_which else None
    return GoldenValue(
        slot=item.slot,
        value_type=item.value_type,
        value=value_of(decision.artifact),
        withdrawn=decision.verdict == Verdict.UNREADABLE,
        region=decision.artifact.region,
        machine_value=value_of(machine),
        machine_region=region_of(machine),
        pipeline_version=generation.pipeline_version,
        model_id=(machine.model_id or "") if machine else "",
        other_value=value_of(other),
        other_region=region_of(other),
        other_version=_other_version(task),
        decision_ref=decision.decision_id,
        filed_by=decision.reviewer,
    )


def _other_version(task: ReviewTask) -> str:
    """Empty where the task does not ask which of two is right."""
    compared = task.comparison
    return compared.new_generation.pipeline_version if compared else ""


def slices_of(task: ReviewTask) -> dict[str, str]:
    """The keys that figures over golden cases are split on."""
    generation = task.generation
    return {
        "tenant": task.tenant.slug,
        "template": generation.template_key,
        "document_type": generation.document_type,
        "modality": generation.source.modality,
    }
