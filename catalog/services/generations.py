"""Storing what a pipeline version made of a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils import timezone

from catalog import blob_gate, blobs
from catalog.hashing import canonical_json, digest_of
from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    Disposition,
    Generation,
    Kind,
    Promotion,
    SearchPage,
    SourceMedia,
    State,
)
from catalog.models.search_page import SEARCH_CONFIG
from catalog.services.holding import SourceErased

# Above this many bytes of canonical JSON a payload goes to the blob storage: rows that
# are read by the million stay narrow. Fields stay in rows, where queries see them.
INLINE_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """An artifact to store. Exactly one of payload and file is set, or taken_from: the
    artifact of an earlier generation that holds what this one would hold. (Text for the
    search has its payload as well, since its words are to be found anew.)

    inputs are (kind, slot) of artifacts of the same generation; none: the original.
    """

    kind: str
    slot: str
    step: str
    model_id: str = ""
    memo_key: str | None = None
    payload: dict[str, Any] | None = None
    file: Path | None = None
    media_type: str = "application/json"
    region: dict[str, Any] | None = None
    inputs: Sequence[tuple[str, str]] = ()
    taken_from: DerivedArtifact | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One version's whole reading of a source, ready to be stored.

    steps: one entry a step, as Generation.steps keeps it.
    """

    pipeline_name: str
    pipeline_version: str
    complete: bool
    disposition: str
    reason: str
    document_type: str = ""
    template_key: str = ""
    steps: Sequence[Mapping[str, Any]] = ()
    artifacts: Sequence[NewArtifact] = field(default_factory=list)


def _stored(new: NewArtifact) -> dict[str, Any]:
    """The payload columns of an artifact, its blob stored if it needs one."""
    if (earlier := new.taken_from) is not None:
        return {
            "payload": earlier.payload,
            "payload_uri": earlier.payload_uri,
            "payload_hash": earlier.payload_hash,
        }
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
    Raises SourceErased, blobs.BlobUnavailable.
    """
    with transaction.atomic():
        # The lock makes "first" a fact when two versions end at the same moment; and
        # no blob is written for a source that is being erased.
        locked = SourceMedia.objects.select_for_update(no_key=True).get(pk=source.pk)
        if locked.erased_at is not None:
            raise SourceErased
        with blob_gate.writing():
            columns = [_stored(new) for new in reading.artifacts]
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
            model_id=_models_of(reading),
            steps=list(reading.steps),
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


def _models_of(reading: Reading) -> str:
    """Every model that had a part in it, in the order of the steps."""
    return "+".join(dict.fromkeys(a.model_id for a in reading.artifacts if a.model_id))


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
