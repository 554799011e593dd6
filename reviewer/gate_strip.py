"""Where a gate's slices stand, ready for a picture: intervals around no difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.gate import wording
from pipeline.models import GateSlice

# Units of the picture: as wide as this, no difference in the middle.
WIDE, MIDDLE, EDGE = 240.0, 120.0, 4.0
LEAST_REACH, MOST_REACH = 0.1, 0.5
LOOKS = {"pass": "good", "block": "bad", "insufficient": "doubt"}
ICONS = {
    "pass": "icons/verified.svg",
    "block": "icons/rejected.svg",
    "insufficient": "icons/unverified.svg",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One slice. left, width, margin_at, at: in units of the picture; at is None where
    no difference is known. cut_left, cut_right: the interval goes on beyond the edge.
    """

    slice: GateSlice
    left: float
    width: float
    margin_at: float
    at: float | None
    at_least: float | None
    cut_left: bool
    cut_right: bool

    @property
    def look(self) -> str:
        return LOOKS[self.slice.verdict]

    @property
    def icon(self) -> str:
        return ICONS[self.slice.verdict]

    @property
    def verdict(self) -> str:
        return wording.VERDICTS[self.slice.verdict]

    @property
    def name(self) -> str:
        return wording.slice_name(self.slice)

    @property
    def dimension(self) -> str:
        return wording.dimension_name(self.slice.dimension) if self.name else ""

    @property
    def why(self) -> str:
        return wording.why(self.slice)

    @property
    def difference(self) -> str:
        return wording.share(self.slice.difference)

    @property
    def golden(self) -> str:
        return wording.golden(self.slice)

    @property
    def said(self) -> str:
        """What the picture shows, for whoever does not see it."""
        one = self.slice
        if not one.compared:
            return "nothing was compared"
        known = (
            f"{self.difference}, exactly" if one.exact else f"{self.difference} so far"
        )
        return (
            f"difference {known}; of documents to come between"
            f" {wording.share(one.lower)} and {wording.share(one.upper)};"
            f" margin {wording.share(-one.margin)}"
        )


def reach_of(slices: Iterable[GateSlice]) -> float:
    """How far the picture goes to either side: a share, the same for every slice."""
    known = [one for one in slices if one.compared]
    farthest = [abs(one.difference or 0) for one in known]
    margins = [2 * one.margin for one in known]
    return min(MOST_REACH, max([LEAST_REACH, *farthest, *margins]))


def bars_of(slices: Iterable[GateSlice], reach: float) -> list[Bar]:
    return [_bar(one, reach) for one in slices]


def _bar(one: GateSlice, reach: float) -> Bar:
    lower = -1.0 if one.lower is None else one.lower
    upper = 1.0 if one.upper is None else one.upper
    left, right = _place(lower, reach), _place(upper, reach)
    known = bool(one.compared) and one.difference is not None
    return Bar(
        slice=one,
        left=round(left, 2),
        width=round(max(right - left, 1.0), 2),
        margin_at=round(_place(-one.margin, reach), 2),
        at=round(_place(one.difference or 0.0, reach), 2) if known else None,
        at_least=None
        if one.at_least is None
        else round(_place(one.at_least, reach), 2),
        cut_left=lower < -reach,
        cut_right=upper > reach,
    )


def _place(share: float, reach: float) -> float:
    span = MIDDLE - EDGE
    return MIDDLE + span * max(-1.0, min(1.0, share / reach))
