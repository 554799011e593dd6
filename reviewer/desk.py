"""What the review page shows of a task: pages, doubtful fields, candidates, words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.ids import new_id
from catalog.models import DerivedArtifact, Kind, Origin
from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim
from pipeline.report import live_fields
from reviewer import answers, citations, triage, wording
from reviewer.citations import Box, Page
from reviewer.models import Decision, ReviewItem, ReviewTask
from reviewer.names import FieldNames

MOST_CANDIDATES = 3
MOST_PICTURES = 4  # fetched before they are needed
# Room around a value's box in its crop, in heights of the box.
ROOM_ACROSS, ROOM_ABOVE = 2.5, 0.8
MARK_OUTSET = 0.2  # between the box and the line around it, in heights of the box
NARROWEST_CROP = 6.0  # times as wide as high, so that words keep their neighbours


@dataclass(frozen=True, slots=True)
class Crop:
    """A cut-out of a page picture, in the page's own units (its width and height)."""

    page: Page
    left: float
    top: float
    width: float
    height: float
    box: BoundingBox

    @property
    def view_box(self) -> str:
        return f"{self.left:.2f} {self.top:.2f} {self.width:.2f} {self.height:.2f}"

    @property
    def mark(self) -> dict[str, str]:
        """A rectangle around the value, outside of its letters.

        The boxes of a PDF's own words leave out the tops of tall letters.
        """
        page, box = self.page, self.box
        gap = box.height * page.height * MARK_OUTSET
        return {
            "x": f"{box.left * page.width - gap:.2f}",
            "y": f"{box.top * page.height - gap:.2f}",
            "width": f"{box.width * page.width + 2 * gap:.2f}",
            "height": f"{box.height * page.height + 2 * gap:.2f}",
        }


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
    typed: str = ""
    error: str = ""

    @property
    def verdict(self) -> str:
        if self.decision is None or not self.item.decided:
            return ""
        # After an undo it is the answer before that stands.
        return wording.DECIDED.get(self.decision.verdict, "answered")

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
    words: dict[int, DerivedArtifact]  # the OCR artifact of each page
    shown: int  # the page to begin with

    @property
    def answered_count(self) -> int:
        return sum(question.item.decided for question in self.questions)


def lay_out(
    task: ReviewTask, *, page: int | None = None, refusal: Refusal | None = None
) -> Desk:
    """Read all that the review page shows. page: the one asked for, if any."""
    items = list(task.items.select_related("artifact").order_by("position"))
    readings = _readings(task, items)
    boxes = [box for reading in readings for box in reading.boxes()]
    pages = _pages(task, boxes)
    # The last of each.
    given = Decision.objects.of_task(task).order_by("sequence")
    decisions = {decision.item_id: decision for decision in given}
    questions = [
        _question(reading, decisions.get(reading.item.pk), pages, refusal)
        for reading in readings
    ]
    first = next((q for q in questions if not q.item.decided), None)
    start = first.region.page if first and first.region else min(pages, default=1)
    open_items = [item for item in items if not item.decided]
    return Desk(
        task=task,
        why=wording.why(task, open_items or items, FieldNames.now()),
        questions=questions,
        pages=list(pages.values()),
        words=_words(task),
        shown=page if page in pages else start,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands for an item now, and what else the machine read."""

    item: ReviewItem
    claim: Claim | None
    candidates: list[Candidate]
    look: str

    def boxes(self) -> list[Box]:
        """The standing value's box, and those of the candidates under "slot#key"."""
        places = [(self.item.slot, self.look, self.claim and self.claim.region)]
        places += [
            (f"{self.item.slot}#{candidate.key}", "candidate", candidate.place)
            for candidate in self.candidates
        ]
        return [
            Box(slot=slot, page=region.page, bbox=region.bbox, look=look)
            for slot, look, region in places
            if region
        ]


def _readings(task: ReviewTask, items: Iterable[ReviewItem]) -> list[Reading]:
    fields = live_fields(task.generation)
    standing = {artifact.slot: artifact for artifact in fields}
    readings = []
    for item in items:
        artifact = standing.get(item.slot)
        claim, machine = _claim(artifact), _claim(item.artifact)
        human = artifact is not None and artifact.origin == Origin.HUMAN
        look = "human" if human else str(claim.status) if claim else ""
        readings.append(Reading(item, claim, candidates_of(machine, claim), look))
    return readings


def _claim(artifact: DerivedArtifact | None) -> Claim | None:
    return next(iter(triage.claims_of([artifact] if artifact else [])), None)


def _pages(task: ReviewTask, boxes: Sequence[Box]) -> dict[int, Page]:
    """Every page picture, in its true shape if it is the first or has boxes."""
    needed = {1, *(box.page for box in boxes)}
    generation = task.generation
    return {
        number: citations.page_of(
            image,
            citations.words_on(generation, number) if number in needed else None,
            boxes,
        )
        for number, image in citations.page_images(generation).items()
    }


def _words(task: ReviewTask) -> dict[int, DerivedArtifact]:
    read = DerivedArtifact.objects.filter(generation=task.generation).of_kind(Kind.OCR)
    return {
        citations.page_number(artifact.slot): artifact
        for artifact in read.only("artifact_id", "slot")
    }


def _question(
    reading: Reading,
    decision: Decision | None,
    pages: Mapping[int, Page],
    refusal: Refusal | None,
) -> Question:
    item, claim = reading.item, reading.claim
    refused = refusal if refusal and refusal.slot == item.slot else None
    region = claim.region if claim else None
    return Question(
        item=item,
        reason=item.reason,
        value=claim.value if claim else "",
        nothing=wording.nothing(claim.reason if claim else ""),
        raw=claim.raw if claim else "",
        region=region,
        crop=crop_of(region, pages),
        candidates=reading.candidates,
        decision=decision,
        decision_id=new_id(),
        seen=decision.sequence if decision else 0,
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


def crop_of(region: Region | None, pages: Mapping[int, Page]) -> Crop | None:
    """The box with room around it, kept on the page; None without a page to cut."""
    page = pages.get(region.page) if region else None
    if region is None or page is None:
        return None
    box = region.bbox
    high = max(box.height * page.height, page.height * 0.006)
    height = min(high * (1 + 2 * ROOM_ABOVE), page.height)
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
    )


def _inside(start: float, length: float, space: float) -> float:
    return min(max(start, 0.0), max(space - length, 0.0))


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


def progress(decision: Decision, *, done: bool, following: str) -> dict[str, Any]:
    """What a script needs to go on after an answer that is stored.

    following: the URL to go to when the task is done.
    """
    return {
        "slot": decision.item.slot,
        "decision_id": str(decision.pk),
        "seen": decision.sequence,
        "verdict": decision.verdict,
        "verdict_text": wording.DECIDED[decision.verdict],
        "value": answers.value_of(decision.artifact),
        "done": done,
        "following": following,
    }


def pictures_of(task: ReviewTask) -> list[DerivedArtifact]:
    """The pictures that its page will show first, for a page that fetches them early:
    those of the first page and of the pages on which its open fields stand.
    """
    images = citations.page_images(task.generation)
    items = task.items.filter(decided=False).select_related("artifact")
    regions = [item.artifact.region for item in items if item.artifact]
    pages = {1, *(int(region["page"]) for region in regions if region)}
    return [images[page] for page in sorted(pages) if page in images][:MOST_PICTURES]
