"""What of its pages a task grants to somebody who sees only crops.

Only what the machine found counts: where a person says that a value stands must not
widen what they are shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.models import Generation, Origin
from catalog.models.tenant import sees_only_crops
from catalog.people import Viewer
from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim
from pipeline.report import live_fields
from pipeline.showing.cutting import Veil
from pipeline.words import PageWords
from reviewer import citations, triage
from reviewer.answers import AnswerRefused
from reviewer.checks.showing import masks_of
from reviewer.citations import Page
from reviewer.crops import Crop, crop_of
from reviewer.desk_sides import BothReadings
from reviewer.models import BY_HAND, Decision, ReviewItem, ReviewTask

# Of a word's box that may lie outside of what is granted, in page fractions: boxes are
# rounded.
ROUNDING = 0.0005


OUTSIDE = (
    "That place is outside of what you are shown: type the value, or ask a senior."
)

UNSEEN = "Nothing of this document is shown to you: skip it, or ask a senior."


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What of one page picture is granted, and what is painted over in it."""

    page: Page
    windows: tuple[BoundingBox, ...]
    veil: Veil

    def shows(self, box: BoundingBox) -> bool:
        """Whether all of it is granted."""
        return any(_holds(window, box) for window in self.windows)

    def words(self, words: PageWords) -> PageWords:
        """Those that stand wholly in what is granted and are not painted over."""
        kept = tuple(w for w in words.words if self._legible(w.bbox))
        return PageWords(words.page, words.width, words.height, kept, words.origin)

    def _legible(self, box: BoundingBox) -> bool:
        if not self.shows(box):
            return False
        if any(asked.holds_center_of(box) for asked in self.veil.asked):
            return True
        return not any(hidden.overlap(box) for hidden in self.veil.hidden)


def shows_only_crops(user: Viewer, task: ReviewTask) -> bool:
    return sees_only_crops(user, task.tenant_id)


def may_look(user: Viewer, task: ReviewTask) -> bool:
    """Whether what the task asks about may be shown: to everybody who sees its pages;
    to others while they hold it, and where they have answered in it.
    """
    if not shows_only_crops(user, task) or (
        task.reserver_id == user.pk and task.is_held
    ):
        return True
    return Decision.objects.of_task(task).filter(reviewer=user.pk).exists()


def check_place(user: Viewer, task: ReviewTask, place: Region | None) -> None:
    """Raises AnswerRefused for a place that the person cannot have seen."""
    if place is None or not shows_only_crops(user, task):
        return
    glimpses = glimpses_of(task).values()
    if not any(g.page.number == place.page and g.shows(place.bbox) for g in glimpses):
        raise AnswerRefused(OUTSIDE)


def glimpses_of(task: ReviewTask) -> dict[uuid.UUID, Glimpse]:
    """By the page picture's id."""
    rows = task.items.select_related("artifact", "other_artifact")
    # What somebody else put right unasked is nothing that the task asks about.
    items = list(rows.exclude(reason=BY_HAND))
    masks_of(task, items)
    both = BothReadings.of(task)
    found: dict[uuid.UUID, list[tuple[Crop, Sequence[BoundingBox]]]] = {}
    for crop, asked in _cuts(task, items, both):
        found.setdefault(crop.page.image.pk, []).append((crop, asked))
    slots = {item.slot for item in items}
    return {
        image: Glimpse(
            page=cuts[0][0].page,
            windows=tuple(crop.bounds for crop, _ in cuts),
            veil=Veil(
                hidden=_others(cuts[0][0].page, both, task, slots),
                asked=tuple(box for _, boxes in cuts for box in boxes),
            ),
        )
        for image, cuts in found.items()
    }


def _cuts(
    task: ReviewTask, items: Sequence[ReviewItem], both: BothReadings
) -> Iterator[tuple[Crop, Sequence[BoundingBox]]]:
    """Each cut-out with the boxes in it that are asked about."""
    pages = _pages(task, items)
    for item in items:
        sides = both.sides(item, pages)
        if sides is not None:
            for cut in sides.cut_outs:
                yield cut.crop, [mark.box for mark in cut.marks]
            continue
        for region in _places(item):
            crop = crop_of(region, pages)
            if crop is not None:
                yield crop, [region.bbox]


def _places(item: ReviewItem) -> list[Region]:
    """Where the machine found it, and where else it might stand."""
    machine = item.artifact
    if machine is None or machine.origin != Origin.MACHINE:
        return []
    found = triage.claims_of([machine])
    claims = [one for claim in found for one in (claim, *claim.candidates)]
    return [claim.region for claim in claims if claim.region]


def _pages(task: ReviewTask, items: Sequence[ReviewItem]) -> dict[int, Page]:
    """Those that items stand on, in their true shape, as the desk has them."""
    artifacts = [a for i in items for a in (i.artifact, i.other_artifact) if a]
    claims: list[Claim] = triage.claims_of(artifacts)
    needed = {c.region.page for o in claims for c in (o, *o.candidates) if c.region}
    return {
        number: citations.page_of(image, citations.words_on(task.generation, number))
        for number, image in citations.page_images(task.generation).items()
        if number in needed
    }


def _others(
    page: Page, both: BothReadings, task: ReviewTask, asked: set[str]
) -> tuple[BoundingBox, ...]:
    """Boxes of all that is known of the page and not asked about."""
    readings: list[Generation] = [task.generation]
    newer = both.newer
    if newer is not None and page.image.generation_id == newer.pk:
        readings = [newer]
    elif newer is not None and page.number not in both.apart:
        readings.append(newer)
    known = [field for reading in readings for field in live_fields(reading)]
    boxes = [citations.box_of(field) for field in known if field.slot not in asked]
    return tuple(b.bbox for b in boxes if b is not None and b.page == page.number)


def _holds(outer: BoundingBox, inner: BoundingBox) -> bool:
    return (
        outer.left - ROUNDING <= inner.left
        and outer.top - ROUNDING <= inner.top
        and inner.right <= outer.right + ROUNDING
        and inner.bottom <= outer.bottom + ROUNDING
    )
