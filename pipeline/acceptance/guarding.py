"""Keeping back what a version would accept and nobody has proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog.models import Disposition, Kind
from catalog.services import Reading
from pipeline.models import AcceptanceProof, PipelinePolicy, PipelineVersion
from pipeline.proof_words import NOT_PROVEN


def guarded(version: PipelineVersion, reading: Reading) -> Reading:
    """The reading; for people where its acceptance needs a proof and has none.

    A proof speaks for what is at or above its threshold, and for nothing else.
    """
    if reading.disposition != Disposition.AUTO_ACCEPT:
        return reading
    policy = PipelinePolicy.objects.filter(name=version.name).first()
    if policy is None or not policy.proof_required:
        return reading
    proof = AcceptanceProof.objects.of(version, reading.document_type)
    if proof and proof.proven and least_confidence(reading) >= proof.threshold:
        return reading
    return replace(reading, disposition=Disposition.HUMAN_REVIEW, reason=NOT_PROVEN)


def least_confidence(reading: Reading) -> float:
    """Of its critical fields, 0..1; 0 for a reading without any."""
    return min(_confidences(reading), default=0.0)


def _confidences(reading: Reading) -> Iterator[float]:
    for artifact in reading.artifacts:
        if artifact.kind != Kind.FIELD:
            continue
        payload = artifact.payload
        if payload is None and artifact.taken_from is not None:
            payload = artifact.taken_from.payload
        if payload and payload.get("critical"):
            yield float(payload.get("confidence") or 0)
