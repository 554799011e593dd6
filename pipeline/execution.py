"""A run at work: what its steps made so far, and how each of them went."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.hashing import canonical_json, sha256_of_file
from catalog.models import Disposition, SourceMedia
from catalog.services import NewArtifact, Reading
from pipeline.events import StepRecord
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.recipe import Recipe
from pipeline.models import PipelineVersion
from pipeline.steps.base import Output, StepResult

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """One result of a step, with the digest by which later steps know it."""

    output: Output
    payload_hash: str

    @property
    def kind(self) -> str:
        return self.output.kind

    @property
    def slot(self) -> str:
        return self.output.slot

    @property
    def region(self) -> Mapping[str, Any] | None:
        return self.output.region.as_json() if self.output.region else None


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

    def keep(
        self, output: Output, entry: StepEntry, model_id: str, memo_key: str
    ) -> None:
        """Take in what a step made, as the artifact that it will be."""
        self.made.append(made_of(output))
        self.artifacts.append(
            NewArtifact(
                kind=output.kind,
                slot=output.slot,
                step=entry.step,
                model_id=model_id,
                memo_key=memo_key,
                payload=output.payload,
                file=output.file,
                media_type=output.media_type,
                region=output.region.as_json() if output.region else None,
                inputs=output.inputs,
            )
        )

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
            artifacts=self.artifacts,
        )


def made_of(output: Output) -> Made:
    """The output as later steps will see it, whether it is fresh or was kept.

    A payload goes through JSON here, so that a step is never given a tuple by one run
    and a list by another.
    """
    if output.file is not None:
        return Made(output, sha256_of_file(output.file))
    data = canonical_json(output.payload)
    plain = Output(
        kind=output.kind,
        slot=output.slot,
        payload=json.loads(data),
        media_type=output.media_type,
        region=output.region,
        inputs=output.inputs,
    )
    return Made(plain, hashlib.sha256(data).hexdigest())
