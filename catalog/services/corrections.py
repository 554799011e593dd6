"""What people say of a reading."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog.hashing import digest_of
from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    Generation,
    GoldenCase,
    GoldenValue,
    Kind,
    Origin,
    Promotion,
    State,
)
from catalog.services.holding import SourceErased, hold_source


@dataclass(frozen=True, slots=True)
class HumanValue:
    """A person's answer for one slot; payload as a field artifact holds it."""

    slot: str
    payload: dict[str, Any]
    region: dict[str, Any] | None
    decision_id: uuid.UUID
    actor: User


def _locked(generation: Generation) -> Generation:
    """The generation that an answer belongs to now: that which took its place, if any.

    No promotion may come between the answer and its storing. Raises SourceErased.
    """
    hold_source(source_id=generation.source_id)
    rows = Generation.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("source").get(pk=generation.pk)
    if locked.state == State.SUPERSEDED:
        of_source = rows.select_related("source").filter(source=locked.source_id)
        locked = of_source.get(pipeline_name=locked.pipeline_name, state=State.CURRENT)
    if locked.state == State.ERASED:
        raise SourceErased
    return locked


@transaction.atomic
def record_human_artifact(
    *, generation: Generation, answer: HumanValue
) -> DerivedArtifact:
    """Put a person's value into a generation's slot, over whatever stood there.

    Where another generation has become current since the question was asked, the
    answer goes there. Raises SourceErased.
    """
    generation = _locked(generation)
    standing = (
        DerivedArtifact.objects.standing()
        .filter(generation=generation, kind=Kind.FIELD, slot=answer.slot)
        .first()
    )
    artifact = DerivedArtifact(
        artifact_id=new_id(),
        source=generation.source,
        source_hash=generation.source.content_hash,
        generation=generation,
        kind=Kind.FIELD,
        slot=answer.slot,
        step="review",
        pipeline_name=generation.pipeline_name,
        pipeline_version=generation.pipeline_version,
        origin=Origin.HUMAN,
        region=answer.region,
        payload=answer.payload,
        payload_uri="inline",
        payload_hash=digest_of(answer.payload),
    )
    if standing is not None:
        # First, since one slot may not have two standing artifacts even for a moment;
        # the foreign key is checked at the end of the transaction.
        DerivedArtifact.objects.filter(pk=standing.pk).update(
            superseded_by_id=artifact.pk
        )
    artifact.save(force_insert=True)
    ArtifactInput.objects.create(
        artifact=artifact,
        input_artifact=standing,
        input_hash=standing.payload_hash if standing else artifact.source_hash,
    )
    Promotion.objects.create(
        source=generation.source,
        pipeline_name=generation.pipeline_name,
        reason=Promotion.Reason.DECISION,
        old_generation=generation,
        new_generation=generation,
        decision_ref=answer.decision_id,
        actor=answer.actor,
    )
    return artifact


@transaction.atomic
def file_golden_value(
    *, generation: Generation, value: GoldenValue, slices: dict[str, str]
) -> GoldenCase | None:
    """Add a true value to the source's golden case, opening one if there is none.

    A withdrawal needs a case to withdraw from: without one nothing is filed.
    """
    cases = GoldenCase.objects.active().filter(source=generation.source)
    if value.withdrawn and not cases.exists():
        return None
    case, _ = GoldenCase.objects.get_or_create(
        source=generation.source,
        retired_at=None,
        defaults={
            "document_type": generation.document_type,
            "slices": slices,
            "came_from": GoldenCase.CameFrom.REVIEW,
        },
    )
    value.case = case
    value.save(force_insert=True)
    return case


@transaction.atomic
def release(*, generation: Generation) -> None:
    """Let a generation's values leave the house; a second call changes nothing."""
    Generation.objects.filter(pk=generation.pk, released_at__isnull=True).update(
        released_at=timezone.now()
    )
