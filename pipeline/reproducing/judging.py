"""Whether what came out is the same, and if not, because of what.

What differs is explained where it began: at the steps that gave something else although
all that they were shown was the same. Such a step is explained by a component of its
recipe that is another one now, by a promise that it never made, or by nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from catalog.models import DerivedArtifact, Generation
from pipeline.manifest import Manifest
from pipeline.memo.recipe import differences
from pipeline.models import MemoRecipe, ReplayObservation
from pipeline.reproducing import sameness
from pipeline.reproducing.again import (
    Again,
    kept_of,
    payload_kept,
    payload_made,
    step_entries,
)
from pipeline.reproducing.promises import Promise, promise_of, weakest
from pipeline.reproducing.sameness import Sameness
from pipeline.steps.registry import step_named

Verdict = ReplayObservation.Verdict
RECIPE_NOT_KEPT = "the recipe was not kept"
OF_SAMENESS = {
    Sameness.BYTES: Verdict.SAME_BYTES,
    Sameness.CANONICAL: Verdict.SAME_CANONICAL,
    Sameness.TOLERANCE: Verdict.WITHIN_TOLERANCE,
}
# What a busy machine does to a file that a quiet one would read.
BY_THE_MACHINE = frozenset({"timed_out", "too_much_memory"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, the step that it is about, and names of what is another one now."""

    verdict: Verdict
    step: str = ""
    fields: tuple[str, ...] = ()


@dataclass
class Judge:
    """Judges the artifacts of one reading by one time that it was made again."""

    generation: Generation
    manifest: Manifest
    again: Again
    kept: Mapping[tuple[str, str], DerivedArtifact] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = kept_of(self.generation)
        self.entries = {entry.step: entry for entry in self.manifest.steps}
        self._same: dict[tuple[str, str], Sameness] = {}

    def finding(self, artifact: DerivedArtifact) -> Finding:
        """Raises NotRunnable where what was kept cannot be read."""
        same = self.sameness(artifact)
        if same in OF_SAMENESS:
            return Finding(OF_SAMENESS[same])
        roots = self._roots(artifact.step)
        found = [self._cause(step) for step in roots]
        for verdict in (Verdict.UNEXPLAINED, Verdict.DIFFERS_ENV):
            # One that nothing explains is not hidden by another one's reasons.
            if named := [one for one in found if one.verdict == verdict]:
                fields = tuple(name for one in named for name in one.fields)
                return Finding(verdict, named[0].step, fields)
        return found[0] if found else Finding(Verdict.UNEXPLAINED, artifact.step)

    def sameness(self, artifact: DerivedArtifact) -> Sameness:
        place = (artifact.kind, artifact.slot)
        if place not in self._same:
            self._same[place] = self._compared(artifact)
        return self._same[place]

    def promise(self, step: str) -> Promise:
        """Of a step's results: with all that they are made from."""
        return weakest(self._own(name) for name in (*self._upstream(step), step))

    @cached_property
    def _promises(self) -> dict[str, Promise]:
        return {
            entry.step: promise_of(self.manifest, entry)
            for entry in self.manifest.steps
        }

    def _own(self, step: str) -> Promise:
        return self._promises[step]

    def _compared(self, artifact: DerivedArtifact) -> Sameness:
        made = self.again.results.get((artifact.kind, artifact.slot))
        if made is None:
            return Sameness.MISSING
        promise = self.promise(artifact.step)
        places = sameness.of_json(artifact.region, made.region, promise)
        if made.payload_hash == artifact.payload_hash:
            return Sameness.BYTES if made.region == artifact.region else places
        was, now = payload_kept(artifact), payload_made(made)
        pictures = isinstance(was, bytes) and isinstance(now, bytes)
        alike = sameness.of_pictures if pictures else sameness.of_json
        return min(places, alike(was, now, promise))

    def _differing(self) -> set[str]:
        """Steps that gave something else: more, less, or other bytes."""
        found = {self.again.stopped[0]} if self.again.stopped else set()
        for place, artifact in self.kept.items():
            if artifact.step in self.entries and self._other(place, artifact):
                found.add(artifact.step)
        for place, step in self.again.steps.items():
            if place not in self.kept:
                found.add(step)
        return found

    def _other(self, place: tuple[str, str], artifact: DerivedArtifact) -> bool:
        made = self.again.results.get(place)
        same = made and made.payload_hash == artifact.payload_hash
        return not (same and made and made.region == artifact.region)

    def _roots(self, step: str) -> list[str]:
        """Where the difference of a step's results began, in order."""
        differing = self._differing()
        stopped = self.again.stopped[0] if self.again.stopped else ""
        if stopped:
            # What would have come after it says nothing.
            return [stopped]
        within = [name for name in (*self._upstream(step), step) if name in differing]
        return [
            name for name in within if not differing.intersection(self._upstream(name))
        ]

    def _upstream(self, step: str) -> list[str]:
        """The steps whose results went into a step's, however far, in order."""
        makers: dict[str, set[str]] = {}
        for (kind, _), artifact in self.kept.items():
            makers.setdefault(kind, set()).add(artifact.step)
        for (kind, _), name in self.again.steps.items():
            makers.setdefault(kind, set()).add(name)
        order = list(self.entries)
        found: set[str] = set()
        waiting = [step]
        while waiting:
            name = waiting.pop()
            entry = self.entries[name]
            for kind in step_named(name, entry.version).reads:
                for maker in makers.get(kind, ()):
                    before = maker in order and order.index(maker) < order.index(name)
                    if before and maker not in found:
                        found.add(maker)
                        waiting.append(maker)
        return sorted(found, key=order.index)

    def _cause(self, step: str) -> Finding:
        entry = step_entries(self.generation).get(step, {})
        if fields := self._recipe_differences(step, entry):
            named = tuple(f"{step}: {name}" for name in fields)
            return Finding(Verdict.DIFFERS_ENV, step, named)
        if self._own(step).is_free or self._by_the_machine(step, entry):
            return Finding(Verdict.DIFFERS_STOCHASTIC, step)
        return Finding(Verdict.UNEXPLAINED, step)

    def _by_the_machine(self, step: str, entry: Mapping[str, Any]) -> bool:
        """Whether a limit of time or memory had its say, then or now."""
        if self.again.stopped and self.again.stopped[1] in BY_THE_MACHINE:
            return True
        keeps = step_named(step, self.entries[step].version).keeps
        then = not keeps or bool(entry.get("memo_key"))
        return not (then and self.again.repeatable.get(step, True))

    def _recipe_differences(self, step: str, entry: Mapping[str, Any]) -> list[str]:
        if not step_named(step, self.entries[step].version).keeps:
            return []
        kept = MemoRecipe.objects.filter(digest=entry.get("recipe", "")).first()
        now = self.again.recipes.get(step)
        if kept is None or now is None:
            return [RECIPE_NOT_KEPT]
        return differences(kept.components, now.components)
