"""What the review page shows of a task: pages, doubtful fields, candidates, words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.ids import new_id
from catalog.models import DerivedArtifact, Kind, Origin
from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim
from reviewer import citations, desk_rows, live_checks, services, triage, wording
from reviewer.addresses import address_of
from reviewer.checks import showing
from reviewer.checks.showing import Mask
from reviewer.citations import PAPER, Box, Page
from reviewer.crops import Crop, crop_of
from reviewer.desk_sides import BothReadings, Sides
from reviewer.lines import LineGrid, grid_of
from reviewer.models import Decision, ReviewItem, ReviewTask
from reviewer.names import FieldNames
from reviewer.standing import standing_in
from reviewer.two_versions import LoneLine, lone_lines

MOST_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    key: int  # the digit that takes it, from 1
    value: str
    place: Region | None

    @property
    def region(self) -> str:
        return as_field(self.place)


@dataclass(frozen=True, slots=True)
class Question:
    """One doubtful field. decision_id makes an answer sent twice one answer."""

    item: ReviewItem
    reason: str
    value: str
    nothing: str  # why there is no value
    raw: str
    region: Region | None
    crop: Crop | None
    candidates: list[Candidate]
    decision: Decision | None
    decision_id: uuid.UUID
    seen: int  # how many answers it has
    sides: Sides | None = None  # of a question between two versions
    typed: str = ""
    error: str = ""
    agrees: str = ""  # what the check says that settled it

    @property
    def verdict(self) -> str:
        if self.decision is None and self.agrees:
            return wording.AGREES
        if self.decision is None:
            return "answered elsewhere" if self.item.decided else ""
        return wording.decided(self.decision)

    @property
    def short(self) -> str:
        """What stands, or what there is to choose from, on the closed question."""
        if self.sides and not self.item.decided:
            return self.sides.short
        return self.value or self.nothing

    @property
    def box(self) -> list[float]:
        return self.region.bbox.as_list() if self.region else []


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that the server could not take, to be shown where it was given."""

    slot: str
    typed: str
    error: str


@dataclass(frozen=True, slots=True)
class Desk:
    task: ReviewTask
    why: str
    questions: list[Question]
    pages: list[Page]
    words: dict[int, str]  # where the words of each page are to be had
    shown: int  # the page to begin with
    lone_lines: list[LoneLine]
    names: FieldNames
    lines: LineGrid | None = None
    crops_only: bool = False  # nothing but what is asked about may be shown
    talked: bool = True  # whether people may have said anything about it

    @property
    def answered_count(self) -> int:
        """By people."""
        return sum(q.item.decided and not q.agrees for q in self.questions)

    @property
    def agreeing_count(self) -> int:
        """Settled by a check."""
        return sum(bool(q.agrees) for q in self.questions)


def lay_out(
    task: ReviewTask,
    *,
    page: int | None = None,
    refusal: Refusal | None = None,
    slot: str | None = None,
) -> Desk:
    """Read all that the review page shows. page: the one asked for, if any.

    slot: only this field, as a sheet of many documents shows it, without the rest.
    """
    every = (
        desk_rows.items_of(task.pk)
        if slot is None
        else desk_rows.item_of(task.pk, slot)
    )
    for item in every:
        item.task = task
    # What nobody asked stands in the grid of line items.
    items = [i for i in every if not (i.decided and i.is_by_hand)]
    there = desk_rows.what_is_there(task)
    made = desk_rows.made_for(task.generation_id)
    masks = showing.masks_of(task, items) if there.planted else {}
    standing = standing_in(task, items, showing.as_shown(masks, made[Kind.FIELD]))
    readings = _readings(task, items, standing)
    both = BothReadings.of(task)
    boxes = [box for reading in readings for box in reading.boxes()]
    boxes += [box for item in items for box in both.boxes(item)]
    read = {citations.page_number(words.slot): words for words in made[Kind.OCR]}
    pages = _pages(citations.by_page(made[Kind.PAGE_IMAGE]), boxes, read)
    given = _given(task, masks.values()) if there.answered or masks else {}
    settled = agreements(task) if there.settled else {}
    questions = [
        _question(
            reading,
            given.get(reading.item.pk, NOTHING_GIVEN),
            pages,
            refusal,
            both.sides(reading.item, pages),
            settled.get(reading.item.slot, ""),
        )
        for reading in readings
    ]
    first = next((q for q in questions if not q.item.decided), None)
    start = first.region.page if first and first.region else min(pages, default=1)
    open_items = [item for item in items if not item.decided]
    names = FieldNames({}) if slot else FieldNames.now()
    return Desk(
        task=task,
        why="" if slot else wording.why(task, open_items or items, names),
        questions=questions,
        pages=list(pages.values()),
        words={} if slot else _words(read),
        shown=page if page in pages else start,
        lone_lines=_not_asked(task, items),
        names=names,
        lines=_grid(task, [*standing.values()], every, given, names),
        talked=there.noted or there.opined,
    )


def fetch_reading(task: ReviewTask) -> None:
    """In one query what its page needs: its generation, source and tenant."""
    [task.generation] = desk_rows.generation_of(task.generation_id)
    task.source = task.generation.source
    task.tenant = task.source.tenant


def agreements(task: ReviewTask) -> dict[str, str]:
    """What the checks say of the fields that they settled, by slot."""
    reasons = services.settled_reasons(task)
    return {slot: live_checks.agreed(reason) for slot, reason in reasons.items()}


def _not_asked(task: ReviewTask, items: Iterable[ReviewItem]) -> list[LoneLine]:
    if task.comparison is None:
        return []
    asked = {item.slot for item in items}
    return [one for one in lone_lines(task.comparison) if one.slot not in asked]


@dataclass(frozen=True, slots=True)
class Given:
    """What people said of an item: how many decisions, also those that were taken back,
    and the one that stands."""

    count: int = 0
    standing: Decision | None = None


NOTHING_GIVEN = Given()


def _grid(
    task: ReviewTask,
    fields: Sequence[DerivedArtifact],
    items: Iterable[ReviewItem],
    given: Mapping[uuid.UUID, Given],
    names: FieldNames,
) -> LineGrid | None:
    """Where a person may put lines right that nobody doubts."""
    if task.asks != ReviewTask.Asks.DOUBTS:
        return None
    return grid_of(task, fields, {i.slot: _count(given, i) for i in items}, names)


def _count(given: Mapping[uuid.UUID, Given], item: ReviewItem) -> int:
    return given.get(item.pk, NOTHING_GIVEN).count


def _given(task: ReviewTask, masks: Iterable[Mask]) -> dict[uuid.UUID, Given]:
    """By item."""
    found: dict[uuid.UUID, Given] = {}
    for decision in desk_rows.decisions_in(task.pk):
        before = found.get(decision.item_id, NOTHING_GIVEN)
        standing = decision if decision.stands else before.standing
        found[decision.item_id] = Given(decision.sequence, standing)
    for mask in masks:
        found[mask.item.pk] = Given(len(mask.answers), mask.standing_told)
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands for an item now, and what else the machine read."""

    item: ReviewItem
    claim: Claim | None
    candidates: list[Candidate]
    look: str
    drawn: bool = True

    def boxes(self) -> list[Box]:
        """The standing value's box, and those of the candidates under "slot#key"."""
        standing = self.claim.region if self.claim and self.drawn else None
        places = [(self.item.slot, self.look, standing)]
        places += [
            (f"{self.item.slot}#{candidate.key}", "candidate", candidate.place)
            for candidate in self.candidates
        ]
        return [
            Box(slot=slot, page=region.page, bbox=region.bbox, look=look)
            for slot, look, region in places
            if region
        ]


def _readings(
    task: ReviewTask,
    items: Iterable[ReviewItem],
    standing: Mapping[str, DerivedArtifact],
) -> list[Reading]:
    readings = []
    for item in items:
        artifact = standing.get(item.slot)
        claim, machine = _claim(artifact), _claim(item.artifact)
        human = artifact is not None and artifact.origin == Origin.HUMAN
        look = "human" if human else str(claim.status) if claim else ""
        if task.shows_two:
            # What the machine found is drawn for both versions, and 1 to 3 are taken.
            readings.append(Reading(item, claim, [], look, drawn=human))
        else:
            readings.append(Reading(item, claim, candidates_of(machine, claim), look))
    return readings


def _claim(artifact: DerivedArtifact | None) -> Claim | None:
    return next(iter(triage.claims_of([artifact] if artifact else [])), None)


def _pages(
    images: Mapping[int, DerivedArtifact],
    boxes: Sequence[Box],
    read: Mapping[int, DerivedArtifact],
) -> dict[int, Page]:
    """Every page picture, in its true shape if it is the first or has boxes."""
    needed = {1, *(box.page for box in boxes)} & read.keys()
    return {
        number: citations.page_shaped(
            image,
            citations.shape_of(read[number]) if number in needed else PAPER,
            boxes,
        )
        for number, image in images.items()
    }


def _words(read: Mapping[int, DerivedArtifact]) -> dict[int, str]:
    return {
        number: address_of("artifact-file", artifact.pk)
        for number, artifact in read.items()
    }


def _question(
    reading: Reading,
    given: Given,
    pages: Mapping[int, Page],
    refusal: Refusal | None,
    sides: Sides | None,
    agrees: str = "",
) -> Question:
    item, claim = reading.item, reading.claim
    refused = refusal if refusal and refusal.slot == item.slot else None
    region = sides.place if sides else claim.region if claim else None
    # Before the answer neither version's value is the one that stands.
    shown = claim if claim and not (sides and not item.decided) else None
    return Question(
        item=item,
        reason=item.reason,
        value=shown.value if shown else "",
        nothing=wording.nothing(claim.reason if claim else ""),
        raw=claim.raw if claim else "",
        region=region,
        crop=None if sides else crop_of(region, pages),
        candidates=reading.candidates,
        decision=given.standing,
        decision_id=new_id(),
        # That another task settled it is one more to know of; a check is no answer.
        seen=given.count + (item.decided and given.standing is None and not agrees),
        agrees=agrees,
        sides=sides,
        typed=refused.typed if refused else "",
        error=refused.error if refused else "",
    )


def candidates_of(machine: Claim | None, standing: Claim | None) -> list[Candidate]:
    """The machine's other readings, without the value that stands, best first."""
    if machine is None:
        return []
    seen = {standing.value if standing else ""}
    found: list[Candidate] = []
    for claim in (*machine.candidates, machine):
        if claim.value and claim.value not in seen and len(found) < MOST_CANDIDATES:
            seen.add(claim.value)
            found.append(Candidate(len(found) + 1, claim.value, claim.region))
    return found


def as_field(region: Region | None) -> str:
    """A region as a form carries it: "page,left,top,right,bottom", "" for none."""
    if region is None:
        return ""
    edges = ",".join(f"{edge:g}" for edge in region.bbox.as_list())
    return f"{region.page},{edges}"


def from_field(text: str) -> Region | None:
    """What as_field() wrote. Raises ValueError for what is no place on a page."""
    if not text:
        return None
    page, *edges = text.split(",")
    box = BoundingBox.from_list([float(edge) for edge in edges])
    if not 1 <= int(page) <= 100_000:
        raise ValueError("pages count from 1")
    return Region(int(page), box)
