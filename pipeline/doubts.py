"""Which fields of a reading a person must look at, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.claims import Claim, ClaimStatus, DocumentTypeSpec

MISSING = "missing"
UNVERIFIED = "unverified"
LOW_CONFIDENCE = "low_confidence"
UNGROUNDED = "ungrounded"
# A field that decides nothing is asked about only when it is more likely wrong than right.
OTHER_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """A slot to ask about; claim is None where the machine found nothing."""

    slot: str
    value_type: str
    critical: bool
    reason: str
    claim: Claim | None


def doubts_in(
    claims: Iterable[Claim], spec: DocumentTypeSpec, *, threshold: float
) -> list[Doubt]:
    """What to ask, most important first: conflicts, then critical fields, then others.

    threshold: a critical field is asked about unless it is verified or its confidence
    (0..1) reaches this.
    """
    by_slot = {claim.slot: claim for claim in claims}
    found = []
    for field in spec.fields:
        claim = by_slot.get(field.name)
        reason = _reason(claim, field.critical, field.required, threshold)
        if reason:
            found.append(
                Doubt(field.name, field.value_type.value, field.critical, reason, claim)
            )
    for slot, claim in by_slot.items():
        if "[" in slot and claim.status is ClaimStatus.CONFLICT:
            found.append(
                Doubt(slot, claim.value_type.value, False, claim.reason, claim)
            )
    return sorted(
        found,
        key=lambda doubt: (
            not (doubt.claim and doubt.claim.status is ClaimStatus.CONFLICT),
            not doubt.critical,
        ),
    )


def everything_critical(
    claims: Iterable[Claim], spec: DocumentTypeSpec, *, reason: str
) -> list[Doubt]:
    """All critical fields: what to ask when the whole document is in doubt."""
    by_slot = {claim.slot: claim for claim in claims}
    return [
        Doubt(field.name, field.value_type.value, True, reason, by_slot.get(field.name))
        for field in spec.fields
        if field.critical
    ]


def _reason(
    claim: Claim | None, critical: bool, required: bool, threshold: float
) -> str:
    if claim is None or not claim.value:
        return MISSING if critical or required else ""
    if claim.status is ClaimStatus.CONFLICT:
        return claim.reason
    if claim.region is None:
        return UNGROUNDED if critical else ""
    if claim.status is ClaimStatus.VERIFIED:
        return ""
    if critical and claim.confidence < threshold:
        return LOW_CONFIDENCE
    if not critical and claim.confidence < OTHER_THRESHOLD:
        return LOW_CONFIDENCE
    return ""
