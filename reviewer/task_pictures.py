"""The pictures of a case: where its crops are to be had, and making them."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from catalog import blobs
from catalog.models import DerivedArtifact, Kind
from catalog.people import Viewer
from catalog.regions import BoundingBox
from pipeline.showing import cutting
from pipeline.showing.cutting import CLEAR, Veil
from pipeline.showing.tiles import Pack
from reviewer import citations
from reviewer.addresses import address_of
from reviewer.crops import Crop
from reviewer.desk import Desk, lay_out
from reviewer.granting import glimpses_of, may_look, shows_only_crops
from reviewer.models import ReviewTask
from reviewer.page_tiles import made_for

# Pixels across: for a plain screen and for one with two to a point. A crop that has
# fewer pixels comes as it is.
WIDTHS = (480, 960)
SIZES = "(max-width: 60rem) calc(100vw - 3.5rem), 26rem"
# Part of every tag: raised when the same crop would be drawn otherwise.
DRAWN_BY = "1"
EDGE = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Bytes made when they are needed; tag: the same for the same picture."""

    image: DerivedArtifact
    regions: tuple[BoundingBox, ...]
    veil: Veil
    tag: str
    width: int = 0  # 0: the whole page, but for what is not granted
    pack: Pack | None = None  # of a large page, with more than its picture shows

    @property
    def page(self) -> int:
        return citations.page_number(self.image.slot)

    @property
    def media_type(self) -> str:
        return "image/webp" if self.width else "image/jpeg"

    def drawn(self) -> bytes:
        """Raises BlobMissing, BlobDamaged, CannotCut."""
        if self.pack and self.width:
            box = self.regions[0]
            return cutting.cut_tiles(self.pack, box, width=self.width, veil=self.veil)
        data = blobs.read_verified(self.image.payload_hash)
        if not self.width:
            return cutting.windows(data, self.regions, veil=self.veil)
        return cutting.cut(data, self.regions[0], width=self.width, veil=self.veil)


class NotGranted(Exception):
    """To this person there is no such picture."""


def crop_of_task(
    user: Viewer, task: ReviewTask, image_id: uuid.UUID, place: str, width: int
) -> Shown:
    """Raises NotGranted, BlobMissing, BlobDamaged."""
    box, image = box_from(place), _image(user, task, image_id)
    if box is None or width not in WIDTHS:
        raise NotGranted
    veil = CLEAR
    if shows_only_crops(user, task):
        glimpse = glimpses_of(task).get(image_id)
        if glimpse is None or not glimpse.shows(box):
            raise NotGranted
        veil = glimpse.veil
    pack = made_for(image)
    tag = _tag(image.payload_hash, place, width, veil, sharp=pack is not None)
    return Shown(image, (box,), veil, tag, width, pack)


def page_of_task(user: Viewer, task: ReviewTask, image_id: uuid.UUID) -> Shown:
    """The page with what is granted of it, for whoever sees only that. Raises
    NotGranted.
    """
    image = _image(user, task, image_id)
    glimpse = glimpses_of(task).get(image_id)
    if glimpse is None:
        raise NotGranted
    tag = _tag(image.payload_hash, repr(glimpse.windows), 0, glimpse.veil)
    return Shown(image, glimpse.windows, glimpse.veil, tag)


def _image(user: Viewer, task: ReviewTask, image_id: uuid.UUID) -> DerivedArtifact:
    """A page picture of one of the task's readings. Raises NotGranted."""
    readings = [task.generation_id]
    if task.comparison is not None:
        readings.append(task.comparison.new_generation_id)
    pictures = DerivedArtifact.objects.whole().of_kind(Kind.PAGE_IMAGE)
    image = (
        pictures.select_related("source")
        .filter(pk=image_id, generation__in=readings)
        .first()
    )
    if image is None or not may_look(user, task):
        raise NotGranted
    return image


def _tag(
    payload_hash: str, place: str, width: int, veil: Veil, *, sharp: bool = False
) -> str:
    """sharp: cut from tiles."""
    by = f"{DRAWN_BY} tiles" if sharp else DRAWN_BY
    said = "|".join([payload_hash, place, str(width), veil.key, by])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def place_of(box: BoundingBox) -> str:
    """As an address has it: left-top-right-bottom in hundred-thousandths."""
    edges = (box.left, box.top, box.right, box.bottom)
    return "-".join(str(round(edge * EDGE)) for edge in edges)


def box_from(place: str) -> BoundingBox | None:
    """What place_of() wrote; None for anything else."""
    edges = place.split("-")
    if len(edges) != 4 or not all(e.isdecimal() and len(e) < 7 for e in edges):
        return None
    try:
        return BoundingBox.from_list([int(edge) / EDGE for edge in edges])
    except ValueError:
        return None


def crop_address(task: ReviewTask, crop: Crop, width: int) -> str:
    place = place_of(crop.bounds)
    return address_of("task-crop", task.pk, crop.page.image.pk, place, width)


def crop_set(task: ReviewTask, crop: Crop) -> str:
    """For srcset."""
    return ", ".join(f"{crop_address(task, crop, w)} {w}w" for w in WIDTHS)


def crops_on(desk: Desk) -> list[Crop]:
    """Of its open fields, in the order in which they are asked."""
    asked = [question for question in desk.questions if not question.item.decided]
    plain = [[question.crop] if question.crop else [] for question in asked]
    sides = [[c.crop for c in q.sides.cut_outs] if q.sides else [] for q in asked]
    return [
        crop for pair in zip(plain, sides, strict=True) for few in pair for crop in few
    ]


def addresses_of(task: ReviewTask) -> list[str]:
    """Of the crops of its open fields, the larger ones."""
    return [crop_address(task, crop, WIDTHS[-1]) for crop in crops_on(lay_out(task))]
