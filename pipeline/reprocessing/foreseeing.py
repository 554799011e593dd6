"""Which steps a version would run on which sources: the memo asked, nothing done.

A step is spared where an earlier reading of the source did it by the same recipe on the
same inputs. Inputs are the same where the steps that make them are spared, too, out of
executions with the same memo keys. That a step which runs anew may give what it gave
before, so that the next one is spared after all, cannot be foreseen: what is said to
run is an upper bound.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from catalog.models import DerivedArtifact, Generation, State
from catalog.models.generation import GenerationQuerySet
from pipeline.manifest import Manifest
from pipeline.memo.memory import Earlier
from pipeline.memo.recipe import recipe_of
from pipeline.memo.revocations import reaching
from pipeline.models import MemoRevocation, PipelineVersion, Run
from pipeline.steps.registry import step_named

# Readings by which it is learnt what each step makes.
LEARNT_FROM = 200


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One step of the target; recipe is empty for what runs every time.

    reads: the earlier steps whose results it is shown.
    """

    step: str
    model_id: str
    recipe: str
    reads: Sequence[str]


@dataclass(frozen=True, slots=True)
class Spared:
    """sources: looked at; read: those of them that the version has read before; run
    and spared: by step, over the others.
    """

    sources: int
    read: int
    run: Mapping[str, int]
    spared: Mapping[str, int]


def steps_of(version: PipelineVersion, readings: GenerationQuerySet) -> list[Foreseen]:
    """The target's steps in order, as this process would run them."""
    manifest = Manifest.of(version)
    makes = _kinds_made(readings)
    found: list[Foreseen] = []
    for entry in manifest.steps:
        step = step_named(entry.step, entry.version)
        recipe = recipe_of(manifest, entry, step) if step.keeps else None
        engine = manifest.engines.get(entry.engine, {})
        reads = [
            earlier.step
            for earlier in found
            # What nobody has seen at work yet may make anything.
            if makes.get(earlier.step, set(step.reads)) & set(step.reads)
        ]
        trusted = recipe is not None and recipe.trusted
        found.append(
            Foreseen(
                step=entry.step,
                model_id=str(engine.get("model_id", "")),
                recipe=recipe.digest if recipe and trusted else "",
                reads=reads,
            )
        )
    return found


def _kinds_made(readings: GenerationQuerySet) -> dict[str, set[str]]:
    """By step, the kinds that some of the readings have of it; or no kind."""
    some = list(readings.order_by()[:LEARNT_FROM].values_list("pk", "steps"))
    made: dict[str, set[str]] = {
        entry["step"]: set() for _, steps in some for entry in steps
    }
    rows = DerivedArtifact.objects.filter(generation__in=[pk for pk, _ in some])
    for step, kind in rows.order_by().values_list("step", "kind").distinct():
        made.setdefault(step, set()).add(kind)
    return made


def foresee(
    version: PipelineVersion,
    steps: Sequence[Foreseen],
    sources: QuerySet[Generation, Any],
) -> Spared:
    """sources: of one column, the ids of the sources to look at."""
    done = set(
        Run.objects.filter(
            pipeline_version=version, state=Run.State.FINISHED, source__in=sources
        ).values_list("source", flat=True)
    )
    revocations = list(MemoRevocation.objects.all())
    run: Counter[str] = Counter()
    spared: Counter[str] = Counter()
    looked_at = read = 0
    for source, executions in _executions(sources):
        looked_at += 1
        if source in done:
            read += 1
            continue
        kept = _spared(steps, executions, revocations)
        spared.update(kept.keys())
        run.update(one.step for one in steps if one.step not in kept)
    return Spared(looked_at, read, run, spared)


def _executions(
    sources: QuerySet[Generation, Any],
) -> Iterator[tuple[uuid.UUID, list[dict[str, Earlier]]]]:
    """By source, its earlier readings, newest first, each as {step: execution}."""
    rows = (
        Generation.objects.filter(source__in=sources, restores__isnull=True)
        .exclude(state=State.ERASED)
        .order_by("source_id", "-created_at", "-generation_id")
        .values_list(
            "source_id", "generation_id", "pipeline_version", "created_at", "steps"
        )
    )
    by_source = groupby(rows.iterator(chunk_size=500), key=lambda row: row[0])
    for source, readings in by_source:
        yield source, [_by_step(*reading[1:]) for reading in readings]


def _by_step(
    generation_id: uuid.UUID, version: str, at: Any, steps: Iterable[Any]
) -> dict[str, Earlier]:
    return {e["step"]: Earlier(generation_id, version, at, e) for e in steps}


def _spared(
    steps: Sequence[Foreseen],
    readings: Sequence[Mapping[str, Earlier]],
    revocations: Sequence[MemoRevocation],
) -> dict[str, str]:
    """{step: memo key} of the steps whose results would be taken over."""
    keys: dict[str, str] = defaultdict(str)
    for one in steps:
        for reading in readings if one.recipe else ():
            earlier = reading.get(one.step)
            if earlier is None or earlier.entry.get("recipe") != one.recipe:
                continue
            if not (key := earlier.entry["memo_key"]):
                continue
            if not all(_same(keys, reading, read) for read in one.reads):
                continue
            if reaching(revocations, earlier.origin) is None:
                keys[one.step] = key
                break
    return {step: key for step, key in keys.items() if key}


def _same(keys: Mapping[str, str], reading: Mapping[str, Earlier], step: str) -> bool:
    """Whether the step's results would be those that it had in the reading."""
    there = reading.get(step)
    planned = keys.get(step, "")
    return bool(planned) and there is not None and there.entry["memo_key"] == planned
