"""Pages that hold the searched words, each with its picture and the words boxed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import DerivedArtifact, Kind, SearchPage, SourceMedia
from catalog.people import Viewer
from pipeline.api.hits import Hit, hits_on
from reviewer import citations
from reviewer.citations import Box, Page

MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Found:
    source: SourceMedia
    number: int
    page: Page | None
    snippet: str


@dataclass(frozen=True, slots=True)
class Results:
    found: Sequence[Found]
    more: bool


def find(viewer: Viewer, query: str) -> Results:
    pages = list(
        SearchPage.objects.visible_to(viewer)
        .matching(query)
        .select_related("artifact__source__tenant")[: MOST_SHOWN + 1]
    )
    hits = hits_on(pages[:MOST_SHOWN], query)
    images = _images(pages[:MOST_SHOWN])
    found = [_found(hit, images) for hit in hits]
    return Results(found, more=len(pages) > MOST_SHOWN)


def _images(pages: Sequence[SearchPage]) -> dict[tuple[object, int], DerivedArtifact]:
    pictures = DerivedArtifact.objects.of_kind(Kind.PAGE_IMAGE).filter(
        generation__in={page.artifact.generation_id for page in pages},
        slot__in={f"page={page.page}" for page in pages},
    )
    return {(p.generation_id, citations.page_number(p.slot)): p for p in pictures}


def _found(hit: Hit, images: dict[tuple[object, int], DerivedArtifact]) -> Found:
    artifact, number = hit.page.artifact, hit.page.page
    image = images.get((artifact.generation_id, number))
    boxes = [Box(slot="", page=number, bbox=w.bbox, look="hit") for w in hit.words]
    return Found(
        source=artifact.source,
        number=number,
        page=citations.page_of(image, None, boxes) if image else None,
        snippet=" · ".join(dict.fromkeys(word.text for word in hit.words)),
    )
