"""Pages that hold the searched words, each as a cut of its picture with them boxed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.api.files import payload_of
from catalog.models import DerivedArtifact, Kind, SearchPage, SourceMedia
from catalog.people import Viewer
from pipeline.api.hits import lexemes_of, matching
from pipeline.steps.document import UPRIGHT
from pipeline.words import PageWords, Word
from reviewer.citations import page_number

PAGE_SIZE = 12
# Height of a cut over its width, and its width in heights of the word that was found:
# large enough to read, with enough around it to tell where it is.
CUT_SHAPE = 0.62
CUT_WORDS = 28.0
LEAST_CUT = 0.5  # of the page's width

Place = tuple[uuid.UUID, int]  # generation and page number


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a page picture; every length is in widths of the page."""

    image: DerivedArtifact
    left: float
    top: float
    width: float
    height: float
    page_height: float
    words: Sequence[Word]

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """(x, y, width, height) of each word."""
        tall = self.page_height
        boxes = [word.bbox for word in self.words]
        return [(b.left, b.top * tall, b.width, b.height * tall) for b in boxes]


@dataclass(frozen=True, slots=True)
class Found:
    source: SourceMedia
    number: int
    cut: Cut | None
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Results:
    """number counts from 1; more: there is a next page of results."""

    found: Sequence[Found]
    number: int
    more: bool


def find(viewer: Viewer, query: str, *, number: int = 1) -> Results:
    start = (number - 1) * PAGE_SIZE
    matches = SearchPage.objects.visible_to(viewer).matching(query)
    pages = list(
        matches.select_related("artifact__source__tenant")[
            start : start + PAGE_SIZE + 1
        ]
    )
    shown = pages[:PAGE_SIZE]
    lexemes = lexemes_of(query)
    words = {
        _place(a): PageWords.from_json(payload_of(a)) for a in _made(shown, Kind.OCR)
    }
    pictures = sorted(_made(shown, Kind.PAGE_IMAGE), key=lambda a: a.slot)
    images = {_place(a): a for a in pictures}  # the upright one is the last
    found = []
    for page in shown:
        place = (page.artifact.generation_id, page.page)
        hits = matching(words.get(place), lexemes)
        cut = cut_around(hits, words[place], images[place]) if place in images else None
        texts = list(dict.fromkeys(word.text for word in hits))
        found.append(Found(page.artifact.source, page.page, cut, texts))
    return Results(found, number, more=len(pages) > PAGE_SIZE)


def _made(pages: Sequence[SearchPage], kind: Kind) -> list[DerivedArtifact]:
    """Artifacts of a kind of these pages, and perhaps of further ones."""
    return list(
        DerivedArtifact.objects.of_kind(kind).filter(
            generation__in={page.artifact.generation_id for page in pages},
            slot__in={
                f"page={page.page}{end}" for page in pages for end in ("", UPRIGHT)
            },
        )
    )


def _place(artifact: DerivedArtifact) -> Place:
    return artifact.generation_id, page_number(artifact.slot)


def cut_around(hits: Sequence[Word], page: PageWords, image: DerivedArtifact) -> Cut:
    """The cut with the first hit in its middle, as far as the page's edges allow."""
    tall = page.height / page.width if page.width else 1.0
    width, x, y = 1.0, 0.5, 0.0
    if hits:
        first = hits[0].bbox
        width = min(max(first.height * tall * CUT_WORDS, LEAST_CUT), 1.0)
        x, y = first.center[0], first.center[1] * tall
    height = min(width * CUT_SHAPE, tall)
    left = min(max(x - width / 2, 0.0), 1.0 - width)
    top = min(max(y - height / 2, 0.0), tall - height)
    return Cut(image, left, top, width, height, tall, hits)
