"""Does review work? What the seeded checks say of teams, ready for the page.

Of teams, fields and kinds of error, and never of one person: who knows that a question
may be a test of oneself answers that test, and not the document.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Tenant
from pipeline.wording import plain
from reviewer.checks import Checks, Part, Rate, checks_of
from reviewer.checks.rates import ENOUGH, ENOUGH_OF_PART
from reviewer.models import Confusion, ReviewTask

DAYS = (30, 90, 365)
USUAL = 90
# Units of the picture: as wide as this, with room for the mark at both ends.
WIDE, EDGE = 240.0, 6.0


@dataclass(frozen=True, slots=True)
class Row:
    """One rate, drawn. left, width, at: in units of the picture."""

    name: str
    rate: Rate
    enough: bool
    least: int

    @property
    def left(self) -> float:
        return round(_place(1 - self.rate.high), 2)

    @property
    def width(self) -> float:
        return round(max(_place(1 - self.rate.low) - self.left, 1.0), 2)

    @property
    def at(self) -> float | None:
        point = self.rate.point
        return None if point is None else round(_place(1 - point), 2)

    @property
    def caught(self) -> str:
        point = self.rate.point
        return "" if point is None else _percent(1 - point)

    @property
    def between(self) -> str:
        return f"{_number(1 - self.rate.high)} and {_percent(1 - self.rate.low)}"

    @property
    def said(self) -> str:
        """What the picture shows, for whoever does not see it."""
        if not self.enough:
            return f"between {self.between} are caught: too few answers to say more"
        return f"{self.caught} caught; likely between {self.between}"


def _place(share: float) -> float:
    return EDGE + (WIDE - 2 * EDGE) * share


def _number(share: float) -> str:
    return f"{share * 100:.0f}"


def _percent(share: float) -> str:
    return f"{_number(share)} %"


@dataclass(frozen=True, slots=True)
class ProofPage:
    """cases: with doubtful values, opened in the time; days: None is all there is."""

    tenants: Sequence[Tenant]
    days: int | None
    choices: Sequence[int]
    whole: Row
    checks: Checks
    cases: int
    parts: Mapping[str, Sequence[Row]]

    @property
    def share(self) -> float | None:
        return self.checks.planted / self.cases if self.cases else None


def open_page(
    tenants: Sequence[uuid.UUID] | None, asked: Mapping[str, str]
) -> ProofPage:
    """tenants: those that the person leads; None: all."""
    days = days_of(asked.get("days", ""))
    since = None if days is None else timezone.now() - timedelta(days=days)
    found = Tenant.objects.all()
    if tenants is not None:
        found = found.filter(pk__in=tenants)
    checks = checks_of(tenants, since=since)
    return ProofPage(
        tenants=list(found.order_by("name")),
        days=days,
        choices=DAYS,
        whole=_row("All", checks.whole, ENOUGH),
        checks=checks,
        cases=_cases(tenants, since),
        parts=_parts(checks, {one.slug: one.name for one in found}),
    )


def days_of(text: str) -> int | None:
    if text == "all":
        return None
    return int(text) if text.isdecimal() and int(text) in DAYS else USUAL


def _cases(tenants: Sequence[uuid.UUID] | None, since: datetime | None) -> int:
    cases = ReviewTask.objects.asking(ReviewTask.Asks.DOUBTS)
    if tenants is not None:
        cases = cases.filter(tenant__in=tenants)
    return (cases if since is None else cases.filter(created_at__gte=since)).count()


def _parts(checks: Checks, teams: Mapping[str, str]) -> dict[str, list[Row]]:
    """By what they are parts of; teams only where there are several."""
    kinds: dict[str, Any] = {word.value: str(word.label) for word in Confusion}
    found = {
        "Field": [_part(one, field_name(one.key)) for one in checks.fields],
        "Kind of error": [_part(one, plain(kinds[one.key])) for one in checks.kinds],
    }
    if len(teams) > 1:
        rows = [_part(one, teams.get(one.key, one.key)) for one in checks.teams]
        found = {"Team": rows, **found}
    return {name: rows for name, rows in found.items() if rows}


def field_name(family: str) -> str:
    column = family.removeprefix("lines.")
    return plain(family) if column == family else f"Line items: {plain(column).lower()}"


def _part(part: Part, name: str) -> Row:
    return _row(name, part.rate, ENOUGH_OF_PART)


def _row(name: str, rate: Rate, least: int) -> Row:
    return Row(name, rate, enough=rate.answered >= least, least=least)
