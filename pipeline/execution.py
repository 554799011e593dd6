"""A run at work: what its steps made so far, and how each of them went."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.hashing import canonical_json, sha256_of_file
from catalog.models import DerivedArtifact, Disposition, Kind, SourceMedia
from catalog.services import NewArtifact, Reading
from pipeline.events import StepRecord
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.memory import Found, loaded
from pipeline.memo.recipe import Recipe
from pipeline.models import PipelineVersion
from pipeline.steps.base import Output, SourceFacts, StepResult

if TYPE_CHECKING:
    from pipeline.engines.vision_chat.engine import Keeper

Announce = Callable[[str], None]


def facts_of(source: SourceMedia) -> SourceFacts:
    return SourceFacts(
        content_hash=source.content_hash,
        mime_type=source.mime_type,
        modality=source.modality,
        bytes=source.bytes,
        received_on=source.uploaded_at.astimezone(UTC).date(),
    )


@dataclass(slots=True)
class Made:
    """One result of a step, with the digest by which later steps know it.

    kept is the earlier artifact that it was taken from; the output has neither payload
    nor file as long as no step wanted to see it.
    """

    output: Output
    payload_hash: str
    kept: DerivedArtifact | None = None

    @property
    def kind(self) -> str:
        return self.output.kind

    @property
    def slot(self) -> str:
        return self.output.slot

    @property
    def region(self) -> Mapping[str, Any] | None:
        return self.output.region.as_json() if self.output.region else None

    def shown(self, folder: Path) -> Output:
        """The output with what it holds; a file goes to the folder. Raises Unusable."""
        if self.kept is not None:
            self.output = loaded(self.kept, self.output, folder)
            self.kept = None
        return self.output


@dataclass
class Execution:
    """records: one a step; made and artifacts: what the steps made so far."""

    source: SourceMedia
    version: PipelineVersion
    workdir: Path
    announce: Announce
    manifest: Manifest
    records: list[StepRecord] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    artifacts: list[NewArtifact] = field(default_factory=list)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    stopped: StepResult | None = None
    keeper: Keeper | None = None

    @property
    def total_ms(self) -> int:
        return sum(record.ms for record in self.records)

    @property
    def template_key(self) -> str:
        return self._detail("layout", "template_key")

    @property
    def document_type(self) -> str:
        return self._detail("extract", "document_type")

    def _detail(self, step: str, key: str) -> str:
        found = (r.detail.get(key) for r in self.records if r.step == step)
        return str(next(found, None) or "")

    def keep(self, entry: StepEntry, result: StepResult, memo_key: str) -> None:
        """Take in what a step made, as the artifacts that it will be."""
        for output in result.outputs:
            self.made.append(made_of(output))
            self.artifacts.append(
                replace(
                    _new(output, entry, result.model_id, memo_key),
                    payload=output.payload,
                    file=output.file,
                )
            )

    def take_over(self, entry: StepEntry, found: Found) -> None:
        """Take in what an earlier reading made. Raises Unusable."""
        key, model_id = found.earlier.entry["memo_key"], found.earlier.entry["model_id"]
        for kept in found.kept:
            artifact, output = kept.artifact, kept.output()
            self.made.append(Made(output, artifact.payload_hash, artifact))
            new = _new(output, entry, model_id, key)
            if artifact.kind == Kind.SEARCH_TEXT:
                # Every reading has index entries of its own.
                seen = loaded(artifact, output, self.workdir)
                new = replace(new, payload=seen.payload)
            self.artifacts.append(replace(new, taken_from=artifact))

    def reading(self) -> Reading:
        """What the run made, as the catalog stores it."""
        last = self.records[-1]
        if self.stopped is not None:
            disposition, reason = Disposition.REJECTED.value, self.stopped.reason
        else:
            disposition, reason = last.outcome, last.reason
        return Reading(
            pipeline_name=self.version.name,
            pipeline_version=self.version.version,
            complete=self.stopped is None,
            disposition=disposition,
            reason=reason,
            document_type=self.document_type,
            template_key=self.template_key,
            steps=[record.as_kept() for record in self.records],
            artifacts=self.artifacts,
        )


def _new(output: Output, entry: StepEntry, model_id: str, memo_key: str) -> NewArtifact:
    return NewArtifact(
        kind=output.kind,
        slot=output.slot,
        step=entry.step,
        model_id=model_id,
        memo_key=memo_key or None,
        media_type=output.media_type,
        region=output.region.as_json() if output.region else None,
        inputs=output.inputs,
    )


def made_of(output: Output) -> Made:
    """The output as later steps will see it, as if it had been stored and fetched.

    A payload goes through JSON here, so that a step is never given a tuple by one run
    and a list by another.
    """
    if output.file is not None:
        return Made(output, sha256_of_file(output.file))
    data = canonical_json(output.payload)
    plain = replace(output, payload=json.loads(data))
    return Made(plain, hashlib.sha256(data).hexdigest())
