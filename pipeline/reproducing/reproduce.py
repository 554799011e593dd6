"""One artifact made again, once or many times, and what is noted of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from django.contrib.auth.models import User

from catalog import services as catalog
from catalog.models import ArtifactInput, DerivedArtifact, Origin, Promotion
from pipeline.models import ReplayObservation
from pipeline.reproducing.again import NotRunnable, Why, make_again, manifest_for
from pipeline.reproducing.judging import OF_SAMENESS, Finding, Judge, Verdict
from pipeline.reproducing.promises import Promise
from pipeline.reproducing.replaying import CALLS, replayed
from pipeline.runner import scratch_folder
from pipeline.steps.base import Determinism

log = structlog.get_logger()

MOST_TIMES = 20
SAME = frozenset(OF_SAMENESS.values())
# From the best to the worst: the worst of several times is told.
ORDER = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Reproduction:
    """times: how often it was made again; same: how often the same came out.

    of: the artifact that was made again: another one where the asked one restores it.
    detail: what the observation keeps; no text of the document.
    """

    artifact: DerivedArtifact
    of: DerivedArtifact
    verdict: Verdict
    times: int = 0
    same: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False

    def observed(self, asked_by: User | None) -> ReplayObservation:
        """The row, not yet written."""
        return ReplayObservation(
            artifact=self.artifact,
            verdict=self.verdict,
            times=self.times,
            same=self.same,
            replayed=self.replayed,
            detail=dict(self.detail),
            asked_by=asked_by,
        )


def reproduce(
    *, artifact: DerivedArtifact, times: int = 1, asked_by: User | None = None
) -> Reproduction:
    """Make it again and note what came of it: one ReplayObservation, nothing else.

    Raises ValueError for times below 1 or above MOST_TIMES.
    """
    if not 1 <= times <= MOST_TIMES:
        raise ValueError(f"times is 1 to {MOST_TIMES}")
    found = made_again(artifact, times)
    found.observed(asked_by).save(force_insert=True)
    return found


def original_of(artifact: DerivedArtifact) -> DerivedArtifact:
    """The artifact itself, or that which it carries over or restores, however far."""
    while True:
        before = (
            ArtifactInput.objects.filter(
                artifact=artifact, input_artifact__isnull=False
            )
            .select_related("input_artifact__generation__source")
            .first()
        )
        copied = (
            artifact.origin != Origin.MACHINE
            and before is not None
            and before.input_artifact is not None
            and before.input_artifact.payload_hash == artifact.payload_hash
            # In its own generation a person puts back only what an undo puts back.
            and (
                artifact.origin == Origin.RESTORE
                or before.input_artifact.generation_id != artifact.generation_id
            )
        )
        if not copied or before is None or before.input_artifact is None:
            return artifact
        artifact = before.input_artifact


def said_by(artifact: DerivedArtifact) -> dict[str, Any]:
    """Who said a person's value, and when: by the decision that was written next, in
    the same transaction.
    """
    decision = (
        Promotion.objects.filter(
            new_generation=artifact.generation_id,
            reason=Promotion.Reason.DECISION,
            at__gte=artifact.created_at,
        )
        .select_related("actor")
        .order_by("at", "pk")
        .first()
    )
    actor = decision.actor if decision else None
    return {"by": actor.get_username() if actor else "", "at": _iso(artifact)}


def _iso(artifact: DerivedArtifact) -> str:
    return artifact.created_at.isoformat(timespec="seconds")


def made_again(artifact: DerivedArtifact, times: int) -> Reproduction:
    of = original_of(artifact)
    restored = {"restores": str(of.pk)} if of.pk != artifact.pk else {}
    try:
        check_kept(of)
        found = [_once(of) for _ in range(times)]
    except NotRunnable as error:
        told = not_runnable(artifact, of, error, restored)
        return _from_answers(told) if error.why in CALLS else told
    return _summed(artifact, of, found, restored)


def _from_answers(told: Reproduction) -> Reproduction:
    """By the answers that were kept of the model, where they give the same."""
    try:
        same = replayed(told.of)
    except Exception as error:
        # Whatever an answer holds that today's code cannot read.
        log.warning("replay_failed", error=type(error).__name__)
        return told
    if same not in OF_SAMENESS:
        return told
    return replace(told, verdict=OF_SAMENESS[same], times=1, same=1, replayed=True)


def check_kept(artifact: DerivedArtifact) -> None:
    """Raises NotRunnable for what a person said, or that nothing stands there since an
    answer was taken back, and for what was erased.
    """
    if artifact.origin == Origin.HUMAN or artifact.step == catalog.REVIEW:
        raise NotRunnable(Why.PERSON)
    if artifact.source.erased_at is not None:
        raise NotRunnable(Why.SOURCE_ERASED)
    if artifact.is_erased:
        raise NotRunnable(Why.PAYLOAD_GONE)


def not_runnable(
    artifact: DerivedArtifact,
    of: DerivedArtifact,
    error: NotRunnable,
    more: Mapping[str, Any] | None = None,
) -> Reproduction:
    detail: dict[str, Any] = {"why": error.why.value, **(more or {})}
    if error.names:
        detail["names"] = list(error.names)
    if error.why is Why.PERSON:
        detail |= said_by(of)
    return Reproduction(artifact, of, Verdict.NOT_RUNNABLE, detail=detail)


@dataclass(frozen=True, slots=True)
class Once:
    """One time: what was found, under which promise, in how many milliseconds, and the
    digest of what came out ("" for nothing).
    """

    finding: Finding
    promise: Promise
    ms: int
    digest: str


def _once(artifact: DerivedArtifact) -> Once:
    with scratch_folder() as folder:
        again = make_again(artifact.generation, artifact.step, Path(folder))
        manifest = manifest_for(artifact.generation, artifact.step)[1]
        judge = Judge(artifact.generation, manifest, again)
        made = again.results.get((artifact.kind, artifact.slot))
        return Once(
            judge.finding(artifact),
            judge.promise(artifact.step),
            again.ms,
            made.payload_hash if made else "",
        )


def _summed(
    artifact: DerivedArtifact,
    of: DerivedArtifact,
    found: Sequence[Once],
    more: Mapping[str, Any],
) -> Reproduction:
    worst = max(found, key=lambda once: ORDER.index(once.finding.verdict))
    verdict, step = worst.finding.verdict, worst.finding.step
    same = sum(once.finding.verdict in SAME for once in found)
    wavering = len({once.digest for once in found}) > 1 and same < len(found)
    if wavering and verdict is Verdict.DIFFERS_ENV:
        # The recipe was one and the same all these times: it does not explain that.
        free = worst.promise.is_free
        verdict = Verdict.DIFFERS_STOCHASTIC if free else Verdict.UNEXPLAINED
    counts = Counter(once.finding.verdict.value for once in found)
    promise = worst.promise
    detail: dict[str, Any] = {
        "promised": promise.determinism.value,
        "ms": [once.ms for once in found],
        "verdicts": dict(counts),
        **more,
    }
    if promise.determinism is Determinism.TOLERANCE:
        detail["tolerance"] = promise.tolerance
    if step:
        detail["step"] = step
    if worst.finding.fields:
        detail["fields"] = list(worst.finding.fields)
    return Reproduction(artifact, of, verdict, len(found), same, detail)


def one_time(artifact: DerivedArtifact, once: Once) -> Reproduction:
    return _summed(artifact, artifact, [once], {})
