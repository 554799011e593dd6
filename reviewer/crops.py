"""Cut-outs of page pictures: a value with room around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.regions import BoundingBox, Region
from reviewer.citations import Page

# Room around a value's box in its crop, in lines of its text.
ROOM_ACROSS, ROOM_ABOVE = 2.5, 0.8
MARK_OUTSET = 0.2  # between the box and the line around it, in lines of text
NARROWEST_CROP = 6.0  # times as wide as high, so that words keep their neighbours
LEAST_LINE = 0.006  # of the page's height


@dataclass(frozen=True, slots=True)
class Crop:
    """A cut-out of a page picture, in the page's own units (its width and height)."""

    page: Page
    left: float
    top: float
    width: float
    height: float
    box: BoundingBox
    line: float  # the height of its text, as the page's

    @property
    def view_box(self) -> str:
        return f"{self.left:.2f} {self.top:.2f} {self.width:.2f} {self.height:.2f}"

    @property
    def bounds(self) -> BoundingBox:
        """In page fractions."""
        page = self.page
        return BoundingBox.clamped(
            self.left / page.width,
            self.top / page.height,
            (self.left + self.width) / page.width,
            (self.top + self.height) / page.height,
        )

    @property
    def mark(self) -> dict[str, str]:
        return self.mark_around(self.box, MARK_OUTSET)

    def mark_around(self, box: BoundingBox, outset: float) -> dict[str, str]:
        """A rectangle outside of the letters of a value; outset: in lines of text.

        The boxes of a PDF's own words leave out the tops of tall letters.
        """
        page, gap = self.page, self.line * outset
        return {
            "x": f"{box.left * page.width - gap:.2f}",
            "y": f"{box.top * page.height - gap:.2f}",
            "width": f"{box.width * page.width + 2 * gap:.2f}",
            "height": f"{box.height * page.height + 2 * gap:.2f}",
        }


def crop_of(
    region: Region | None, pages: Mapping[int, Page], *, line: float = 0.0
) -> Crop | None:
    """The box with room around it, kept on the page; None without a page to cut.

    line: the height of a line of text in page fractions; 0 takes the box's.
    """
    page = pages.get(region.page) if region else None
    if region is None or page is None:
        return None
    box = region.bbox
    high = max(line or box.height, LEAST_LINE) * page.height
    height = max(box.height * page.height, high) + 2 * ROOM_ABOVE * high
    height = min(height, page.height)
    width = max(
        box.width * page.width + 2 * ROOM_ACROSS * high, NARROWEST_CROP * height
    )
    width = min(width, page.width)
    across, down = box.center
    return Crop(
        page=page,
        left=_inside(across * page.width - width / 2, width, page.width),
        top=_inside(down * page.height - height / 2, height, page.height),
        width=width,
        height=height,
        box=box,
        line=high,
    )


def _inside(start: float, length: float, space: float) -> float:
    return min(max(start, 0.0), max(space - length, 0.0))
