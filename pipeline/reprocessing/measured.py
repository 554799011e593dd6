"""What a step has taken so far, and what a number of them will take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from scipy.stats import t

# Of the newest events; steps that the memo spared say nothing.
EVENTS = 5_000
# With fewer nobody knows.
FEWEST = 5
LEVEL = 0.95

# A step that says its cost is unknown took an unknown amount, whatever it adds up as.
MEASURED = """
SELECT step ->> 'step', coalesce(step ->> 'model_id', ''), count(*),
    avg((step ->> 'ms')::float8), coalesce(stddev_samp((step ->> 'ms')::float8), 0),
    count(usd), avg(usd) * 1e6, coalesce(stddev_samp(usd), 0) * 1e6
FROM (SELECT payload FROM processing_event WHERE pipeline_name = %s
      ORDER BY created_at DESC LIMIT %s) event,
    jsonb_array_elements(event.payload -> 'steps') step,
    LATERAL (SELECT CASE WHEN step ->> 'cost' IS DISTINCT FROM 'unknown'
        THEN (step ->> 'cost_usd')::float8 END AS usd) cost
WHERE NOT step ? 'memo' AND step ->> 'outcome' <> 'failed'
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class About:
    """An estimate with the interval that holds it in 95 of 100 cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one step by one model: of how many, mean and standard deviation."""

    count: int
    mean: float
    deviation: float

    def of(self, number: int) -> About:
        """What so many take: their own spread, and that of the mean we know.

        Var = number * s^2 + number^2 * s^2 / count, with Student's quantile.
        """
        spread = self.deviation * math.sqrt(number + number**2 / self.count)
        half = float(t.ppf(0.5 + LEVEL / 2, self.count - 1)) * spread
        value = self.mean * number
        return About(value, max(0.0, value - half), value + half)


@dataclass(frozen=True, slots=True)
class Taken:
    """micro_usd: None where nobody knows, since the model had no price."""

    ms: Figures
    micro_usd: Figures | None


def taken_by_step(pipeline_name: str) -> dict[tuple[str, str], Taken]:
    """{(step, model_id): what it took}, of those of which enough is known."""
    with connection.cursor() as cursor:
        cursor.execute(MEASURED, [pipeline_name, EVENTS])
        return {
            (step, model): Taken(
                Figures(count, ms, ms_spread),
                Figures(priced, usd, usd_spread) if priced >= FEWEST else None,
            )
            for step, model, count, ms, ms_spread, priced, usd, usd_spread in cursor
            if count >= FEWEST
        }


def figures_of(
    known: Mapping[tuple[str, str], Taken], step: str, model_id: str
) -> Taken | None:
    """None: nobody knows yet, as of a model that has not been at work here."""
    return known.get((step, model_id))


def total(parts: Iterable[About]) -> About:
    """The sum of independent estimates."""
    found = list(parts)
    value = sum(part.value for part in found)
    half = math.sqrt(sum((part.high - part.value) ** 2 for part in found))
    return About(value, max(0.0, value - half), value + half)
