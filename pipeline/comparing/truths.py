"""Fetching what people know: golden values first, then answers that stand."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models.fields.json import KT

from catalog.models import DerivedArtifact, Generation, GoldenValue, Kind, Origin
from catalog.models.golden_case import GoldenValueQuerySet
from pipeline.claims import LINE_SLOT
from pipeline.comparing.readings import Values, region_of, values_said
from pipeline.comparing.truth import Truth
from pipeline.comparing.values import Value

# What nobody can read is no truth.
UNREADABLE = "person_unreadable"


@dataclass(slots=True)
class _Known:
    """asked: {prefix: the version whose reading a line was asked about}."""

    values: Values = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    def learn(self, slot: str, value: Value, version: str) -> None:
        self.values[slot] = value
        if match := LINE_SLOT.fullmatch(slot):
            self.asked[match["prefix"]] = version


def truths_of(
    source_ids: Collection[uuid.UUID],
    *,
    slots: Collection[str] | None = None,
    lines: bool = True,
) -> dict[uuid.UUID, Truth]:
    """What is known of each source, in a handful of queries for all of them.

    slots: only these, None for all; lines: those of line items besides.
    """
    wanted = list(source_ids)
    golden = GoldenValue.objects.that_count().filter(case__source__in=wanted)
    told = (*_answers(wanted), *_golden(golden))
    found = _learned(
        (source_id, slot, value, version)
        for source_id, slot, value, version in told
        if (lines if LINE_SLOT.fullmatch(slot) else slots is None or slot in slots)
    )
    return {pk: found.get(pk, Truth()) for pk in wanted}


def golden_truths(values: GoldenValueQuerySet) -> dict[uuid.UUID, Truth]:
    """What golden values say, by source."""
    return _learned(_golden(values))


Told = tuple[uuid.UUID, str, Value, str]


def _learned(told: Iterable[Told]) -> dict[uuid.UUID, Truth]:
    """Later ones count over earlier ones."""
    known: dict[uuid.UUID, _Known] = {}
    for source_id, slot, value, version in told:
        known.setdefault(source_id, _Known()).learn(slot, value, version)
    context = _context(known)
    return {pk: Truth(one.values, context.get(pk, {})) for pk, one in known.items()}


def _golden(values: GoldenValueQuerySet) -> Iterator[Told]:
    for source_id, slot, text, value_type, region, version in values.values_list(
        "case__source_id", "slot", "value", "value_type", "region", "pipeline_version"
    ):
        yield source_id, slot, Value(text, value_type, region_of(region)), version


def _answers(source_ids: Iterable[uuid.UUID]) -> Iterator[Told]:
    rows = (
        DerivedArtifact.objects.standing()
        .whole()
        .of_kind(Kind.FIELD)
        .filter(source__in=list(source_ids), origin=Origin.HUMAN)
        .exclude(payload__reason=UNREADABLE)
        .order_by("artifact_id")
    )
    for source_id, slot, text, value_type, region, version in rows.values_list(
        "source_id", "slot", KT("payload__value"), KT("payload__value_type"), "region",
        "pipeline_version",
    ):  # fmt: skip
        value = Value(text or "", value_type or "text", region_of(region))
        yield source_id, slot, value, version


def _context(known: Mapping[uuid.UUID, _Known]) -> dict[uuid.UUID, Values]:
    """What the readings that were asked about say in the lines that are known."""
    asked = {
        (source_id, version)
        for source_id, one in known.items()
        for version in one.asked.values()
        if version
    }
    if not asked:
        return {}
    rows = Generation.objects.filter(
        source__in={source for source, _ in asked},
        pipeline_version__in={version for _, version in asked},
        restores__isnull=True,
    ).order_by("created_at")
    read = {
        (source, version): pk
        for pk, source, version in rows.values_list(
            "pk", "source_id", "pipeline_version"
        )
        if (source, version) in asked
    }
    said = values_said(read.values())
    found: dict[uuid.UUID, Values] = {}
    for (source_id, version), generation_id in read.items():
        for slot, value in said[generation_id].items():
            match = LINE_SLOT.fullmatch(slot)
            if match and known[source_id].asked.get(match["prefix"]) == version:
                found.setdefault(source_id, {})[slot] = value
    return found
