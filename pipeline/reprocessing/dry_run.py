"""What a reprocess would do, before anybody begins it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Func, IntegerField, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from catalog.models.generation import GenerationQuerySet
from pipeline.engines.tariff import Tariff
from pipeline.manifest import Manifest, StepEntry
from pipeline.models import PipelineVersion, Run
from pipeline.reprocessing.errors import ReprocessRefused
from pipeline.reprocessing.filling import PLACE, SPAN
from pipeline.reprocessing.foreseeing import Foreseen, foresee, steps_of
from pipeline.reprocessing.foretelling import Pages, foretold, pages_of, tariffs_of
from pipeline.reprocessing.measured import (
    About,
    Taken,
    figures_of,
    taken_by_step,
    total,
)
from pipeline.reprocessing.selection import Selection
from pipeline.reprocessing.starting import check_target

# More sources are not all looked at but as many of them, drawn at random.
EXACT_UP_TO = 3_000


@dataclass(frozen=True, slots=True)
class StepForecast:
    """How often the step runs and is spared; None: nobody knows yet what it takes.

    foretold: the price is worked out from pictures, token formula and price list, since
    nothing was measured.
    """

    step: str
    model_id: str
    run: int
    spared: int
    ms: About | None
    micro_usd: About | None
    foretold: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """sources: of the selection; read: by the target before, so that they are only
    compared. exact: every source was looked at, and not a sample of them. workers: that
    share the time. unpriced: the models that would be asked and have no price on the
    day.
    """

    version: str
    sources: int
    read: int
    looked_at: int
    steps: Sequence[StepForecast]
    workers: int
    day: date
    unpriced: Sequence[str] = ()

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

    @property
    def foretold(self) -> bool:
        return any(step.foretold for step in self.steps if step.run)

    def _sum(self, parts: Sequence[About | None]) -> About | None:
        known = [part for part in parts if part is not None]
        return total(known) if len(known) == len(parts) else None

    def as_json(self) -> dict[str, Any]:
        names = ("exact", "run", "spared", "unknown", "foretold")
        sums = ("ms", "elapsed_ms", "micro_usd")
        return {
            **asdict(self),
            "day": self.day.isoformat(),
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
    day = timezone.now().date()
    manifest = Manifest.of(version)
    known = Known(
        taken_by_step(version.name), tariffs_of(manifest, on=day), pages_of(some)
    )
    told = [
        _step(
            one,
            entry,
            known,
            round(found.run.get(one.step, 0) * scale),
            round(found.spared.get(one.step, 0) * scale),
        )
        for one, entry in zip(steps, manifest.steps, strict=True)
    ]
    asked = {step.model_id for step in told if step.run}
    return Forecast(
        version=str(version),
        sources=count,
        read=round(found.read * scale),
        looked_at=found.sources,
        steps=told,
        workers=settings.Q_CLUSTER["ALT_CLUSTERS"][Run.Lane.BATCH.value]["workers"],
        day=day,
        unpriced=sorted(asked & set(known.without_price)),
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


@dataclass(frozen=True, slots=True)
class Known:
    """taken: by step and model; tariffs: of the day, by a service's model."""

    taken: Mapping[tuple[str, str], Taken]
    tariffs: Mapping[str, Tariff]
    pages: Pages

    @property
    def without_price(self) -> list[str]:
        return [name for name, one in self.tariffs.items() if one.price is None]


def _step(
    one: Foreseen, entry: StepEntry, known: Known, run: int, spared: int
) -> StepForecast:
    taken = figures_of(known.taken, one.step, one.model_id)
    ms = taken.ms.of(run) if taken else None
    measured = taken.micro_usd.of(run) if taken and taken.micro_usd else None
    told = StepForecast(one.step, one.model_id, run, spared, ms, measured)
    tariff = known.tariffs.get(one.model_id)
    if tariff is None:
        return told
    if tariff.price is None:
        # What it cost by an earlier price says nothing of today.
        return replace(told, micro_usd=None)
    if measured is None:
        price = foretold(entry, tariff, known.pages, run)
        return replace(told, micro_usd=price, foretold=price is not None)
    return told
