"""What two versions found, side by side on the desk: both values, both boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from catalog.models import DerivedArtifact, Generation
from catalog.regions import BoundingBox, Region
from reviewer import citations
from reviewer.citations import Box, Page
from reviewer.crops import LEAST_LINE, Crop, crop_of
from reviewer.models import ReviewItem, ReviewTask
from reviewer.two_versions import LONE_LINE, line_around
from reviewer.values import value_of

# Boxes farther apart than this, in lines of their text, get a cut-out each.
FARTHEST = 4.0
# The newer version's line runs outside of the older one's, where both stand together.
OUTSETS = {"older": 0.2, "newer": 0.5}
FINDS_NONE = "Finds nothing"
NOTHING = {"person_unreadable": "Cannot be read"}
TAG = 0.55  # the radius of a mark's number, in lines of text


@dataclass(frozen=True, slots=True)
class Side:
    """One version's finding. choice: "older" or "newer"; key: what takes it.

    line: all cells, where the question is whether a whole line is one, and this version
    reads it.
    """

    choice: str
    key: str
    version: str
    artifact: DerivedArtifact | None
    apart: bool = False  # its place is on another picture than the one beside
    person: bool = False  # who answered, and not a version
    line: Sequence[DerivedArtifact] = ()

    @property
    def nothing(self) -> str:
        """What is said by a side without a value."""
        payload = self.artifact.payload if self.artifact else None
        reason = str((payload or {}).get("reason") or "")
        return NOTHING.get(reason, "Not in the document") if self.person else FINDS_NONE

    @property
    def name(self) -> str:
        if self.person:
            return "One answer" if self.choice == "older" else "Another answer"
        return f"{self.choice.capitalize()} version"

    @property
    def called(self) -> str:
        """In a sentence."""
        return f"answer {self.key}" if self.person else f"the {self.choice}"

    @property
    def value(self) -> str:
        return value_of(self.artifact)

    @property
    def raw(self) -> str:
        payload = self.artifact.payload if self.artifact else None
        return str((payload or {}).get("raw") or "") if self.value else ""

    @property
    def place(self) -> Region | None:
        if self.artifact is None or not self.value:
            return None
        places = [_place(cell) for cell in self.line or [self.artifact]]
        found = [place for place in places if place]
        if not found:
            return None
        last = found[-1]  # of a line, the amount's
        boxes = [place.bbox for place in found if place.page == last.page]
        return Region(last.page, _around(boxes))

    @property
    def look(self) -> str:
        """Its place as a script reads it: "page,left,top,right,bottom", "" for none."""
        if self.place is None or self.apart:
            return ""
        edges = ",".join(f"{edge:g}" for edge in self.place.bbox.as_list())
        return f"{self.place.page},{edges}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A side's box on a cut-out, and where its number stands: before the older one's
    box, behind the newer one's, so that neither covers the other.
    """

    side: Side
    crop: Crop
    box: BoundingBox

    @property
    def rect(self) -> Mapping[str, str]:
        return self.crop.mark_around(self.box, OUTSETS[self.side.choice])

    @property
    def tag(self) -> Mapping[str, str]:
        """The circle around the number: cx, cy and r."""
        crop, rect = self.crop, {k: float(v) for k, v in self.rect.items()}
        radius = self.crop.line * TAG
        before = self.side.choice == "older"
        edge = rect["x"] - radius if before else rect["x"] + rect["width"] + radius
        least, most = crop.left + radius, crop.left + crop.width - radius
        return {
            "cx": f"{min(max(edge, least), most):.2f}",
            "cy": f"{rect['y'] + rect['height'] / 2:.2f}",
            "r": f"{radius:.2f}",
        }

    @property
    def text_size(self) -> str:
        return f"{self.crop.line * TAG * 1.5:.2f}"


@dataclass(frozen=True, slots=True)
class CutOut:
    """A crop with one mark, or with both where they stand together."""

    crop: Crop
    marks: Sequence[Mark]

    @property
    def words(self) -> str:
        """What it shows, for who does not see it."""
        sides = " and ".join(mark.side.called for mark in self.marks)
        return f"Cut-out of page {self.crop.page.number} with the place of {sides}"


@dataclass(frozen=True, slots=True)
class Sides:
    older: Side
    newer: Side
    cut_outs: Sequence[CutOut]
    place: Region | None  # where to look first
    line: str = ""  # where the question is whether this line is one

    @property
    def both(self) -> tuple[Side, Side]:
        return self.older, self.newer

    @property
    def short(self) -> str:
        if self.line:
            return "a line item or none"
        return " or ".join(side.value or "nothing" for side in self.both)


@dataclass(frozen=True, slots=True)
class BothReadings:
    """The two readings of a task; without them where it asks something else. people:
    one reading, with two people's answers to it.

    apart: the newer reading's own pages whose picture is not the older one's; boxes on
    them mean nothing on the older one's page.
    """

    older: Generation | None = None
    newer: Generation | None = None
    apart: Mapping[int, DerivedArtifact] = field(default_factory=dict)
    people: bool = False

    @classmethod
    def of(cls, task: ReviewTask) -> Self:
        if task.asks == ReviewTask.Asks.THIRD:
            return cls(task.generation, task.generation, people=True)
        if task.comparison is None:
            return cls()
        older, newer = task.comparison.old_generation, task.comparison.new_generation
        before = citations.page_images(older)
        apart = {
            number: image
            for number, image in citations.page_images(newer).items()
            if number in before and before[number].payload_hash != image.payload_hash
        }
        return cls(older, newer, apart=apart)

    def boxes(self, item: ReviewItem) -> list[Box]:
        """For the page picture: both under the item's slot, so that both light up."""
        return [
            Box(item.slot, side.place.page, side.place.bbox, side.choice)
            for side in self._of(item)
            if side.place and not side.apart
        ]

    def sides(self, item: ReviewItem, pages: Mapping[int, Page]) -> Sides | None:
        """pages: those of the older reading."""
        if self.older is None:
            return None
        older, newer = self._of(item)
        if item.reason in LONE_LINE:
            return self._whole_line(older, newer, pages)
        return self._values(older, newer, pages)

    def _whole_line(self, older: Side, newer: Side, pages: Mapping[int, Page]) -> Sides:
        texts = [value_of(cell) for side in (older, newer) for cell in side.line]
        sides = self._values(older, newer, pages)
        return replace(sides, line=" ".join(filter(None, texts)))

    def _values(self, older: Side, newer: Side, pages: Mapping[int, Page]) -> Sides:
        whole = _together(older, newer)
        if whole is not None:
            crop = crop_of(whole, pages, line=_line(older, newer))
            return Sides(older, newer, _cut_out([older, newer], crop), whole)
        cut_outs = []
        for side in (older, newer):
            crop = crop_of(side.place, self._pages(side, pages))
            cut_outs += _cut_out([side], crop)
        visible = [s.place for s in (older, newer) if s.place and not s.apart]
        return Sides(older, newer, cut_outs, next(iter(visible), None))

    def _of(self, item: ReviewItem) -> tuple[Side, ...]:
        if self.older is None or self.newer is None:
            return ()
        older, other = item.artifact, item.other_artifact
        if self.people:
            return (
                Side("older", "1", "", older, person=True),
                Side("newer", "2", "", other, person=True),
            )
        lines: list[Sequence[DerivedArtifact]] = [
            line_around(one) if one and item.reason in LONE_LINE else ()
            for one in (older, other)
        ]
        page = (other.region or {}).get("page") if other else None
        return (
            Side("older", "1", self.older.pipeline_version, older, line=lines[0]),
            Side(
                *("newer", "2", self.newer.pipeline_version, other, page in self.apart),
                line=lines[1],
            ),
        )

    def _pages(self, side: Side, pages: Mapping[int, Page]) -> Mapping[int, Page]:
        if side.place is None or not side.apart or self.newer is None:
            return pages
        number = side.place.page
        words = citations.words_on(self.newer, number)
        return {number: citations.page_of(self.apart[number], words)}


def _together(older: Side, newer: Side) -> Region | None:
    """A place around both, where one look takes them in."""
    one, other = older.place, newer.place
    if one is None or other is None or one.page != other.page or newer.apart:
        return None
    box = _around([one.bbox, other.bbox])
    near = box.height <= FARTHEST * _line(older, newer)
    return Region(one.page, box) if near else None


def _place(artifact: DerivedArtifact) -> Region | None:
    region = artifact.region
    return Region.from_json(region) if region and "bbox" in region else None


def _around(boxes: Sequence[BoundingBox]) -> BoundingBox:
    return BoundingBox(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _line(*sides: Side) -> float:
    """The height of a line of their text, in page fractions."""
    heights = [side.place.bbox.height for side in sides if side.place]
    return max(min(heights, default=0.0), LEAST_LINE)


def _cut_out(sides: Sequence[Side], crop: Crop | None) -> list[CutOut]:
    if crop is None:
        return []
    marks = [Mark(side, crop, side.place.bbox) for side in sides if side.place]
    return [CutOut(crop, marks)]
