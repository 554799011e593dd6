"""What stands where: regions, pages and words, ready for the overlay to draw."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.api.files import payload_of
from catalog.compiled import compiled
from catalog.models import DerivedArtifact, Generation, Kind
from catalog.regions import BoundingBox
from pipeline.steps.slots import UPRIGHT
from pipeline.words import PageWords
from reviewer.addresses import address_of

# A page whose shape nobody recorded takes the room of A4 until its picture has come.
PAPER = (210, 297)
# Between a box and the line drawn around it, in page fractions.
OUTSET = 0.002


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the overlay; look is its class: verified, conflict, hit, ..."""

    slot: str
    page: int
    bbox: BoundingBox
    look: str = ""
    label: str = ""

    @property
    def as_list(self) -> list[float]:
        return self.bbox.as_list()

    @property
    def drawn(self) -> BoundingBox:
        """A little larger, so that its line does not cross the letters of a word."""
        b, gap = self.bbox, OUTSET
        return BoundingBox.clamped(
            b.left - gap, b.top - gap, b.right + gap, b.bottom + gap
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A page picture: number from 1, and its shape, of which the ratio counts."""

    number: int
    image: DerivedArtifact
    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    address: str = ""  # of the picture, where it is not the artifact's own

    @property
    def src(self) -> str:
        return self.address or address_of("artifact-file", self.image.pk)


def page_number(slot: str) -> int:
    """The page that a slot "page=N", upright or not, names; 0 for any other slot."""
    number = slot.removeprefix("page=").removesuffix(UPRIGHT)
    return int(number) if slot.startswith("page=") and number.isdecimal() else 0


def box_of(artifact: DerivedArtifact) -> Box | None:
    """The box of a field artifact, looking as its status or its author say."""
    payload = artifact.payload or {}
    look = "human" if artifact.origin == "human" else str(payload.get("status", ""))
    return region_box(
        artifact.region,
        slot=artifact.slot,
        look=look,
        label=str(payload.get("value", "")),
    )


def region_box(
    region: dict[str, Any] | None, *, slot: str, look: str = "", label: str = ""
) -> Box | None:
    if not region or "bbox" not in region:
        return None
    return Box(
        slot=slot,
        page=int(region["page"]),
        bbox=BoundingBox.from_list(region["bbox"]),
        look=look,
        label=label,
    )


def page_images(generation: Generation) -> dict[int, DerivedArtifact]:
    """The page pictures of a generation by page number, set upright where need was."""
    return by_page(_images_of(generation.pk))


def by_page(images: Iterable[DerivedArtifact]) -> dict[int, DerivedArtifact]:
    """Page pictures of one generation, as page_images() gives them."""
    # The shorter slot first, so that the upright picture takes its place.
    ordered = sorted(images, key=lambda image: (page_number(image.slot), image.slot))
    return {page_number(image.slot): image for image in ordered}


@compiled
def _images_of(generation_id: uuid.UUID) -> QuerySet[DerivedArtifact]:
    made = DerivedArtifact.objects.whole().filter(generation=generation_id)
    return made.of_kind(Kind.PAGE_IMAGE)


def words_on(generation: Generation, page: int) -> PageWords | None:
    """The words read on a page, or None where it was not read. Raises Unavailable."""
    artifact = (
        DerivedArtifact.objects.filter(generation=generation, slot=f"page={page}")
        .whole()
        .of_kind(Kind.OCR)
        .first()
    )
    return PageWords.from_json(payload_of(artifact)) if artifact else None


def page_of(
    image: DerivedArtifact, words: PageWords | None, boxes: Iterable[Box] = ()
) -> Page:
    """A page picture with those of the boxes that stand on it."""
    shape = (words.width, words.height) if words else PAPER
    return page_shaped(image, shape, boxes)


def shape_of(words: DerivedArtifact) -> tuple[float, float]:
    """Width and height of the page whose words they are. Raises Unavailable."""
    payload = payload_of(words)
    return float(payload["width"]), float(payload["height"])


def page_shaped(
    image: DerivedArtifact, shape: tuple[float, float], boxes: Iterable[Box] = ()
) -> Page:
    """As page_of(), of a known shape."""
    number = page_number(image.slot)
    width, height = shape
    return Page(
        number=number,
        image=image,
        width=max(1, round(width)),
        height=max(1, round(height)),
        boxes=tuple(box for box in boxes if box.page == number),
    )
