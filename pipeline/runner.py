"""Run one frozen version on one source: time each step, keep what it made."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import structlog

from catalog import blobs, scratch
from catalog.hashing import digest_of, sha256_of_file
from catalog.models import Disposition, SourceMedia
from catalog.services import NewArtifact, Reading
from pipeline.engines import engines
from pipeline.engines.base import EngineError
from pipeline.events import StepRecord
from pipeline.manifest import Manifest, StepEntry, type_as_json
from pipeline.models import PipelineVersion
from pipeline.steps.base import (
    Outcome,
    Output,
    SourceFacts,
    StepError,
    StepInput,
    StepResult,
)
from pipeline.steps.registry import step_named

log = structlog.get_logger()

# Steps whose results the document types decide.
READS_TYPES = frozenset({"extract", "ground", "verify"})

Announce = Callable[[str], None]


class RunFailed(Exception):
    """A step failed in a way that another attempt may not.

    records: the steps up to and with the one that failed.
    """

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.records: list[StepRecord] = []


@dataclass
class Execution:
    """A run at work. records: one a step; artifacts: what the steps made so far."""

    source: SourceMedia
    version: PipelineVersion
    workdir: Path
    announce: Announce
    manifest: Manifest
    records: list[StepRecord] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    artifacts: list[NewArtifact] = field(default_factory=list)
    hashes: dict[tuple[str, str], str] = field(default_factory=dict)
    stopped: StepResult | None = None

    @cached_property
    def types_digest(self) -> str:
        return digest_of([type_as_json(s) for s in self.manifest.document_types])

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

    def keep(self, output: Output, entry: StepEntry, result: StepResult) -> None:
        """Take over what a step made, with the key that says what decided it."""
        place = (output.kind, output.slot)
        self.hashes[place] = (
            sha256_of_file(output.file) if output.file else digest_of(output.payload)
        )
        self.outputs.append(output)
        self.artifacts.append(
            NewArtifact(
                kind=output.kind,
                slot=output.slot,
                step=entry.step,
                model_id=result.model_id,
                memo_key=self.memo_key(output, entry),
                payload=output.payload,
                file=output.file,
                media_type=output.media_type,
                region=output.region.as_json() if output.region else None,
                inputs=output.inputs,
            )
        )

    def memo_key(self, output: Output, entry: StepEntry) -> str:
        """What decided this output, as one digest.

        Upstream enters by payload hash, not by id, so that equal text from another
        engine gives an equal key to whatever is made from it.
        """
        step = step_named(entry.step, entry.version)
        read = getattr(step, "also_reads", ())
        places = [*output.inputs, *(p for p in self.hashes if p[0] in read)]
        engine = self.manifest.engines.get(entry.engine, {})
        return digest_of(
            {
                "v": 1,
                "step": entry.step,
                "step_code": entry.version,
                "model": [engine.get("model_id"), engine.get("weights_digest")],
                "params": entry.params,
                "document_types": (
                    self.types_digest if entry.step in READS_TYPES else None
                ),
                "source_hash": self.source.content_hash,
                "slot": output.slot,
                "inputs": [[*place, self.hashes[place]] for place in places],
            }
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


def facts_of(source: SourceMedia) -> SourceFacts:
    return SourceFacts(
        content_hash=source.content_hash,
        mime_type=source.mime_type,
        modality=source.modality,
        bytes=source.bytes,
    )


def execute(
    *,
    source: SourceMedia,
    version: PipelineVersion,
    workdir: Path,
    announce: Announce = lambda step: None,
) -> Execution:
    """Run every step in order; a rejecting or broken step ends the run.

    Files that the steps made lie in workdir until the caller has stored them.
    Raises RunFailed (try again), EngineChanged and UnknownStep (this machine cannot run
    the version), blobs.BlobMissing and blobs.BlobDamaged (the original is not whole).
    """
    manifest = Manifest.of(version)
    manifest.check_runnable()
    execution = Execution(source, version, workdir, announce, manifest)
    original = workdir / "original"
    blobs.copy_verified(source.content_hash, original)
    for number, entry in enumerate(manifest.steps):
        if entry.engine:
            # The others are done before anybody could read their names.
            announce(entry.step)
        step_dir = workdir / f"{number:02}-{entry.step}"
        step_dir.mkdir()
        try:
            result = _run_step(execution, entry, original, step_dir)
        except RunFailed as failure:
            failure.records = execution.records
            raise
        if result.outcome in (Outcome.REJECT, Outcome.FAILED):
            execution.stopped = result
            break
    return execution


def _run_step(
    execution: Execution, entry: StepEntry, original: Path, step_dir: Path
) -> StepResult:
    given = StepInput(
        source=facts_of(execution.source),
        original=original,
        workdir=step_dir,
        params=entry.params,
        document_types=execution.manifest.document_types,
        upstream=tuple(execution.outputs),
        engine=engines.__getitem__,
    )
    started = time.perf_counter()
    try:
        result = _guarded(entry, given)
    except RunFailed as failure:
        ms = round((time.perf_counter() - started) * 1000)
        execution.records.append(
            StepRecord(entry.step, Outcome.FAILED.value, ms, failure.reason)
        )
        raise
    ms = round((time.perf_counter() - started) * 1000)
    execution.records.append(
        StepRecord(
            step=entry.step,
            outcome=result.outcome.value,
            ms=ms,
            reason=result.reason,
            model_id=result.model_id,
            quality=result.quality,
            detail=result.detail,
            vision_tokens=result.vision_tokens,
            micro_usd=result.micro_usd,
        )
    )
    for output in result.outputs:
        execution.keep(output, entry, result)
    return result


def _guarded(entry: StepEntry, given: StepInput) -> StepResult:
    """The step's result; a failure that no retry can help is a result too."""
    try:
        return step_named(entry.step, entry.version).run(given)
    except StepError as error:
        if not error.permanent:
            raise RunFailed(entry.step, error.reason) from error
        reason = error.reason
    except EngineError as error:
        if not error.permanent:
            raise RunFailed(entry.step, "engine_unavailable") from error
        reason = "engine_failed"
    except Exception as error:
        # A defect of ours: said by class and place, never with the document's text.
        log.error("step_defect", step=entry.step, error=type(error).__name__)
        raise RunFailed(entry.step, "internal_error") from error
    return StepResult(outcome=Outcome.FAILED, reason=reason)


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="run-", dir=scratch.folder())
