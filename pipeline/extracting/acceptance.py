"""Whether a document may be accepted without a person, and why not if not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pipeline.claims import Claim, ClaimStatus, DocumentTypeSpec, Extraction, FieldSpec

AUTO_ACCEPT = "auto_accept"
HUMAN_REVIEW = "human_review"
CRITICAL_CONFIDENCE = 0.97
VERIFIED_CONFIDENCE = 0.95
REQUIRED_CONFIDENCE = 0.85
TYPE_CONFIDENCE = 0.6


class DispositionReason(StrEnum):
    """Why a document was accepted or sent to a person."""

    ALL_CRITICAL_VERIFIED = "all_critical_verified"
    ALL_CRITICAL_CONFIDENT = "all_critical_confident"
    UNKNOWN_DOCUMENT_TYPE = "unknown_document_type"
    UNCERTAIN_DOCUMENT_TYPE = "uncertain_document_type"
    VERIFY_CONFLICT = "verify_conflict"
    CRITICAL_MISSING = "critical_missing"
    REQUIRED_MISSING = "required_missing"
    UNGROUNDED_VALUE = "ungrounded_value"
    CRITICAL_UNVERIFIED = "critical_unverified"
    LOW_CONFIDENCE = "low_confidence"


def decide(
    extraction: Extraction, spec: DocumentTypeSpec | None, *, params: Mapping[str, Any]
) -> tuple[str, DispositionReason]:
    """The disposition and its reason; the first reason against acceptance counts.

    params may hold "critical_confidence" (for an unverified critical claim),
    "verified_confidence" (for a verified one), "required_confidence" (for required
    fields that are not critical) and "type_confidence", each 0..1.
    """
    against = next(_reasons_against(extraction, spec, params), None)
    if against is not None:
        return HUMAN_REVIEW, against
    claims = [c for c in extraction.claims if c.critical]
    if all(claim.status is ClaimStatus.VERIFIED for claim in claims):
        return AUTO_ACCEPT, DispositionReason.ALL_CRITICAL_VERIFIED
    return AUTO_ACCEPT, DispositionReason.ALL_CRITICAL_CONFIDENT


def _reasons_against(
    extraction: Extraction, spec: DocumentTypeSpec | None, params: Mapping[str, Any]
) -> Iterator[DispositionReason]:
    if spec is None or not extraction.document_type:
        yield DispositionReason.UNKNOWN_DOCUMENT_TYPE
        return
    if any(claim.status is ClaimStatus.CONFLICT for claim in extraction.claims):
        yield DispositionReason.VERIFY_CONFLICT
    if not any(field.critical for field in spec.fields):
        yield DispositionReason.CRITICAL_UNVERIFIED
    for field in spec.fields:
        if field.critical or field.required:
            yield from _field_reasons(field, extraction.claim(field.name), params)
    if extraction.type_confidence < params.get("type_confidence", TYPE_CONFIDENCE):
        yield DispositionReason.UNCERTAIN_DOCUMENT_TYPE


def _field_reasons(
    field: FieldSpec, claim: Claim | None, params: Mapping[str, Any]
) -> Iterator[DispositionReason]:
    if claim is None:
        yield (
            DispositionReason.CRITICAL_MISSING
            if field.critical
            else DispositionReason.REQUIRED_MISSING
        )
        return
    if claim.region is None:
        yield DispositionReason.UNGROUNDED_VALUE
    if not field.critical:
        if claim.confidence < params.get("required_confidence", REQUIRED_CONFIDENCE):
            yield DispositionReason.LOW_CONFIDENCE
    elif claim.status is ClaimStatus.VERIFIED:
        if claim.confidence < params.get("verified_confidence", VERIFIED_CONFIDENCE):
            yield DispositionReason.LOW_CONFIDENCE
    elif claim.confidence < params.get("critical_confidence", CRITICAL_CONFIDENCE):
        yield DispositionReason.CRITICAL_UNVERIFIED
