"""What the page of a source shows: fields beside their boxes, and how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from catalog.models import DerivedArtifact, Generation, SourceMedia
from catalog.people import Viewer
from pipeline.api.hits import lexemes_of, matching
from pipeline.claims import LINE_COLUMNS, LINE_SLOT
from pipeline.models import ProcessingEvent, Run
from reviewer import citations
from reviewer.blinding import fields_for
from reviewer.citations import Box, Page, box_of
from reviewer.source_list import standing_generations


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field artifact as a row; box is None where the value has no place."""

    artifact: DerivedArtifact
    box: Box | None
    claim: dict[str, Any]

    @property
    def name(self) -> str:
        return self.artifact.slot


@dataclass(frozen=True, slots=True)
class LineTable:
    """Line items: the columns that any line has, and their cells line by line."""

    columns: Sequence[str]
    rows: Sequence[Sequence[FieldRow | None]]


@dataclass(frozen=True, slots=True)
class StepBar:
    """A step of a run; start and share are fractions of the run's whole time."""

    name: str
    outcome: str
    reason: str
    model_id: str
    ms: int
    start: float
    share: float

    @property
    def width(self) -> float:
        """Of the bar: a step too quick to be seen still shows where it was."""
        return max(self.share, 0.004)


@dataclass(frozen=True, slots=True)
class SourcePage:
    source: SourceMedia
    generation: Generation | None
    generations: Sequence[Generation]
    run: Run | None
    page: Page | None
    numbers: Sequence[int]
    fields: Sequence[FieldRow]
    lines: LineTable
    steps: Sequence[StepBar]
    artifacts: Sequence[DerivedArtifact]

    @property
    def model_ids(self) -> list[str]:
        return list(dict.fromkeys(a.model_id for a in self.artifacts if a.model_id))


def open_page(
    *, viewer: Viewer, source: SourceMedia, wanted: dict[str, str]
) -> SourcePage:
    """wanted may name a "generation", a "page" and words "q" to show hits of.

    Raises Http404 for a generation or a page that the source does not have.
    """
    generations = list(Generation.objects.visible_to(viewer).filter(source=source))
    generation = _chosen(source, generations, wanted.get("generation", ""))
    fields = field_rows(generation, viewer) if generation else []
    boxes = [row.box for row in fields if row.box]
    images = citations.page_images(generation) if generation else {}
    run = _run(source, generation)
    return SourcePage(
        source=source,
        generation=generation,
        generations=generations,
        run=run,
        page=_page(generation, images, boxes, wanted) if generation else None,
        numbers=list(images),
        fields=[row for row in fields if not LINE_SLOT.fullmatch(row.name)],
        lines=line_table(fields),
        steps=steps_of(run) if run else [],
        artifacts=_artifacts(generation, viewer) if generation else [],
    )


def _chosen(
    source: SourceMedia, generations: Sequence[Generation], wanted: str
) -> Generation | None:
    if wanted:
        found = next((g for g in generations if str(g.pk) == wanted), None)
        if found is None:
            raise Http404
        return found
    standing = standing_generations(source).first()
    return next((g for g in generations if standing and g.pk == standing["pk"]), None)


def _run(source: SourceMedia, generation: Generation | None) -> Run | None:
    """The generation's run; without one, the newest."""
    runs = Run.objects.filter(source=source).select_related(
        "pipeline_version", "source"
    )
    if generation is not None:
        return runs.filter(generation=generation).first()
    return runs.first()


def _page(
    generation: Generation,
    images: dict[int, DerivedArtifact],
    boxes: Iterable[Box],
    wanted: dict[str, str],
) -> Page | None:
    if not images:
        return None
    number = wanted.get("page", "") or str(next(iter(images)))
    image = images.get(int(number)) if number.isdecimal() else None
    if image is None:
        raise Http404
    words = citations.words_on(generation, int(number))
    query = wanted.get("q", "")
    hits = [
        Box(slot="", page=int(number), bbox=word.bbox, look="hit")
        for word in (matching(words, lexemes_of(query)) if query else ())
    ]
    return citations.page_of(image, words, [*hits, *boxes])


def field_rows(generation: Generation, viewer: Viewer) -> list[FieldRow]:
    fields = fields_for(viewer, generation)
    return [FieldRow(one, box_of(one), one.payload or {}) for one in fields]


def line_table(fields: Iterable[FieldRow]) -> LineTable:
    cells: dict[int, dict[str, FieldRow]] = {}
    for field in fields:
        if cell := LINE_SLOT.fullmatch(field.name):
            cells.setdefault(int(cell["number"]), {})[cell["column"]] = field
    columns = [c for c in LINE_COLUMNS if any(c in line for line in cells.values())]
    rows = [
        [cells[number].get(column) for column in columns] for number in sorted(cells)
    ]
    return LineTable(columns, rows)


def steps_of(run: Run) -> list[StepBar]:
    """From the run's event; none where events of that month were cleared away."""
    event = ProcessingEvent.objects.of_run(run)
    if event is None:
        return []
    total = max(event.total_ms, 1)
    bars, start = [], 0
    for step in event.payload["steps"]:
        bars.append(
            StepBar(
                name=step["step"],
                outcome=step["outcome"],
                reason=step.get("reason", ""),
                model_id=step.get("model_id", ""),
                ms=step["ms"],
                start=start / total,
                share=step["ms"] / total,
            )
        )
        start += step["ms"]
    return bars


def _artifacts(generation: Generation, viewer: Viewer) -> list[DerivedArtifact]:
    made = DerivedArtifact.objects.visible_to(viewer).filter(generation=generation)
    made = made.select_related("generation").defer("payload")
    return list(made.order_by("artifact_id"))
