"""Where in an original something stands: page fractions, origin top left, y down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A box in page fractions: 0 <= left <= right <= 1, 0 <= top <= bottom <= 1.

    Raises ValueError when the edges are out of order or off the page.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (
            0 <= self.left <= self.right <= 1 and 0 <= self.top <= self.bottom <= 1
        ):
            raise ValueError(f"not a box on the page: {self.as_list()}")

    @classmethod
    def clamped(
        cls, left: float, top: float, right: float, bottom: float
    ) -> BoundingBox:
        """The part of the given box that is on the page, edges put in order."""
        x0, x1 = sorted((min(max(left, 0.0), 1.0), min(max(right, 0.0), 1.0)))
        y0, y1 = sorted((min(max(top, 0.0), 1.0), min(max(bottom, 0.0), 1.0)))
        return cls(x0, y0, x1, y1)

    @classmethod
    def from_list(cls, edges: Sequence[float]) -> BoundingBox:
        left, top, right, bottom = edges
        return cls(left, top, right, bottom)

    @classmethod
    def around(cls, boxes: Iterable[BoundingBox]) -> BoundingBox:
        """The smallest box that holds all of the given ones; ValueError if none."""
        all_boxes = list(boxes)
        if not all_boxes:
            raise ValueError("no boxes to put a box around")
        return cls(
            min(b.left for b in all_boxes),
            min(b.top for b in all_boxes),
            max(b.right for b in all_boxes),
            max(b.bottom for b in all_boxes),
        )

    def as_list(self) -> list[float]:
        return [round(v, 5) for v in (self.left, self.top, self.right, self.bottom)]

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlap(self, other: BoundingBox) -> float:
        """Area that both boxes cover, in page fractions squared."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: BoundingBox) -> float:
        """Intersection over union, 0..1; 0 for two empty boxes."""
        shared = self.overlap(other)
        union = self.area + other.area - shared
        return shared / union if union else 0.0

    def holds_center_of(self, other: BoundingBox) -> bool:
        x, y = other.center
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Region:
    """A box on a page; pages count from 1."""

    page: int
    bbox: BoundingBox

    def as_json(self) -> dict[str, Any]:
        return {"page": self.page, "bbox": self.bbox.as_list()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Region:
        return cls(int(data["page"]), BoundingBox.from_list(data["bbox"]))
