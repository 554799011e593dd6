"""Of what golden cases are: counts by slice, inside of what is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import QueryDict

from catalog.models import GoldenCase, GoldenValue
from pipeline.wording import plain
from reviewer.names import FieldNames

MOST = 6  # values shown of each slice
SLICES = {
    "tenant": ("Tenant", "source__tenant__slug"),
    "document_type": ("Type", "document_type"),
    "template": ("Template", "slices__template"),
    "came_from": ("Came from", "came_from"),
}


@dataclass(frozen=True, slots=True)
class SliceValue:
    """share: of the largest count, 0..100; query: that chooses it, or lets it go."""

    label: str
    count: int
    share: float
    chosen: bool
    query: str


@dataclass(frozen=True, slots=True)
class Slice:
    title: str
    values: list[SliceValue]


def slices_of(cases: QuerySet[GoldenCase], asked: QueryDict) -> list[Slice]:
    """A slice of one value only says nothing, unless that value is chosen."""
    found = [_slice(key, cases, asked) for key in SLICES]
    found.append(_fields(cases, asked))
    return [
        one
        for one in found
        if len(one.values) > 1 or any(value.chosen for value in one.values)
    ]


def _slice(key: str, cases: QuerySet[GoldenCase], asked: QueryDict) -> Slice:
    title, column = SLICES[key]
    by: Any = cases.order_by().values(word=F(column))
    rows = by.annotate(count=Count("pk"))
    counted = rows.exclude(word=None).exclude(word="").order_by("-count", "word")
    words = [(row["word"], row["count"]) for row in counted[:MOST]]
    labelled = ((w, w if key in ("tenant", "template") else plain(w), n)
                for w, n in words)  # fmt: skip
    return Slice(title, _values(key, labelled, asked))


def _fields(cases: QuerySet[GoldenCase], asked: QueryDict) -> Slice:
    """Cases that know the field; those of line items are left out."""
    values = GoldenValue.objects.standing().filter(case__in=cases.order_by())
    fields = values.exclude(slot__contains="[").order_by().values("slot")
    counted = fields.annotate(count=Count("pk")).order_by("-count", "slot")
    names = FieldNames.now()
    labelled = (
        (r["slot"], names.of(r["slot"], ""), r["count"]) for r in counted[:MOST]
    )
    return Slice("Field", _values("field", labelled, asked))


def _values(
    key: str, rows: Iterable[tuple[str, str, int]], asked: QueryDict
) -> list[SliceValue]:
    listed = list(rows)
    largest = max((count for _, _, count in listed), default=0) or 1
    return [
        SliceValue(
            label=label,
            count=count,
            share=round(100 * count / largest, 1),
            chosen=asked.get(key) == word,
            query=_query(asked, key, word),
        )
        for word, label, count in listed
    ]


def _query(asked: QueryDict, key: str, word: str) -> str:
    changed: Any = asked.copy()
    changed.pop("page", None)
    if asked.get(key) == word:
        del changed[key]
    else:
        changed[key] = word
    return str(changed.urlencode())
