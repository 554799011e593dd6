"""The catalog's verbs. Each is one transaction; readers see all of it or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.contrib.auth.models import User
from django.contrib.postgres.search import SearchVector
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.utils import timezone

from catalog import blobs
from catalog.hashing import canonical_json, digest_of
from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DeliveredArtifact,
    Delivery,
    DerivedArtifact,
    Disposition,
    Generation,
    GoldenCase,
    GoldenValue,
    Kind,
    Origin,
    Promotion,
    SearchPage,
    SourceMedia,
    State,
    Tenant,
)
from catalog.models.search_page import SEARCH_CONFIG
from catalog.sniffing import sniff

# Above this many bytes of canonical JSON a payload goes to the blob storage: rows that
# are read by the million stay narrow. Fields stay in rows, where queries see them.
INLINE_LIMIT = 4096
EMPTY_FILE_NAME = "unnamed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A source, and whether this call made it (False: the tenant had these bytes)."""

    source: SourceMedia
    created: bool


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """An artifact to store. Exactly one of payload and file is set.

    inputs are (kind, slot) of artifacts of the same generation; none: the original.
    """

    kind: str
    slot: str
    step: str
    model_id: str = ""
    memo_key: str = ""
    payload: dict[str, Any] | None = None
    file: Path | None = None
    media_type: str = "application/json"
    region: dict[str, Any] | None = None
    inputs: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One version's whole reading of a source, ready to be stored."""

    pipeline_name: str
    pipeline_version: str
    complete: bool
    disposition: str
    reason: str
    document_type: str = ""
    template_key: str = ""
    artifacts: Sequence[NewArtifact] = field(default_factory=list)


def register_source(
    *,
    tenant: Tenant,
    stream: IO[bytes],
    name: str,
    uploaded_by: User | None = None,
    limit: int | None = None,
) -> Registered:
    """Keep an original: hash while receiving, type by content, once a tenant.

    Raises blobs.BlobTooLarge when more than limit bytes come.
    """
    with blobs.received(stream, limit=limit) as (path, blob):
        known = SourceMedia.objects.filter(
            tenant=tenant, content_hash=blob.content_hash
        ).first()
        if known is not None and blobs.exists(blob.content_hash):
            return Registered(known, created=False)
        kind = sniff(path)
        blobs.keep_file(path, blob)
    if known is not None:
        return Registered(known, created=False)
    try:
        with transaction.atomic():
            source = SourceMedia.objects.create(
                tenant=tenant,
                content_hash=blob.content_hash,
                uri=blob.key,
                modality=kind.modality,
                mime_type=kind.mime_type,
                bytes=blob.size,
                name=Path(name).name[-255:] or EMPTY_FILE_NAME,
                uploaded_by=uploaded_by,
            )
    except IntegrityError:
        # The same bytes came twice at the same moment; the other upload was first.
        source = SourceMedia.objects.get(tenant=tenant, content_hash=blob.content_hash)
        return Registered(source, created=False)
    source.refresh_from_db()
    return Registered(source, created=True)


def _stored(new: NewArtifact) -> dict[str, Any]:
    """The payload columns of an artifact, its blob stored if it needs one."""
    if new.file is not None:
        blob = blobs.keep_new_file(new.file)
        return {"payload_uri": blob.key, "payload_hash": blob.content_hash}
    data = canonical_json(new.payload)
    if len(data) > INLINE_LIMIT and new.kind != Kind.FIELD:
        blob = blobs.keep_bytes(data)
        return {"payload_uri": blob.key, "payload_hash": blob.content_hash}
    return {
        "payload": new.payload,
        "payload_uri": "inline",
        "payload_hash": digest_of(new.payload),
    }


def store_generation(*, source: SourceMedia, reading: Reading) -> Generation:
    """Store a reading as a generation with its artifacts, lineage and search pages.

    Blobs go first: a row without its blob can never be seen. The first complete reading
    of a source becomes current at once; later ones stay candidates until compared.
    """
    columns = [_stored(new) for new in reading.artifacts]
    with transaction.atomic():
        # The lock makes "first" a fact when two versions end at the same moment.
        SourceMedia.objects.select_for_update(no_key=True).get(pk=source.pk)
        first = (
            reading.complete
            and not Promotion.objects.filter(
                source=source, pipeline_name=reading.pipeline_name
            ).exists()
        )
        state = (
            State.CURRENT
            if first
            else State.CANDIDATE
            if reading.complete
            else State.REJECTED
        )
        accepted = reading.disposition == Disposition.AUTO_ACCEPT
        generation = Generation.objects.create(
            source=source,
            pipeline_name=reading.pipeline_name,
            pipeline_version=reading.pipeline_version,
            complete=reading.complete,
            state=state,
            document_type=reading.document_type,
            template_key=reading.template_key,
            disposition=reading.disposition,
            reason=reading.reason,
            released_at=timezone.now() if accepted else None,
        )
        artifacts = _store_artifacts(generation, reading, columns)
        _index_pages(source, reading, artifacts)
        if first:
            Promotion.objects.create(
                source=source,
                pipeline_name=reading.pipeline_name,
                reason=Promotion.Reason.FIRST,
                new_generation=generation,
            )
    return generation


def _store_artifacts(
    generation: Generation, reading: Reading, columns: Sequence[Mapping[str, Any]]
) -> list[DerivedArtifact]:
    source = generation.source
    artifacts = [
        DerivedArtifact(
            artifact_id=new_id(),
            source=source,
            source_hash=source.content_hash,
            generation=generation,
            kind=new.kind,
            slot=new.slot,
            step=new.step,
            pipeline_name=reading.pipeline_name,
            pipeline_version=reading.pipeline_version,
            model_id=new.model_id or None,
            media_type=new.media_type,
            memo_key=new.memo_key,
            region=new.region,
            state=generation.state,
            **stored,
        )
        for new, stored in zip(reading.artifacts, columns, strict=True)
    ]
    by_place = {(a.kind, a.slot): a for a in artifacts}
    DerivedArtifact.objects.bulk_create(artifacts, batch_size=500)
    ArtifactInput.objects.bulk_create(
        [
            ArtifactInput(
                artifact=artifact, input_artifact=made_from, input_hash=input_hash
            )
            for artifact, new in zip(artifacts, reading.artifacts, strict=True)
            for made_from, input_hash in _inputs(new, by_place, source)
        ],
        batch_size=1000,
    )
    return artifacts


def _inputs(
    new: NewArtifact,
    by_place: Mapping[tuple[str, str], DerivedArtifact],
    source: SourceMedia,
) -> Iterable[tuple[DerivedArtifact | None, str]]:
    if not new.inputs:
        return [(None, source.content_hash)]
    made_from = [by_place[place] for place in dict.fromkeys(new.inputs)]
    return [(artifact, artifact.payload_hash) for artifact in made_from]


def _index_pages(
    source: SourceMedia, reading: Reading, artifacts: Sequence[DerivedArtifact]
) -> None:
    for new, artifact in zip(reading.artifacts, artifacts, strict=True):
        if new.kind == Kind.SEARCH_TEXT and new.payload is not None:
            SearchPage.objects.create(
                artifact=artifact,
                tenant_id=source.tenant_id,
                page=new.payload["page"],
                vector=SearchVector(Value(new.payload["text"]), config=SEARCH_CONFIG),
            )


@dataclass(frozen=True, slots=True)
class HumanValue:
    """A person's answer for one slot; payload as a field artifact holds it."""

    slot: str
    payload: dict[str, Any]
    region: dict[str, Any] | None
    decision_id: uuid.UUID
    actor: User


@transaction.atomic
def record_human_artifact(
    *, generation: Generation, answer: HumanValue
) -> DerivedArtifact:
    """Put a person's value into a generation's slot, over whatever stood there."""
    standing = (
        DerivedArtifact.objects.select_for_update()
        .live_in(generation)
        .filter(kind=Kind.FIELD, slot=answer.slot)
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
        state=generation.state,
        payload=answer.payload,
        payload_uri="inline",
        payload_hash=digest_of(answer.payload),
    )
    if standing is not None:
        # First, since one slot may not have two current artifacts even for a moment;
        # the foreign key is checked at the end of the transaction.
        DerivedArtifact.objects.filter(pk=standing.pk).update(
            state=State.SUPERSEDED, superseded_by_id=artifact.pk
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


@transaction.atomic
def record_delivery(
    *, tenant: Tenant, recipient: User, form: str, artifact_ids: Iterable[uuid.UUID]
) -> Delivery:
    """Remember which artifacts were told to whom."""
    delivery = Delivery.objects.create(tenant=tenant, recipient=recipient, form=form)
    DeliveredArtifact.objects.bulk_create(
        [
            DeliveredArtifact(delivery=delivery, artifact_id=artifact_id)
            for artifact_id in artifact_ids
        ],
        batch_size=1000,
    )
    return delivery
