"""What to ask of a person and how soon. Pure but for reading a generation's fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils import timezone

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


# What a priority is made of. All tasks grow older alike, so that age needs no counting
# up: a task gets fewer points the later it came, once and for all.
OF_STAKES, OF_CONFLICT = 10_000, 100
# Waiting so long lifts a task as much as the next higher stakes do.
ONE_CLASS = timedelta(days=3)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def priority_of(
    stakes: Stakes,
    doubts: Sequence[Doubt],
    *,
    opened: datetime | None = None,
    due_at: datetime | None = None,
) -> int:
    """Triage order: stakes, then how many checks contradict, then how many doubts; less
    the later it was opened (now, if not given). What is due is, when its time comes,
    more urgent than anything that comes in then.
    """
    conflicts = sum(_conflicts(doubt) for doubt in doubts)
    return priority_by(
        stakes, conflicts=conflicts, asked=len(doubts), opened=opened, due_at=due_at
    )


def priority_by(
    stakes: Stakes,
    *,
    asked: int,
    conflicts: int = 0,
    opened: datetime | None = None,
    due_at: datetime | None = None,
) -> int:
    points = int(stakes) * OF_STAKES
    points += min(conflicts, 99) * OF_CONFLICT + min(asked, 99)
    points -= _age_points(opened or timezone.now())
    if due_at is None:
        return points
    return max(points, (max(Stakes) + 1) * OF_STAKES - _age_points(due_at))


def _age_points(moment: datetime) -> int:
    return int((moment - BEGIN) / ONE_CLASS * OF_STAKES)


def _conflicts(doubt: Doubt) -> bool:
    return doubt.claim is not None and doubt.claim.status == "conflict"
