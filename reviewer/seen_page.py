"""Who was shown what: the list for admins, and the same as a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django import forms

from catalog.api.seen import WAYS, WHATS, SightingFilter
from catalog.models import Membership, Sighting, Tenant
from catalog.models.sighting import SightingQuerySet
from catalog.people import Viewer

PAGE_SIZE = 100
PIECE = 1000
COLUMNS = (
    *("at", "user", "tenant", "source_id", "what", "way", "page", "regions"),
    *("artifact_id", "task_id"),
)
DATE = forms.DateInput(attrs={"type": "date"})


class SeenFilter(SightingFilter):
    since = filters.DateFilter(
        field_name="at", lookup_expr="date__gte", label="From", widget=DATE
    )
    until = filters.DateFilter(
        field_name="at", lookup_expr="date__lte", label="Until", widget=DATE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("what", WHATS), ("way", WAYS)):
            self.filters[name].extra |= {"choices": choices, "empty_label": "All"}

    def shown_fields(self) -> list[forms.BoundField]:
        names = ("user", "source", "what", "way", "since", "until")
        return [self.form[name] for name in names]


@dataclass(frozen=True, slots=True)
class SeenPage:
    rows: Sequence[Sighting]
    older: str  # the query of the next page, "" on the last one
    query: str  # what was asked for, for the files


def may_ask(user: Viewer) -> bool:
    """Admins of some tenant, and operators."""
    if user.is_superuser:
        return True
    return Tenant.objects.led_by(user, Membership.Role.ADMIN).exists()


def page(rows: SightingQuerySet, asked: dict[str, str]) -> SeenPage:
    """The newest rows, or those before the number asked["before"]."""
    before = asked.pop("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.with_names().newest_first()[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    older = urlencode({**asked, "before": shown[-1].pk}) if more else ""
    return SeenPage(shown, older, urlencode(asked))


def lines(rows: SightingQuerySet, form: str) -> Iterator[str]:
    """The rows as CSV or as JSON, one a line, however many; newest first."""
    found = rows.with_names().newest_first().iterator(chunk_size=PIECE)
    if form == "jsonl":
        yield from (json.dumps(row.as_json()) + "\n" for row in found)
        return
    write = csv.writer(Line())
    yield write.writerow(COLUMNS)
    for row in found:
        said = row.as_json()
        said["regions"] = " ".join(
            ",".join(f"{edge:g}" for edge in box) for box in row.rectangles
        )
        yield write.writerow([plain_cell(said[name]) for name in COLUMNS])


class Line:
    """A file that gives each line back."""

    def write(self, line: str) -> str:
        return line


def plain_cell(cell: Any) -> Any:
    """A name that a spreadsheet would run as a formula is only a name."""
    text = "" if cell is None else cell
    dangerous = isinstance(text, str) and text[:1] in ("=", "+", "-", "@")
    return f"'{text}" if dangerous else text
