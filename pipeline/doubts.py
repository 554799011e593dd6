"""Which fields of a reading a person must look at, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.claims import Claim, ClaimStatus, DocumentTypeSpec, FieldSpec
from pipeline.extracting import acceptance

MISSING = "missing"
UNVERIFIED = "unverified"
LOW_CONFIDENCE = "low_confidence"
UNGROUNDED = "ungrounded"
ASKED_AGAIN = "asked_again"
# A field that decides nothing is asked about only when it is likelier wrong than right.
OTHER_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """A slot to ask about; claim is None where the machine found nothing."""

    slot: str
    value_type: str
    critical: bool
    reason: str
    claim: Claim | None


def doubts_in(
    claims: Iterable[Claim], spec: DocumentTypeSpec, *, params: Mapping[str, Any]
) -> list[Doubt]:
    """What to ask, most important first: conflicts, then critical fields, then others.

    params are those of the disposition step: what keeps a document from being accepted
    is what people are asked about.
    """
    by_slot = {claim.slot: claim for claim in claims}
    found = []
    for field in spec.fields:
        claim = by_slot.get(field.name)
        reason = _reason(claim, field, params)
        if reason:
            found.append(
                Doubt(field.name, field.value_type.value, field.critical, reason, claim)
            )
    for slot, claim in by_slot.items():
        if "[" in slot and claim.status is ClaimStatus.CONFLICT:
            found.append(
                Doubt(
                    slot,
                    claim.value_type.value,
                    critical=False,
                    reason=claim.reason,
                    claim=claim,
                )
            )
    return sorted(
        found,
        key=lambda doubt: (
            not (doubt.claim and doubt.claim.status is ClaimStatus.CONFLICT),
            not doubt.critical,
        ),
    )


def every_field(
    claims: Iterable[Claim], spec: DocumentTypeSpec, *, reason: str
) -> list[Doubt]:
    """All header fields: what to ask when somebody wants to look again."""
    by_slot = {claim.slot: claim for claim in claims}
    return [
        Doubt(
            field.name,
            field.value_type.value,
            critical=field.critical,
            reason=reason,
            claim=by_slot.get(field.name),
        )
        for field in spec.fields
    ]


def everything_critical(
    claims: Iterable[Claim], spec: DocumentTypeSpec, *, reason: str
) -> list[Doubt]:
    """All critical fields: what to ask when the whole document is in doubt."""
    return [
        doubt for doubt in every_field(claims, spec, reason=reason) if doubt.critical
    ]


def _reason(claim: Claim | None, field: FieldSpec, params: Mapping[str, Any]) -> str:
    if claim is None or not claim.value:
        return MISSING if field.critical or field.required else ""
    if claim.status is ClaimStatus.CONFLICT:
        return claim.reason
    if claim.region is None and (field.critical or field.required):
        return UNGROUNDED
    return LOW_CONFIDENCE if claim.confidence < _enough(claim, field, params) else ""


def _enough(claim: Claim, field: FieldSpec, params: Mapping[str, Any]) -> float:
    if not field.critical:
        required = params.get("required_confidence", acceptance.REQUIRED_CONFIDENCE)
        return float(required) if field.required else OTHER_CONFIDENCE
    if claim.status is ClaimStatus.VERIFIED:
        return float(params.get("verified_confidence", acceptance.VERIFIED_CONFIDENCE))
    return float(params.get("critical_confidence", acceptance.CRITICAL_CONFIDENCE))
