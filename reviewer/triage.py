"""What to ask of a person and how soon. Pure but for reading a generation's fields."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import DerivedArtifact, Generation
from pipeline.claims import Claim
from pipeline.doubts import Doubt, doubts_in, everything_critical
from pipeline.manifest import Manifest
from reviewer.models import Stakes


def claims_of(fields: Sequence[DerivedArtifact]) -> list[Claim]:
    """The claims that field artifacts hold, each with its artifact's region."""
    return [
        Claim.from_json({**artifact.payload, "region": artifact.region})
        for artifact in fields
        if artifact.payload
    ]


def questions(
    *, generation: Generation, fields: Sequence[DerivedArtifact], manifest: Manifest
) -> list[Doubt]:
    """What to ask about a generation; never nothing, since somebody must look at it."""
    spec = manifest.document_type(generation.document_type)
    if spec is None:
        return []
    claims = claims_of(fields)
    params = manifest.params_of("disposition")
    return doubts_in(claims, spec, params=params) or everything_critical(
        claims, spec, reason=generation.reason
    )


def stakes_of(doubts: Sequence[Doubt]) -> Stakes:
    """High: a check contradicts a critical field; medium: one is doubtful."""
    if any(d.critical and _conflicts(d) for d in doubts):
        return Stakes.HIGH
    if any(d.critical or _conflicts(d) for d in doubts):
        return Stakes.MEDIUM
    return Stakes.LOW


def priority_of(stakes: Stakes, doubts: Sequence[Doubt]) -> int:
    """Triage order: stakes, then how many checks contradict, then how many doubts."""
    conflicts = sum(_conflicts(doubt) for doubt in doubts)
    return priority_by(stakes, conflicts=conflicts, asked=len(doubts))


def priority_by(stakes: Stakes, *, asked: int, conflicts: int = 0) -> int:
    return int(stakes) * 10_000 + min(conflicts, 99) * 100 + min(asked, 99)


def _conflicts(doubt: Doubt) -> bool:
    return doubt.claim is not None and doubt.claim.status == "conflict"
