"""Looking up what an earlier reading of the same source made by the same recipe.

A look-up never leaves the source, and with it never the tenant: the same bytes in two
tenants are two sources, and how long a reading takes must not tell one tenant what
another one has.
"""

from __future__ import annotations

import json
import mimetypes
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog import blobs
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    Generation,
    SourceMedia,
    State,
)
from catalog.models.derived_artifact import INLINE
from catalog.regions import Region
from pipeline.memo.revocations import Origin, reaching
from pipeline.models import MemoRevocation
from pipeline.steps.base import Output

JSON = "application/json"


class Why(StrEnum):
    """Why a look-up found nothing to take over."""

    NEVER_RUN = "never run"
    REVOKED = "revoked"
    INCOMPLETE = "incomplete"
    BLOB_MISSING = "blob missing"


class Unusable(Exception):
    """A result cannot be read back; the step that made it has to run again."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


@dataclass(frozen=True, slots=True)
class Earlier:
    """How a step of an earlier reading went: an entry of Generation.steps."""

    generation_id: uuid.UUID
    pipeline_version: str
    at: datetime
    entry: Mapping[str, Any]

    @property
    def origin(self) -> Origin:
        """Of the execution itself, where this reading took it over from another."""
        taken = self.entry.get("taken_from")
        return Origin(
            step=self.entry["step"],
            step_version=self.entry["version"],
            pipeline_version=(
                taken["pipeline_version"] if taken else self.pipeline_version
            ),
            model_id=self.entry["model_id"],
            memo_key=self.entry["memo_key"],
            at=datetime.fromisoformat(taken["at"]) if taken else self.at,
        )

    def as_taken_from(self) -> dict[str, str]:
        """The origin, for the entry of whoever takes this over."""
        known: dict[str, str] | None = self.entry.get("taken_from")
        return known or {
            "generation_id": str(self.generation_id),
            "pipeline_version": self.pipeline_version,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """An artifact of an earlier reading, and the (kind, slot) that it was made from."""

    artifact: DerivedArtifact
    inputs: tuple[tuple[str, str], ...]

    def output(self) -> Output:
        """The output that it was; what it holds is still to be loaded."""
        region = self.artifact.region
        return Output(
            kind=self.artifact.kind,
            slot=self.artifact.slot,
            media_type=self.artifact.media_type,
            region=Region.from_json(region) if region else None,
            inputs=self.inputs,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """An earlier execution with all of its artifacts, in the order made."""

    earlier: Earlier
    kept: tuple[Kept, ...]


class Memory:
    """What the earlier readings of one source hold for the next one.

    distrusted names steps whose results are not to be taken over.
    """

    def __init__(
        self, source: SourceMedia, *, distrusted: Collection[str] = ()
    ) -> None:
        self.source = source
        self.distrusted = frozenset(distrusted)
        self._kept: dict[uuid.UUID, dict[str, list[Kept]]] = {}

    @cached_property
    def executions(self) -> list[Earlier]:
        """Every step of every earlier reading that was not erased, newest first."""
        readings = (
            # One that restores another made nothing itself.
            Generation.objects.filter(source=self.source, restores__isnull=True)
            .exclude(state=State.ERASED)
            .order_by("-created_at", "-generation_id")
            .values_list("generation_id", "pipeline_version", "created_at", "steps")
        )
        return [
            Earlier(generation_id, version, at, entry)
            for generation_id, version, at, steps in readings
            for entry in steps
        ]

    @cached_property
    def revocations(self) -> list[MemoRevocation]:
        return list(MemoRevocation.objects.all())

    def find(self, step: str, key: str) -> Found | None:
        """The newest execution of the key that can be taken over as a whole."""
        found = None if step in self.distrusted else self.look(step, key)
        return found if isinstance(found, Found) else None

    def look(self, step: str, key: str) -> Found | Why:
        why = Why.NEVER_RUN
        for earlier in self.executions:
            if earlier.entry["step"] != step or earlier.entry["memo_key"] != key:
                continue
            found = self._whole(earlier, key)
            if isinstance(found, Found):
                return found
            # What stands against the newest one is told.
            why = found if why is Why.NEVER_RUN else why
        return why

    def _whole(self, earlier: Earlier, key: str) -> Found | Why:
        if reaching(self.revocations, earlier.origin):
            return Why.REVOKED
        kept = self._kept_in(earlier.generation_id).get(key, [])
        if len(kept) != earlier.entry["outputs"]:
            return Why.INCOMPLETE
        artifacts = [one.artifact for one in kept]
        stored = {a.payload_hash for a in artifacts if a.payload_uri != INLINE}
        if not all(blobs.exists(content_hash) for content_hash in stored):
            return Why.BLOB_MISSING
        return Found(earlier, tuple(kept))

    def _kept_in(self, generation_id: uuid.UUID) -> dict[str, list[Kept]]:
        """By memo key, all that can be taken over from a reading: it is asked for as a
        whole, since most steps are found in the same one.
        """
        if generation_id not in self._kept:
            read: dict[uuid.UUID, list[tuple[str, str]]] = {}
            lineage = ArtifactInput.objects.filter(
                artifact__generation=generation_id, input_artifact__isnull=False
            ).order_by("input_artifact_id")
            for artifact_id, kind, slot in lineage.values_list(
                "artifact_id", "input_artifact__kind", "input_artifact__slot"
            ):
                read.setdefault(artifact_id, []).append((kind, slot))
            kept: dict[str, list[Kept]] = {}
            for artifact in DerivedArtifact.objects.filter(
                generation=generation_id, memo_key__isnull=False
            ).order_by("artifact_id"):
                one = Kept(artifact, tuple(read.get(artifact.pk, ())))
                kept.setdefault(str(artifact.memo_key), []).append(one)
            self._kept[generation_id] = kept
        return self._kept[generation_id]


def loaded(artifact: DerivedArtifact, output: Output, folder: Path) -> Output:
    """The output with its payload or, in the folder, its file.

    Raises Unusable where the blob is missing or its bytes are others.
    """
    payload, file = artifact.payload, None
    try:
        if artifact.payload_uri != INLINE and artifact.media_type == JSON:
            payload = json.loads(blobs.read_verified(artifact.payload_hash))
        elif artifact.payload_uri != INLINE:
            suffix = mimetypes.guess_extension(artifact.media_type) or ""
            file = folder / f"{artifact.payload_hash}{suffix}"
            blobs.copy_verified(artifact.payload_hash, file)
    except blobs.BlobDamaged:
        # Out of the way, or the same result made anew would not be written.
        blobs.set_aside(artifact.payload_hash)
        raise Unusable(artifact.step) from None
    except blobs.BlobMissing:
        raise Unusable(artifact.step) from None
    return Output(
        kind=output.kind,
        slot=output.slot,
        payload=payload,
        file=file,
        media_type=output.media_type,
        region=output.region,
        inputs=output.inputs,
    )
