"""How many of the planted errors are caught: by team, field and kind of error.

Wilson's interval, and not the exact one of Clopper and Pearson: the exact one covers
the truth in 96 to 99 of 100 cases at such counts where 95 were asked, so it would keep
a team waiting for figures that are known already. benchmarks/seeds.py measures both.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.models import Tenant
from pipeline.stats.proportions import wilson
from reviewer.models import PlantedAnswer, PlantedError

LEVEL = 0.95
# Fewer answers than this say too little to be shown as a rate.
ENOUGH = 60
# A part of the figures (one field, one kind of error) may say it with fewer.
ENOUGH_OF_PART = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """Planted errors that were answered, and those of them that nobody caught.

    low, high: of the share that is missed, 95 %; 0 and 1 where nothing is known.
    """

    missed: int
    answered: int

    def __post_init__(self) -> None:
        if not 0 <= self.missed <= self.answered:
            raise ValueError("missed are some of the answered")

    @property
    def point(self) -> float | None:
        return self.missed / self.answered if self.answered else None

    @property
    def low(self) -> float:
        return wilson(self.missed, self.answered, LEVEL).lower

    @property
    def high(self) -> float:
        return wilson(self.missed, self.answered, LEVEL).upper

    @property
    def caught(self) -> int:
        return self.answered - self.missed

    def as_json(self) -> dict[str, Any]:
        """The same from the other side: what is caught."""
        return {
            "answered": self.answered,
            "caught": self.caught,
            "missed": self.missed,
            "catch_rate": None if self.point is None else round(1 - self.point, 4),
            "low": round(1 - self.high, 4),
            "high": round(1 - self.low, 4),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """The rate of one team, field or kind of error; key: its word."""

    key: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Checks:
    """What the seeded checks say. planted: questions put in, answered or not;
    learned: of those, drawn from the installation's own corrections.
    """

    whole: Rate
    planted: int
    learned: int
    teams: Sequence[Part]
    fields: Sequence[Part]
    kinds: Sequence[Part]

    def as_json(self) -> dict[str, Any]:
        parts = {
            "by_team": self.teams,
            "by_field": self.fields,
            "by_kind": self.kinds,
        }
        return {
            "level": LEVEL,
            "planted": self.planted,
            "learned": self.learned,
            **self.whole.as_json(),
            **{
                name: [{"name": one.key, **one.rate.as_json()} for one in rows]
                for name, rows in parts.items()
            },
        }


def miss_rate(tenant: Tenant | None = None, slot_family: str | None = None) -> Rate:
    """Of one tenant or of all, of one field (lines without their number) or of all."""
    tenants = None if tenant is None else [tenant.pk]
    rows = PlantedAnswer.objects.given(tenants, family=slot_family).counted()
    return _rate(rows[0]) if rows else Rate(0, 0)


def checks_of(
    tenants: Iterable[uuid.UUID] | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Checks:
    """Of these tenants, or of all: what was planted, and answered, in that time."""
    tenants = None if tenants is None else list(tenants)
    given = PlantedAnswer.objects.given(tenants, since=since, until=until)
    put_in = PlantedError.objects.put_in(tenants, since=since, until=until)
    teams = _parts(given.counted("planted__item__task__tenant__slug"))
    return Checks(
        whole=Rate(
            sum(one.rate.missed for one in teams),
            sum(one.rate.answered for one in teams),
        ),
        planted=put_in.count(),
        learned=put_in.filter(learned=True).count(),
        teams=teams,
        fields=_parts(given.counted("planted__family")),
        kinds=_parts(given.counted("planted__kind")),
    )


def _parts(rows: Iterable[dict[str, Any]]) -> list[Part]:
    """Most answers first; the key is the column that is no count."""
    found = []
    for row in rows:
        [key] = [row[name] for name in row if name not in ("answered", "missed")]
        found.append(Part(str(key), _rate(row)))
    return sorted(found, key=lambda one: (-one.rate.answered, one.key))


def _rate(row: dict[str, Any]) -> Rate:
    return Rate(missed=row["missed"], answered=row["answered"])
