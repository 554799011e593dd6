"""How mixed a corpus will be under each policy, and for how long.

Every figure is counted or measured; where nothing was, nobody knows yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, Min
from django.utils import timezone

from pipeline.models import (
    Activation,
    PipelinePolicy,
    PipelineVersion,
    ProcessingEvent,
    Run,
)
from pipeline.staleness import staleness_of

MEASURED_DAYS = 30
NOBODY_KNOWS = "nobody knows yet"
Mode = PipelinePolicy.Mode


@dataclass(frozen=True, slots=True)
class Forecast:
    """behind, fresh: current readings. reading_seconds: mean of a whole reading, over
    measured readings of the last MEASURED_DAYS. reads_a_day: documents behind that were
    asked for and read since the version became active. None: not measured.
    """

    target: PipelineVersion | None
    behind: int = 0
    fresh: int = 0
    reading_seconds: float | None = None
    measured: int = 0
    reads_a_day: float | None = None

    @property
    def mixed_share(self) -> float:
        whole = self.behind + self.fresh
        return self.behind / whole if whole else 0.0

    def sentence(self, mode: str) -> str:
        if self.target is None:
            return "No version is active: nothing is behind."
        if not self.behind:
            return f"Nothing is behind {self.target}: the corpus is of one make."
        how_much = (
            f"{self.behind:,} of {self.behind + self.fresh:,} documents"
            f" ({self.mixed_share:.0%}) are behind {self.target}"
        )
        return f"{how_much}. {self._how_long(mode)}"

    def _how_long(self, mode: str) -> str:
        if mode == Mode.EAGER:
            if self.reading_seconds is None:
                return f"Read anew, they would take: {NOBODY_KNOWS}."
            whole = timedelta(seconds=round(self.behind * self.reading_seconds))
            return (
                f"Read anew, they take at most about {in_words(whole)} of one worker,"
                f" by {self.measured:,} measured readings of"
                f" {self.reading_seconds:.1f} s; then those that pass a gate can be"
                " promoted."
            )
        if mode == Mode.LAZY:
            if not self.reads_a_day:
                return f"How many a day are asked for: {NOBODY_KNOWS}."
            days = timedelta(days=self.behind / self.reads_a_day)
            return (
                f"About {self.reads_a_day:,.1f} a day are asked for: if people go on"
                f" so, all are read in about {in_words(days)}; what nobody asks for"
                " stays."
            )
        return "So it stays for ever, until somebody reprocesses them."


def forecast_of(name: str) -> Forecast:
    """Of a pipeline's active version. Everything is counted in a few queries."""
    target = PipelineVersion.objects.active().filter(name=name).first()
    if target is None:
        return Forecast(None)
    staleness = staleness_of(target)
    seconds, measured = _reading_seconds(name)
    return Forecast(
        target=target,
        behind=staleness.stale,
        fresh=staleness.fresh,
        reading_seconds=seconds,
        measured=measured,
        reads_a_day=_reads_a_day(target),
    )


def _reading_seconds(name: str) -> tuple[float | None, int]:
    since = timezone.now() - timedelta(days=MEASURED_DAYS)
    events = ProcessingEvent.objects.filter(
        created_at__gte=since, pipeline_name=name, total_ms__gt=0
    )
    found = events.aggregate(mean=Avg("total_ms"), count=Count("pk"))
    mean = found["mean"]
    return (float(mean) / 1000 if mean else None), int(found["count"])


def _reads_a_day(target: PipelineVersion) -> float | None:
    since = _active_since(target)
    days = (timezone.now() - since) / timedelta(days=1) if since else 0
    # Within the first day nobody can say what a day is.
    if since is None or days < 1:
        return None
    anew = (
        Run.objects.filter(
            pipeline_version=target,
            requested_at__gte=since,
            lane=Run.Lane.INTERACTIVE,
            source__generations__created_at__lt=since,
        )
        .values("source")
        .distinct()
        .count()
    )
    return anew / days


def _active_since(target: PipelineVersion) -> datetime | None:
    found = Activation.objects.filter(pipeline_version=target).aggregate(at=Min("at"))
    at: datetime | None = found["at"]
    return at


def in_words(length: timedelta) -> str:
    """In the unit that suits it: "40 minutes", "3 hours", "12 days", "2 years"."""
    seconds = length.total_seconds()
    for unit, size in (("year", 31_557_600), ("day", 86_400), ("hour", 3600)):
        if seconds >= 2 * size:
            return f"{round(seconds / size):,} {unit}s"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
