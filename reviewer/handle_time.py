"""How long answers take, for planning the work: of fields, never of people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from catalog.models import Tenant
from reviewer import wording
from reviewer.models import Decision, SecondOpinion, UnansweredTime
from reviewer.names import FieldNames

DAYS = 30
# Below this a fit says little about the tail.
ENOUGH = 30
# The strip's ends, in seconds on a scale of equal ratios.
SHORTEST, LONGEST = 0.5, 120.0
WIDE = 200.0  # of the strip, in its own units


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds at work. mu, sigma: of the fitted lognormal distribution of seconds,
    exp(mu) being its median; None where there are too few to fit."""

    n: int
    median: float
    p10: float
    p25: float
    p75: float
    p90: float
    mean: float
    hours: float
    mu: float | None
    sigma: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Spread:
        seconds = {
            key: round(float(row[key]) / 1000, 3)
            for key in ("median", "p10", "p25", "p75", "p90", "mean")
        }
        fits = row["sigma"] is not None
        return cls(
            n=row["n"],
            hours=round(row["total"] / 3_600_000, 4),
            mu=round(row["mu"], 4) if fits else None,
            sigma=round(row["sigma"], 4) if fits else None,
            **seconds,
        )

    @property
    def strip(self) -> dict[str, str]:
        """Where the percentiles stand on the strip."""
        return {key: _at(getattr(self, key)) for key in STRIP} | {
            "outer": _long(self.p10, self.p90),
            "inner": _long(self.p25, self.p75),
        }

    @property
    def fit_is_firm(self) -> bool:
        return self.n >= ENOUGH


STRIP = ("p10", "p25", "median", "p75", "p90")


def _place(seconds: float) -> float:
    kept = min(max(seconds, SHORTEST), LONGEST)
    share = math.log(kept / SHORTEST) / math.log(LONGEST / SHORTEST)
    return share * WIDE


def _at(seconds: float) -> str:
    return f"{_place(seconds):.1f}"


def _long(start: float, end: float) -> str:
    return f"{max(_place(end) - _place(start), 1.0):.1f}"


@dataclass(frozen=True, slots=True)
class FieldTime:
    asks: str
    type: str
    field: str
    name: str
    spread: Spread

    @property
    def asks_words(self) -> str:
        return wording.ASKS.get(self.asks, self.asks)


@dataclass(frozen=True, slots=True)
class Unanswered:
    ended: str
    label: str
    spread: Spread


@dataclass(frozen=True, slots=True)
class Report:
    """From since to until, the end not included."""

    since: datetime
    until: datetime
    fields: Sequence[FieldTime]
    unanswered: Sequence[Unanswered]
    late: int  # answers that came too late to count
    late_hours: float

    @property
    def hours(self) -> float:
        spent = sum(row.spread.hours for row in self.fields)
        other = sum(row.spread.hours for row in self.unanswered)
        return round(spent + other + self.late_hours, 4)

    @property
    def answers(self) -> int:
        return sum(row.spread.n for row in self.fields)

    def as_json(self) -> dict[str, Any]:
        """Times in seconds."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "hours": self.hours,
            "fields": [
                {
                    "asks": row.asks,
                    "document_type": row.type,
                    "field": row.field,
                    **asdict(row.spread),
                }
                for row in self.fields
            ],
            "unanswered": [
                {"ended": row.ended, **asdict(row.spread)} for row in self.unanswered
            ],
            "late": {"n": self.late, "hours": self.late_hours},
        }


class RangeForm(forms.Form):
    """Days, both included; the last DAYS without any."""

    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"})
    )

    def bounds(self) -> tuple[datetime, datetime]:
        """Midnights of UTC; what is no date counts as not given."""
        given = self.cleaned_data if self.is_valid() else {}
        return bounds(given.get("since"), given.get("until"))


def bounds(since: date | None, until: date | None) -> tuple[datetime, datetime]:
    last = until or timezone.now().date()
    first = since or last - timedelta(days=DAYS - 1)
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def report(tenants: Sequence[Tenant], since: datetime, until: datetime) -> Report:
    names = FieldNames.now()
    timed = Decision.objects.timed(tenants, since=since, until=until)
    fields = [
        FieldTime(
            asks=row["asks"],
            type=row["type"],
            field=row["field"],
            name=_name(names, row["field"], row["type"]),
            spread=Spread.of(row),
        )
        for row in timed.handle_times()
    ]
    ended = dict(UnansweredTime.Ended.choices)
    unanswered = [
        Unanswered(row["ended"], str(ended[row["ended"]]), Spread.of(row))
        for row in UnansweredTime.objects.summed(tenants, since=since, until=until)
    ]
    late = SecondOpinion.objects.timed(tenants, since=since, until=until)
    hours = round((late["total"] or 0) / 3_600_000, 4)
    return Report(since, until, fields, unanswered, late["n"], hours)


def _name(names: FieldNames, field: str, document_type: str) -> str:
    column = field.removeprefix("lines.")
    if column != field:
        return f"Lines: {names.of(column, document_type).lower()}"
    return names.of(field, document_type)
