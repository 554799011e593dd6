"""A page of sources: what the list shows of each, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from catalog.models import DerivedArtifact, Generation, Kind, SourceMedia, State
from pipeline.models import Run

PAGE_SIZE = 50
# Beyond this the page says "more than": counting millions makes a list slow.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class SourceRow:
    """run is the open or failed run of a source that no generation speaks for yet."""

    source: SourceMedia
    generation: Generation | None
    thumbnail: DerivedArtifact | None
    run: Run | None


@dataclass(frozen=True, slots=True)
class SourceList:
    """total stops at MOST_COUNTED + 1; after is the place of the next page, or ""."""

    rows: Sequence[SourceRow]
    total: int
    after: str

    @property
    def total_words(self) -> str:
        if self.total > MOST_COUNTED:
            return f"more than {MOST_COUNTED}"
        return str(self.total)


def standing_generations(source: Any) -> QuerySet[Generation, Any]:
    """What speaks for a source: its current generation, or else the newest one."""
    current_first = Case(When(state=State.CURRENT, then=0), default=1)
    found = Generation.objects.filter(source=source).exclude(state=State.ERASED)
    return found.order_by(current_first, "-created_at").values("pk")[:1]


def page(sources: QuerySet[SourceMedia], *, after: str = "") -> SourceList:
    """Newest first; after: what the page before gave."""
    total = sources.order_by()[: MOST_COUNTED + 1].count()
    ordered = sources.order_by("-uploaded_at", "-source_id").select_related("tenant")
    place = parse_place(after)
    if place is not None:
        uploaded_at, source_id = place
        earlier = Q(uploaded_at__lt=uploaded_at)
        same = Q(uploaded_at=uploaded_at, source_id__lt=source_id)
        ordered = ordered.filter(earlier | same)
    found = list(ordered[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    shown = found[:PAGE_SIZE]
    return SourceList(rows_of(shown), total, place_of(shown[-1]) if more else "")


def rows_of(sources: Sequence[SourceMedia]) -> list[SourceRow]:
    generations = _standing(sources)
    thumbnails = thumbnails_of(generations.values())
    waiting = [s.pk for s in sources if s.pk not in generations]
    runs = Run.objects.filter(source__in=waiting).order_by("requested_at")
    run_of = {run.source_id: run for run in runs}
    return [
        SourceRow(
            source=source,
            generation=(generation := generations.get(source.pk)),
            thumbnail=thumbnails.get(generation.pk) if generation else None,
            run=run_of.get(source.pk),
        )
        for source in sources
    ]


def _standing(sources: Sequence[SourceMedia]) -> dict[uuid.UUID, Generation]:
    ids = [source.pk for source in sources]
    found = (
        Generation.objects.filter(source__in=ids)
        .exclude(state=State.ERASED)
        .alias(current=Case(When(state=State.CURRENT, then=1), default=0))
        .order_by("current", "created_at")
    )
    return {generation.source_id: generation for generation in found}


def thumbnails_of(
    generations: Iterable[Generation],
) -> dict[uuid.UUID, DerivedArtifact]:
    """The small picture of each generation's first page, by generation."""
    found = (
        DerivedArtifact.objects.whole()
        .of_kind(Kind.THUMBNAIL)
        .filter(generation__in=[generation.pk for generation in generations])
    )
    return {thumbnail.generation_id: thumbnail for thumbnail in found}


def place_of(source: SourceMedia) -> str:
    return f"{source.uploaded_at.isoformat()}~{source.pk}"


def parse_place(text: str) -> tuple[datetime, uuid.UUID] | None:
    """The place that place_of() wrote; None for anything else."""
    try:
        uploaded_at, source_id = text.split("~")
        return datetime.fromisoformat(uploaded_at), uuid.UUID(source_id)
    except ValueError:
        return None
