"""Run one frozen version on one source: time each step, keep what it made."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import structlog

from catalog import blobs, scratch
from catalog.models import SourceMedia
from pipeline.engines.base import EngineError
from pipeline.engines.handler import engines
from pipeline.events import StepRecord
from pipeline.execution import Announce, Execution
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.recipe import memo_key, readable, recipe_of
from pipeline.models import PipelineVersion
from pipeline.steps.base import (
    Outcome,
    SourceFacts,
    Step,
    StepError,
    StepInput,
    StepResult,
)
from pipeline.steps.registry import step_named

log = structlog.get_logger()


class RunFailed(Exception):
    """A step failed in a way that another attempt may not.

    records: the steps up to and with the one that failed.
    """

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.records: list[StepRecord] = []


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
    step = step_named(entry.step, entry.version)
    started = time.perf_counter()
    given = StepInput(
        source=facts_of(execution.source),
        original=original,
        workdir=step_dir,
        params=entry.params,
        document_types=execution.manifest.document_types if step.reads_types else (),
        upstream=tuple(made.output for made in readable(step, execution.made)),
        engine=engines.__getitem__,
    )
    key = _key(execution, entry, step)
    try:
        result = _guarded(entry, given)
    except RunFailed as failure:
        ms = round((time.perf_counter() - started) * 1000)
        execution.records.append(
            StepRecord(entry.step, Outcome.FAILED.value, ms, failure.reason)
        )
        raise
    for output in result.outputs:
        execution.keep(output, entry, result.model_id, key if result.repeatable else "")
    execution.records.append(
        StepRecord(
            step=entry.step,
            outcome=result.outcome.value,
            ms=round((time.perf_counter() - started) * 1000),
            reason=result.reason,
            model_id=result.model_id,
            quality=result.quality,
            detail=result.detail,
            vision_tokens=result.vision_tokens,
            micro_usd=result.micro_usd,
        )
    )
    return result


def _key(execution: Execution, entry: StepEntry, step: Step) -> str:
    """The execution's memo key; empty for one that no later one may take over."""
    if not step.keeps:
        return ""
    recipe = recipe_of(execution.manifest, entry, step)
    if not recipe.trusted:
        log.warning("memo_off", step=entry.step, why="code_changed_on_disk")
        return ""
    execution.recipes[entry.step] = recipe
    return memo_key(recipe, step, execution.source.content_hash, execution.made)


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
