"""Which steps a version would run on a source, and for each of them: why.

A cause is the name of what differs from the nearest earlier execution of the step on
the same source: a component of its recipe ("params:dpi", "code:pipeline.words",
"environment:pillow"), an input ("inputs:ocr/page=1"), or a word of Why or Cause.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from catalog.models import DerivedArtifact, Generation, Origin, SourceMedia
from pipeline.execution import facts_of
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.memory import Earlier, Found, Memory, Why
from pipeline.memo.recipe import Recipe, differences, memo_key, readable, recipe_of
from pipeline.models import MemoRecipe, PipelineVersion
from pipeline.steps.base import Step
from pipeline.steps.registry import step_named


class Verdict(StrEnum):
    HIT = "hit"  # the results would be taken over
    MISS = "miss"  # the step would run
    OPEN = "open"  # it would run if a step before it, which runs, gives something new
    ALWAYS = "always"  # a step that makes no artifacts runs every time


class Cause(StrEnum):
    FAILED = "failed before"
    NOT_REPEATABLE = "not repeatable"
    CODE_UNKNOWN = "code changed on disk or without source"
    RECIPE_UNKNOWN = "recipe unknown"


@dataclass(frozen=True, slots=True)
class StepExplained:
    """causes is empty for a hit; generation_id and pipeline_version are of the earlier
    reading that it was compared with, or would be taken over from.
    """

    step: str
    version: str
    verdict: Verdict
    causes: tuple[str, ...] = ()
    generation_id: uuid.UUID | None = None
    pipeline_version: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    source_id: uuid.UUID
    pipeline_name: str
    pipeline_version: str
    steps: tuple[StepExplained, ...]

    def as_json(self) -> dict[str, Any]:
        """Ids as text; steps in the order of the version."""
        steps = [
            {
                **asdict(step),
                "verdict": step.verdict.value,
                "causes": list(step.causes),
                "generation_id": step.generation_id and str(step.generation_id),
            }
            for step in self.steps
        ]
        return {**asdict(self), "source_id": str(self.source_id), "steps": steps}


def explain(
    *,
    source: SourceMedia,
    version: PipelineVersion,
    against: Generation | None = None,
) -> Explanation:
    """What the version would do with the source now. Runs and stores nothing.

    against: compare with this earlier reading only, not with the nearest. Raises
    UnknownStep where the code of a step is not here.
    """
    manifest = Manifest.of(version)
    explainer = _Explainer(source, manifest, against)
    return Explanation(
        source_id=source.pk,
        pipeline_name=version.name,
        pipeline_version=version.version,
        steps=tuple(explainer.step(entry) for entry in manifest.steps),
    )


@dataclass
class _Explainer:
    source: SourceMedia
    manifest: Manifest
    against: Generation | None
    # Artifacts that the steps so far would take over.
    standing: list[DerivedArtifact] = field(default_factory=list)
    # Steps so far that would run.
    running: set[str] = field(default_factory=set)

    @cached_property
    def memory(self) -> Memory:
        return Memory(self.source)

    @cached_property
    def kinds(self) -> dict[str, set[str]]:
        """Step to the kinds that it has ever made of the source."""
        found: dict[str, set[str]] = {}
        artifacts = DerivedArtifact.objects.filter(source=self.source)
        for step, kind in artifacts.values_list("step", "kind").distinct():
            found.setdefault(step, set()).add(kind)
        return found

    def step(self, entry: StepEntry) -> StepExplained:
        step = step_named(entry.step, entry.version)
        if not step.keeps:
            return StepExplained(entry.step, entry.version, Verdict.ALWAYS)
        recipe = recipe_of(self.manifest, entry, step)
        unsettled = self._unsettled(step)
        found: Found | Why | None = None
        if not unsettled and recipe.trusted:
            key = memo_key(recipe, step, facts_of(self.source), self.standing)
            found = self.memory.look(entry.step, key)
        if isinstance(found, Found):
            self.standing.extend(kept.artifact for kept in found.kept)
            return _explained(entry, Verdict.HIT, (), found.earlier)
        self.running.add(entry.step)
        if not recipe.trusted:
            return _explained(entry, Verdict.MISS, [Cause.CODE_UNKNOWN], None)
        return self._missed(entry, step, recipe, unsettled, found)

    def _unsettled(self, step: Step) -> list[str]:
        """Kinds that it reads and that a step before it would make anew."""
        settled = {artifact.kind for artifact in self.standing}
        new = self.running - self.kinds.keys()
        anew = set().union(*(self.kinds.get(name, ()) for name in self.running))
        return sorted(
            kind
            for kind in step.reads
            # What a step that never ran here will make, nobody knows.
            if kind in anew or (new and kind not in settled)
        )

    def _missed(
        self,
        entry: StepEntry,
        step: Step,
        recipe: Recipe,
        unsettled: Sequence[str],
        why: Why | None,
    ) -> StepExplained:
        compared = [
            (self._differences(earlier, step, recipe, unsettled), earlier)
            for earlier in self._candidates(entry.step)
        ]
        if not compared:
            causes = [self._why_never(entry.step)]
            return _explained(entry, Verdict.MISS, causes, None)
        # The first of the nearest is the newest of them.
        causes, nearest = min(compared, key=lambda pair: len(pair[0]))
        if causes:
            return _explained(entry, Verdict.MISS, causes, nearest)
        if unsettled:
            causes = [f"inputs:{kind}" for kind in unsettled]
            return _explained(entry, Verdict.OPEN, causes, nearest)
        return _explained(entry, Verdict.MISS, [why or Why.NEVER_RUN], nearest)

    def _entries(self, step: str) -> Iterator[Earlier]:
        for earlier in self.memory.executions:
            wanted = self.against is None or earlier.generation_id == self.against.pk
            if wanted and earlier.entry["step"] == step:
                yield earlier

    def _candidates(self, step: str) -> list[Earlier]:
        return [e for e in self._entries(step) if e.entry["memo_key"]]

    def _why_never(self, step: str) -> str:
        earlier = next(self._entries(step), None)
        if earlier is None:
            return Why.NEVER_RUN
        failed = earlier.entry["outcome"] == "failed"
        return Cause.FAILED if failed else Cause.NOT_REPEATABLE

    def _differences(
        self, earlier: Earlier, step: Step, recipe: Recipe, unsettled: Sequence[str]
    ) -> list[str]:
        before = MemoRecipe.objects.filter(digest=earlier.entry["recipe"]).first()
        if before is None:
            return [Cause.RECIPE_UNKNOWN]
        causes = differences(before.components, recipe.components)
        return causes if unsettled else causes + self._inputs(earlier, step)

    def _inputs(self, earlier: Earlier, step: Step) -> list[str]:
        """Upstream payloads and regions that are others than they were."""
        before = DerivedArtifact.objects.filter(
            generation=earlier.generation_id,
            kind__in=step.reads,
            origin=Origin.MACHINE,
        )
        was = _places(before)
        now = _places(readable(step, self.standing))
        return [
            f"inputs:{kind}/{slot}"
            for kind, slot in sorted(was.keys() | now.keys())
            if was.get((kind, slot)) != now.get((kind, slot))
        ]


def _places(
    artifacts: Iterable[DerivedArtifact],
) -> Mapping[tuple[str, str], tuple[str, Any]]:
    return {(a.kind, a.slot): (a.payload_hash, a.region) for a in artifacts}


def _explained(
    entry: StepEntry,
    verdict: Verdict,
    causes: Sequence[str],
    earlier: Earlier | None,
) -> StepExplained:
    return StepExplained(
        step=entry.step,
        version=entry.version,
        verdict=verdict,
        causes=tuple(str(cause) for cause in causes),
        generation_id=earlier.generation_id if earlier else None,
        pipeline_version=earlier.pipeline_version if earlier else "",
    )
