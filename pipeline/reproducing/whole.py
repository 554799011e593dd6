"""Many artifacts made again: each reading once, and every artifact of it judged."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.models import DerivedArtifact, Generation, State
from pipeline.models import ReplayObservation
from pipeline.reproducing.again import NotRunnable, make_again, manifest_for
from pipeline.reproducing.judging import Judge
from pipeline.reproducing.reproduce import (
    Once,
    Reproduction,
    check_kept,
    made_again,
    not_runnable,
    one_time,
    original_of,
    reproduce,
)
from pipeline.runner import scratch_folder


def reproduce_sample(
    *, sample: int | None = None, seed: int = 0
) -> Iterator[Reproduction]:
    """Of so many readings at random (None: all), every artifact's verdict.

    Each is noted as by reproduce(). A reading of many artifacts runs once.
    """
    readings = list(Generation.objects.order_by("pk").values_list("pk", flat=True))
    if sample is not None and sample < len(readings):
        readings = random.Random(seed).sample(readings, sample)  # noqa: S311 - no secret
    for pk in readings:
        yield from reproduce_reading(pk)


def reproduce_reading(pk: uuid.UUID) -> Iterator[Reproduction]:
    generation = Generation.objects.select_related("source").get(pk=pk)
    artifacts = list(
        DerivedArtifact.objects.filter(generation=generation).select_related(
            "generation__source", "source"
        )
    )
    copied = [one for one in artifacts if original_of(one).pk != one.pk]
    own = [one for one in artifacts if one not in copied]
    found = list(_of_own(generation, own))
    ReplayObservation.objects.bulk_create([one.observed(None) for one in found])
    yield from found
    for artifact in copied:
        yield reproduce(artifact=artifact)


def _of_own(
    generation: Generation, artifacts: Sequence[DerivedArtifact]
) -> Iterator[Reproduction]:
    waiting = []
    for artifact in artifacts:
        try:
            check_kept(artifact)
        except NotRunnable as error:
            yield not_runnable(artifact, artifact, error)
        else:
            waiting.append(artifact)
    if not waiting or generation.state == State.ERASED:
        return
    try:
        with scratch_folder() as folder:
            last = _last_step(generation, waiting)
            again = make_again(generation, last, Path(folder))
            judge = Judge(generation, manifest_for(generation, last)[1], again)
            for artifact in waiting:
                yield _judged(judge, artifact)
    except NotRunnable:
        # Of a part, perhaps: each is told how far it can be made again.
        for artifact in waiting:
            yield made_again(artifact, 1)


def _judged(judge: Judge, artifact: DerivedArtifact) -> Reproduction:
    try:
        finding = judge.finding(artifact)
    except NotRunnable as error:
        return not_runnable(artifact, artifact, error)
    made = judge.again.results.get((artifact.kind, artifact.slot))
    digest = made.payload_hash if made else ""
    once = Once(finding, judge.promise(artifact.step), judge.again.ms, digest)
    return one_time(artifact, once)


def _last_step(generation: Generation, artifacts: Sequence[DerivedArtifact]) -> str:
    """The latest step, in the order of the reading, that made one of the artifacts."""
    order = [entry["step"] for entry in generation.steps]
    steps = {artifact.step for artifact in artifacts}
    unknown = steps.difference(order)
    if unknown or not order:
        return sorted(steps)[0]
    return max(steps, key=order.index)
