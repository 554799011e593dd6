"""What versions said of documents, without what people put into their generations."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from catalog import blobs
from catalog.models import DerivedArtifact, Generation, Kind, Origin
from catalog.models.derived_artifact import INLINE, DerivedArtifactQuerySet
from catalog.regions import Region
from pipeline.comparing.values import Value
from pipeline.words import PageWords

Values = dict[str, Value]


def roots_of(generation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """For each generation that which was read: what came back restores another one."""
    roots = {pk: pk for pk in generation_ids}
    while True:
        rows = Generation.objects.filter(pk__in=set(roots.values()))
        back = dict(
            rows.filter(restores__isnull=False).values_list("pk", "restores_id")
        )
        if not back:
            return roots
        roots = {pk: back.get(root) or root for pk, root in roots.items()}


def by_machine(generation_ids: Iterable[uuid.UUID]) -> DerivedArtifactQuerySet:
    """What versions made; generations that were read, not restored."""
    made = DerivedArtifact.objects.whole().filter(origin=Origin.MACHINE)
    return made.filter(generation__in=list(generation_ids))


def values_said(
    generation_ids: Iterable[uuid.UUID],
    *,
    slots: Collection[str] | None = None,
    lines: bool = True,
) -> dict[uuid.UUID, Values]:
    """The fields of each generation, by slot, in two queries or a few.

    slots: only these, None for all. lines: those of line items besides.
    """
    roots = roots_of(generation_ids)
    rows = by_machine(set(roots.values())).of_kind(Kind.FIELD)
    if slots is not None and not lines:
        rows = rows.filter(slot__in=slots)
    found: dict[uuid.UUID, Values] = {root: {} for root in roots.values()}
    for generation_id, slot, value in _valued(rows):
        wanted = slots is None or slot in slots or slot.startswith("lines[")
        if wanted and value.text:
            found[generation_id][slot] = value
    return {pk: found[root] for pk, root in roots.items()}


def _valued(
    rows: QuerySet[DerivedArtifact],
) -> Iterable[tuple[uuid.UUID, str, Value]]:
    plain = rows.order_by("artifact_id").values_list(
        "generation_id", "slot", KT("payload__value"), KT("payload__value_type"),
        "region",
    )  # fmt: skip
    for generation_id, slot, text, value_type, region in plain.iterator():
        yield (
            generation_id,
            slot,
            Value(text or "", value_type or "text", region_of(region)),
        )


def region_of(data: dict[str, Any] | None) -> Region | None:
    """The box of a stored region; None for one of time."""
    if not data or "bbox" not in data:
        return None
    return Region.from_json(data)


Hashes = dict[str, tuple[str, str]]


def hashes_of(generation_id: uuid.UUID) -> Hashes:
    """{"kind:slot": (payload hash, region)} of all that a version made."""
    root = roots_of([generation_id])[generation_id]
    rows = by_machine([root]).values_list("kind", "slot", "payload_hash", "region")
    return {
        f"{kind}:{slot}": (payload_hash, json.dumps(region, sort_keys=True))
        for kind, slot, payload_hash, region in rows
    }


def words_of(generation_id: uuid.UUID, pages: Collection[int]) -> list[PageWords]:
    """The words of some pages as the version read them; what was lost is left out."""
    root = roots_of([generation_id])[generation_id]
    slots = [f"page={page}" for page in pages]
    found = by_machine([root]).of_kind(Kind.OCR).filter(slot__in=slots)
    payloads = [_payload(artifact) for artifact in found]
    return [PageWords.from_json(one) for one in payloads if one and "words" in one]


def _payload(artifact: DerivedArtifact) -> dict[str, Any] | None:
    if artifact.payload_uri == INLINE:
        inline: dict[str, Any] | None = artifact.payload
        return inline
    try:
        read: dict[str, Any] = json.loads(blobs.read_verified(artifact.payload_hash))
    except (blobs.BlobMissing, blobs.BlobDamaged):
        return None
    return read
