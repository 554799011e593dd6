"""The sources that a slice holds: counted, narrowed, and told one by one."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from django.db.models import Count

from catalog.answers import blast_radius_json
from catalog.blast_radius import BlastRadius
from catalog.models import DeliveredArtifact, Generation
from catalog.models.generation import GenerationQuerySet
from catalog.slices import Slice
from reviewer.exports import safe_cell
from reviewer.models import ReviewTask

# Which of the slice's sources are told.
SHOWN = ("all", "told", "untold", "waiting")
BATCH = 1000
COLUMNS = (
    "source_id",
    "name",
    "tenant",
    "generation_id",
    "state",
    "pipeline_name",
    "pipeline_version",
    "model_id",
    "document_type",
    "template_key",
    "read_at",
    "told",
    "review_task_id",
)


@dataclass(frozen=True, slots=True)
class Affected:
    """A source by the newest of its readings in the slice.

    told: an export carried something of the slice's readings of it. task: the id of the
    open review task that asks about one of them.
    """

    generation: Generation
    told: bool
    task: uuid.UUID | None

    def as_json(self) -> dict[str, Any]:
        generation = self.generation
        return {
            "source_id": str(generation.source_id),
            "name": generation.source.name,
            "tenant": generation.source.tenant.slug,
            "generation_id": str(generation.pk),
            **{name: getattr(generation, name) for name in COLUMNS[4:10]},
            "read_at": generation.created_at.isoformat(),
            "told": self.told,
            "review_task_id": str(self.task) if self.task else None,
        }


def readings(wanted: Slice, shown: str = "all") -> GenerationQuerySet:
    """The slice's readings of all its sources, or of a part of them (see SHOWN)."""
    rows = Generation.objects.in_slice(wanted)
    if shown == "waiting":
        waiting = ReviewTask.objects.open().in_slice(wanted)
        return rows.filter(source__in=waiting.values("source"))
    carried = DeliveredArtifact.objects.in_slice(wanted).values("artifact__source")
    if shown == "told":
        return rows.filter(source__in=carried)
    if shown == "untold":
        return rows.exclude(source__in=carried)
    return rows


def affected(generations: Sequence[Generation], wanted: Slice) -> list[Affected]:
    """For generations with their source and its tenant; in two queries."""
    sources = [generation.source_id for generation in generations]
    carried = DeliveredArtifact.objects.in_slice(wanted)
    told = set(
        carried.filter(artifact__source__in=sources).values_list(
            "artifact__source", flat=True
        )
    )
    open_tasks = ReviewTask.objects.open().in_slice(wanted).release_first()
    # Of several about one source the last one put in stays: that of its release.
    found = open_tasks.filter(source__in=sources).values_list("source", "pk")
    tasks = dict(reversed(found))
    return [
        Affected(one, one.source_id in told, tasks.get(one.source_id))
        for one in generations
    ]


def every_source(wanted: Slice, shown: str = "all") -> Iterator[Affected]:
    """All of them, however many, in order of their ids, batch by batch."""
    after: uuid.UUID | None = None
    while True:
        rows = readings(wanted, shown).after(after).select_related("source__tenant")
        batch = list(rows.defer("steps")[:BATCH])
        yield from affected(batch, wanted)
        if len(batch) < BATCH:
            return
        after = batch[-1].source_id


def waiting_by_tenant(wanted: Slice) -> dict[str, int]:
    """Open review tasks about the slice's readings, by the tenant's slug."""
    waiting = ReviewTask.objects.open().in_slice(wanted).order_by()
    return dict(waiting.values_list("tenant__slug").annotate(Count("pk")))


def answer_json(blast: BlastRadius) -> dict[str, Any]:
    """The catalog's counts, and how many review tasks are open."""
    waiting = waiting_by_tenant(blast.slice)
    answer = blast_radius_json(blast)
    for row in answer["tenants"]:
        row["open_review_tasks"] = waiting.get(row["tenant"], 0)
    return {**answer, "open_review_tasks": sum(waiting.values())}


def write_lines(out: TextIO, rows: Iterator[Affected], form: str) -> None:
    """JSON lines, or CSV with a head."""
    if form == "csv":
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in rows:
            data = row.as_json()
            writer.writerow([safe_cell(data[name]) for name in COLUMNS])
        return
    for row in rows:
        out.write(json.dumps(row.as_json(), ensure_ascii=False) + "\n")
