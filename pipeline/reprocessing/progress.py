"""How far a reprocess is, as a page or a command tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from catalog.models import Comparison
from pipeline.manifest import Manifest
from pipeline.models import Reprocess, ReprocessItem, Stage
from pipeline.models.reprocess_item import ReprocessItemQuerySet
from pipeline.prices import without_price

# How fast it is now, not on average since it began.
WINDOW = timedelta(minutes=5)
# With fewer, the rate says little.
FEWEST = 3
ENDED = ("done", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class StageProgress:
    """begun: whether its items may be claimed, or were."""

    stage: Stage
    begun: bool
    states: Mapping[str, int]

    @property
    def items(self) -> int:
        return sum(self.states.values())

    @property
    def ended(self) -> int:
        return sum(self.states.get(state, 0) for state in ENDED)


@dataclass(frozen=True, slots=True)
class Progress:
    """rate: items a minute now, None while nobody can say; seconds_left: until the end
    of the last stage that was asked for. verdicts: {word: items}. unpriced: models of
    the version that have no price today, so that what was spent on them is not known.
    """

    reprocess: Reprocess
    stages: Sequence[StageProgress]
    sums: Mapping[str, int]
    verdicts: Mapping[str, int]
    disagreeing: int
    without_candidate: int
    rate: float | None = None
    states: Mapping[str, int] = field(default_factory=dict)
    unpriced: Sequence[str] = ()

    @property
    def items(self) -> int:
        return sum(stage.items for stage in self.stages)

    @property
    def ended(self) -> int:
        return sum(stage.ended for stage in self.stages)

    @property
    def left(self) -> int:
        """Items that it goes on to by itself."""
        asked = [s for s in self.stages if s.stage <= self.reprocess.until_stage]
        return sum(stage.items - stage.ended for stage in asked)

    @property
    def seconds_left(self) -> int | None:
        return round(self.left / self.rate * 60) if self.rate else None

    @property
    def following(self) -> Stage | None:
        """The stage that it waits to be told to begin."""
        waits = self.reprocess.why == Reprocess.Why.STAGE_DONE
        paused = self.reprocess.state == Reprocess.State.PAUSED
        return Stage(self.reprocess.stage + 1) if waits and paused else None


def progress_of(
    reprocess: Reprocess, items: ReprocessItemQuerySet | None = None
) -> Progress:
    """items: those of it that may be counted; all by default."""
    if items is None:
        items = ReprocessItem.objects.filter(reprocess=reprocess)
    totals = items.totals()
    return Progress(
        reprocess=reprocess,
        stages=_stages(reprocess, items),
        states=totals.pop("states"),
        sums=totals,
        verdicts=_verdicts(items),
        disagreeing=items.disagreeing().count(),
        without_candidate=items.without_candidate().count(),
        rate=_rate(reprocess, items),
        unpriced=without_price(
            Manifest.of(reprocess.pipeline_version), on=timezone.now().date()
        ),
    )


def _stages(reprocess: Reprocess, items: ReprocessItemQuerySet) -> list[StageProgress]:
    counted = items.order_by().values_list("stage", "state").annotate(n=Count("pk"))
    found: dict[int, dict[str, int]] = {stage: {} for stage in Stage.values}
    for stage, state, count in counted:
        found[stage][state] = count
    return [
        StageProgress(Stage(stage), stage <= reprocess.stage, states)
        for stage, states in found.items()
    ]


def _verdicts(items: ReprocessItemQuerySet) -> dict[str, int]:
    """In the order of the verdicts, those that there are."""
    counted: dict[str, int] = dict(
        items.compared()
        .order_by()
        .values_list("comparison__verdict")
        .annotate(n=Count("pk"))
    )
    order: list[str] = [*Comparison.Verdict.values]
    order += sorted(counted.keys() - set(order))
    return {word: counted[word] for word in order if word in counted}


def _rate(reprocess: Reprocess, items: ReprocessItemQuerySet) -> float | None:
    if reprocess.state != Reprocess.State.RUNNING:
        return None
    now = timezone.now()
    since = max(now - WINDOW, reprocess.state_since)
    ended = items.filter(finished_at__gt=since).count()
    if ended < FEWEST:
        return None
    return ended / max((now - since).total_seconds(), 1.0) * 60


def progress_json(progress: Progress) -> dict[str, Any]:
    reprocess = progress.reprocess
    return {
        "reprocess_id": str(reprocess.pk),
        "version": str(reprocess.pipeline_version),
        "state": reprocess.state,
        "why": reprocess.why,
        "stage": Stage(reprocess.stage).label,
        "until_stage": Stage(reprocess.until_stage).label,
        "items": progress.items,
        "ended": progress.ended,
        "stages": {
            stage.stage.label: {"items": stage.items, **stage.states}
            for stage in progress.stages
        },
        "states": dict(progress.states),
        "verdicts": dict(progress.verdicts),
        "disagreeing": progress.disagreeing,
        "without_candidate": progress.without_candidate,
        "items_a_minute": progress.rate,
        "seconds_left": progress.seconds_left,
        "spent_micro_usd": progress.sums["micro_usd"],
        "without_price": list(progress.unpriced),
        "budget_micro_usd": reprocess.budget_micro_usd,
        **{name: progress.sums[name] for name in ("ms", "steps_run", "steps_spared")},
    }
