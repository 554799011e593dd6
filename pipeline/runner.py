"""Run one frozen version on one source: time each step, keep what it made."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from catalog import blobs, scratch
from catalog.models import SourceMedia
from pipeline.engines.base import EngineError
from pipeline.engines.handler import role_of
from pipeline.events import StepRecord
from pipeline.execution import Announce, Execution, facts_of
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.memory import Earlier, Memory, Unusable
from pipeline.memo.recipe import memo_key, readable, recipe_of
from pipeline.models import PipelineVersion
from pipeline.prices import with_tariff
from pipeline.steps.base import (
    Outcome,
    Step,
    StepError,
    StepInput,
    StepResult,
)
from pipeline.steps.registry import step_named

if TYPE_CHECKING:
    from pipeline.engines.vision_chat.engine import Keeper

log = structlog.get_logger()


class RunFailed(Exception):
    """A step failed in a way that another attempt may not.

    records: the steps up to and with the one that failed. so_far: what that one has
    spent, without its outputs.
    """

    def __init__(
        self, step: str, reason: str, so_far: StepResult | None = None
    ) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.so_far = so_far or StepResult()
        self.records: list[StepRecord] = []


def execute(
    *,
    source: SourceMedia,
    version: PipelineVersion,
    workdir: Path,
    announce: Announce = lambda step: None,
    fresh: bool = False,
    manifest: Manifest | None = None,
    original: Path | None = None,
    keeper: Keeper | None = None,
) -> Execution:
    """Run every step in order; a rejecting or broken step ends the run.

    What an earlier reading of the source made by the same recipe is taken over, unless
    the run is to be fresh. Files that the steps made lie in workdir until the caller
    has stored them. manifest: instead of the version's, for a run that nobody stores.
    original: the source's bytes, where they are not in the store. keeper: of a
    service's answers between the attempts of a run.
    Raises RunFailed (try again), EngineChanged and UnknownStep (this machine cannot run
    the version), blobs.BlobMissing and blobs.BlobDamaged (the original is not whole).
    """
    manifest = manifest or Manifest.of(version)
    manifest.check_runnable()
    if original is None:
        original = workdir / "original"
        blobs.copy_verified(source.content_hash, original)
    distrusted: set[str] = set()
    while True:
        folder = workdir / f"attempt-{len(distrusted)}"
        folder.mkdir()
        execution = Execution(
            source, version, folder, announce, manifest, keeper=keeper
        )
        memory = None if fresh else Memory(source, distrusted=distrusted)
        try:
            _run_steps(execution, original, memory)
        except Unusable as unusable:
            # Its step runs again; what was found before is found once more.
            log.warning("kept_result_unusable", step=unusable.step)
            distrusted.add(unusable.step)
        else:
            return execution


def _run_steps(execution: Execution, original: Path, memory: Memory | None) -> None:
    for number, entry in enumerate(execution.manifest.steps):
        step_dir = execution.workdir / f"{number:02}-{entry.step}"
        step_dir.mkdir()
        step = step_named(entry.step, entry.version)
        at_work = AtWork(execution, entry, step, original, step_dir)
        try:
            result = at_work.result(memory)
        except RunFailed as failure:
            failure.records = execution.records
            raise
        if result is not None and result.outcome in (Outcome.REJECT, Outcome.FAILED):
            execution.stopped = result
            return


@dataclass
class AtWork:
    """One step of a run."""

    execution: Execution
    entry: StepEntry
    step: Step
    original: Path
    workdir: Path
    started: float = field(default_factory=time.perf_counter)

    def result(self, memory: Memory | None) -> StepResult | None:
        """What the step gave; None where an earlier reading's results were taken over.

        Raises RunFailed, and Unusable for what an earlier step took over.
        """
        key = self._key()
        if memory and key and (found := memory.find(self.entry.step, key)):
            self.execution.take_over(self.entry, found)
            self._record_taken_over(found.earlier)
            return None
        if self.entry.engine:
            # The others are done before anybody could read their names.
            self.execution.announce(self.entry.step)
        given = self._given()
        try:
            result = _guarded(self.step, given)
        except RunFailed as failure:
            self._record(
                replace(
                    failure.so_far,
                    outcome=Outcome.FAILED,
                    reason=failure.reason,
                    outputs=(),
                ),
                "",
            )
            raise
        done = result.outcome in (Outcome.OK, Outcome.CONFLICT)
        key = key if done and result.repeatable else ""
        self.execution.keep(self.entry, result, key)
        self._record(result, key)
        return result

    def _key(self) -> str:
        """The execution's memo key; empty for one that no later one may take over."""
        if not self.step.keeps:
            return ""
        recipe = recipe_of(self.execution.manifest, self.entry, self.step)
        if not recipe.trusted:
            log.warning(
                "memo_off", step=self.entry.step, why="code_changed_or_without_source"
            )
            return ""
        self.execution.recipes[self.entry.step] = recipe
        facts = facts_of(self.execution.source)
        return memo_key(recipe, self.step, facts, self.execution.made)

    def _given(self) -> StepInput:
        """All that the step may see. Raises Unusable."""
        types = self.execution.manifest.document_types
        upstream = readable(self.step, self.execution.made)
        return StepInput(
            source=facts_of(self.execution.source),
            original=self.original,
            workdir=self.workdir,
            params=self.entry.params,
            document_types=types if self.step.reads_types else (),
            upstream=tuple(made.shown(self.execution.workdir) for made in upstream),
            engine=self._engine,
        )

    def _engine(self, role: str) -> Any:
        """The engine that the version names for the role; another would go unseen."""
        alias = self.entry.engine
        if role_of(alias) != role:
            raise LookupError(f"{self.entry.step} names no engine for {role!r}")
        engine = with_tariff(self.execution.manifest.engine(alias))
        keeper, keeping = self.execution.keeper, getattr(engine, "keeping", None)
        return keeping(keeper) if keeper is not None and keeping else engine

    @property
    def _ms(self) -> int:
        return round((time.perf_counter() - self.started) * 1000)

    def _record(self, result: StepResult, key: str) -> None:
        recipe = self.execution.recipes.get(self.entry.step)
        self.execution.records.append(
            StepRecord(
                step=self.entry.step,
                outcome=result.outcome.value,
                ms=self._ms,
                reason=result.reason,
                model_id=result.model_id,
                quality=result.quality,
                detail=result.detail,
                vision_tokens=result.vision_tokens,
                micro_usd=result.micro_usd,
                version=self.entry.version,
                memo_key=key,
                recipe=recipe.digest if recipe else "",
                outputs=len(result.outputs),
            )
        )

    def _record_taken_over(self, earlier: Earlier) -> None:
        """The entry is as the first one, but for its time and its cost."""
        entry = earlier.entry
        self.execution.records.append(
            StepRecord(
                step=self.entry.step,
                outcome=entry["outcome"],
                ms=self._ms,
                reason=entry["reason"],
                model_id=entry["model_id"],
                quality=entry["quality"],
                detail=entry["detail"],
                version=self.entry.version,
                memo_key=entry["memo_key"],
                recipe=entry["recipe"],
                outputs=entry["outputs"],
                taken_from=earlier.as_taken_from(),
            )
        )


def _guarded(step: Step, given: StepInput) -> StepResult:
    """The step's result; a failure that no retry can help is a result too."""
    try:
        return step.run(given)
    except StepError as error:
        if not error.permanent:
            raise RunFailed(step.name, error.reason) from error
        reason = error.reason
    except EngineError as error:
        said = getattr(error, "reason", "")
        if not error.permanent:
            so_far = getattr(error, "so_far", None)
            reason = said or "engine_unavailable"
            raise RunFailed(step.name, reason, so_far) from error
        reason = said or "engine_failed"
    except Exception as error:
        # A defect of ours: said by class and place, never with the document's text.
        log.error("step_defect", step=step.name, error=type(error).__name__)
        raise RunFailed(step.name, "internal_error") from error
    return StepResult(outcome=Outcome.FAILED, reason=reason)


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="run-", dir=scratch.folder())
