"""What a reprocess would do, before anybody begins it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import Func, IntegerField, TextField, Value
from django.db.models.functions import Cast

from catalog.models.generation import GenerationQuerySet
from pipeline.models import PipelineVersion, Run
from pipeline.reprocessing.errors import ReprocessRefused
from pipeline.reprocessing.filling import PLACE, SPAN
from pipeline.reprocessing.foreseeing import Foreseen, foresee, steps_of
from pipeline.reprocessing.measured import About, figures_of, taken_by_step, total
from pipeline.reprocessing.selection import Selection
from pipeline.reprocessing.starting import check_target

# More sources are not all looked at but as many of them, drawn at random.
EXACT_UP_TO = 3_000


@dataclass(frozen=True, slots=True)
class StepForecast:
    """How often the step runs and is spared; None: nobody knows yet what it takes."""

    step: str
    model_id: str
    run: int
    spared: int
    ms: About | None
    micro_usd: About | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """sources: of the selection; read: by the target before, so that they are only
    compared. exact: every source was looked at, and not a sample of them. workers: that
    share the time.
    """

    version: str
    sources: int
    read: int
    looked_at: int
    steps: Sequence[StepForecast]
    workers: int

    @property
    def exact(self) -> bool:
        return self.looked_at == self.sources

    @property
    def run(self) -> int:
        return sum(step.run for step in self.steps)

    @property
    def spared(self) -> int:
        return sum(step.spared for step in self.steps)

    @property
    def unknown(self) -> list[str]:
        """Steps that run and of which nobody knows what they take."""
        return [step.step for step in self.steps if step.run and step.ms is None]

    @property
    def ms(self) -> About | None:
        """Of one worker that does it all. None where a step is unknown."""
        return self._sum([step.ms for step in self.steps if step.run])

    @property
    def elapsed_ms(self) -> About | None:
        """With all workers at it, and at nothing else."""
        if (ms := self.ms) is None:
            return None
        return About(*(part / self.workers for part in (ms.value, ms.low, ms.high)))

    @property
    def micro_usd(self) -> About | None:
        return self._sum([step.micro_usd for step in self.steps if step.run])

    def _sum(self, parts: Sequence[About | None]) -> About | None:
        known = [part for part in parts if part is not None]
        return total(known) if len(known) == len(parts) else None

    def as_json(self) -> dict[str, Any]:
        names = ("exact", "run", "spared", "unknown")
        sums = ("ms", "elapsed_ms", "micro_usd")
        return {
            **asdict(self),
            **{name: getattr(self, name) for name in names},
            **{n: asdict(v) if (v := getattr(self, n)) else None for n in sums},
        }


def forecast(*, version: PipelineVersion, selection: Selection) -> Forecast:
    """Nothing is read or stored. Raises ReprocessRefused, as start() would."""
    check_target(version)
    readings = selection.readings(version)
    count = readings.count()
    if not count:
        raise ReprocessRefused(
            "Nothing is chosen: no source in this selection has a current reading by"
            " another version."
        )
    steps = steps_of(version, readings)
    some = _some(readings, count, seed=str(version.pk))
    found = foresee(version, steps, some.order_by().values("source"))
    scale = count / found.sources if found.sources else 0.0
    known = taken_by_step(version.name)
    return Forecast(
        version=str(version),
        sources=count,
        read=round(found.read * scale),
        looked_at=found.sources,
        steps=[
            _step(
                one,
                known,
                round(found.run.get(one.step, 0) * scale),
                round(found.spared.get(one.step, 0) * scale),
            )
            for one in steps
        ],
        workers=settings.Q_CLUSTER["ALT_CLUSTERS"][Run.Lane.BATCH.value]["workers"],
    )


def _some(readings: GenerationQuerySet, count: int, *, seed: str) -> GenerationQuerySet:
    """All of them, or about EXACT_UP_TO by the hash of their sources' ids."""
    if count <= EXACT_UP_TO:
        return readings
    place = Func(
        Value(seed),
        Cast("source_id", TextField()),
        template=PLACE,
        arg_joiner=" || ",
        output_field=IntegerField(),
    )
    below = int(SPAN * EXACT_UP_TO / count)
    return readings.annotate(place=place).filter(place__lt=below)


def _step(one: Foreseen, known: Any, run: int, spared: int) -> StepForecast:
    taken = figures_of(known, one.step, one.model_id)
    return StepForecast(
        step=one.step,
        model_id=one.model_id,
        run=run,
        spared=spared,
        ms=taken.ms.of(run) if taken else None,
        micro_usd=taken.micro_usd.of(run) if taken else None,
    )
