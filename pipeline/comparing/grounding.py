"""Whether the boxes of two readings are around the same printed words.

The measure by pseudo-character centres is that of the DocILE benchmark: a word of n
characters has centres at (i + 1/2) / n of its width, at half its height; two boxes are
compared by the sets of centres in them, so that empty paper around a word is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ValueType
from pipeline.comparing.values import Value
from pipeline.extracting.grounding import says, text_under
from pipeline.words import PageWords

SAME_CHARACTERS = 0.8
SAME_BOX = 0.5

Centre = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Grounding:
    """A box that moved. iou and pcc: 0..1, None where there is nothing to measure by.

    holds: the words under the new box say the value, None where nobody knows the words.
    elsewhere: the old box holds the value too, and they share no print that does.
    """

    iou: float | None
    pcc: float | None
    holds: bool | None
    elsewhere: bool = False

    @property
    def stays(self) -> bool:
        """Whether the value still has its place.

        It has where both boxes are around the same characters, or where the new one
        holds the value and is nearly the old one, or is only wider or narrower around
        the same print, or the old one did not hold it. Without words to look at, boxes
        alone decide. What says the value at another place has moved away from it.
        """
        if self.pcc is not None and self.pcc >= SAME_CHARACTERS:
            return True
        if self.holds is None:
            return self.iou is not None and self.iou >= SAME_BOX
        near = self.iou is not None and self.iou >= SAME_BOX
        return self.holds and (near or not self.elsewhere)

    def as_json(self) -> dict[str, float | bool | None]:
        return {"iou": _short(self.iou), "pcc": _short(self.pcc), "holds": self.holds}


def _short(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def grounding_of(
    old: Value, new: Value, pages: Sequence[PageWords]
) -> Grounding | None:
    """How the box of a value moved; None where it did not, or neither has a box.

    pages: the words that the boxes are looked at with; none where nobody read any.
    """
    if old.region == new.region:
        return None
    if new.region is None:
        # Nothing is under no box.
        return Grounding(iou=0.0, pcc=0.0, holds=False)
    known = any(page.page == new.region.page for page in pages)
    holds = _says(new, new.region, pages) if known else None
    if old.region is None:
        return Grounding(iou=None, pcc=None, holds=holds)
    shared = _overlap(old.region, new.region)
    return Grounding(
        iou=iou(old.region, new.region),
        pcc=pcc_iou(old.region, new.region, pages),
        holds=holds,
        elsewhere=_says(new, old.region, pages)
        and not (shared and _says(new, shared, pages)),
    )


def iou(one: Region, other: Region) -> float:
    return one.bbox.iou(other.bbox) if one.page == other.page else 0.0


def pcc_iou(one: Region, other: Region, pages: Sequence[PageWords]) -> float | None:
    """IoU over the pseudo-character centres in the boxes; None if there are none."""
    if one.page != other.page:
        return 0.0
    mine, theirs = set(_covered(one, pages)), set(_covered(other, pages))
    union = mine | theirs
    return len(mine & theirs) / len(union) if union else None


def _covered(region: Region, pages: Sequence[PageWords]) -> Iterator[Centre]:
    """(number of the word, number of the character) of the centres in the region."""
    box = region.bbox
    for page in pages:
        if page.page != region.page:
            continue
        for number, word in enumerate(page.words):
            length = len(word.text)
            _, middle = word.bbox.center
            for i in range(length):
                x = word.bbox.left + (i + 0.5) / length * word.bbox.width
                if box.left <= x <= box.right and box.top <= middle <= box.bottom:
                    yield number, i


def _overlap(one: Region, other: Region) -> Region | None:
    if one.page != other.page or not one.bbox.overlap(other.bbox):
        return None
    return Region(
        one.page,
        BoundingBox(
            max(one.bbox.left, other.bbox.left),
            max(one.bbox.top, other.bbox.top),
            min(one.bbox.right, other.bbox.right),
            min(one.bbox.bottom, other.bbox.bottom),
        ),
    )


def _says(value: Value, region: Region, pages: Sequence[PageWords]) -> bool:
    claim = Claim(
        slot="",
        value=value.text,
        raw=value.text,
        value_type=ValueType(value.value_type),
        confidence=1.0,
    )
    return says(claim, text_under(region, pages))
