"""A document's line items as the desk's grid shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.models import DerivedArtifact, Origin
from catalog.regions import Region
from pipeline.claims import LINE_COLUMNS, LINE_SLOT, DocumentTypeSpec
from pipeline.manifests_read import manifest_of
from pipeline.report import denies_line
from reviewer.live_checks import LINE_TYPES
from reviewer.models import ReviewTask
from reviewer.names import FieldNames
from reviewer.values import region_of, value_of

HEADS = ("Description", "Quantity", "Unit price", "Amount")
# What the lines may add up to, in the order in which it is looked at.
TOTALS = ("net_total", "gross_total", "receipt_total")


@dataclass(frozen=True, slots=True)
class Cell:
    """seen: how many answers it has."""

    slot: str
    column: str
    head: str
    value: str = ""
    region: Region | None = None
    by_person: bool = False
    contradicted: bool = False
    seen: int = 0

    @property
    def box(self) -> list[float]:
        return self.region.bbox.as_list() if self.region else []

    @property
    def value_type(self) -> str:
        return LINE_TYPES[self.column].value


@dataclass(frozen=True, slots=True)
class LineRow:
    """number counts from 0. removed: a person said that it is no line item."""

    number: int
    cells: Sequence[Cell]
    removed: bool = False


@dataclass(frozen=True, slots=True)
class LineGrid:
    """totals: JSON of [{"slot", "name", "value"}], what the lines may add up to."""

    rows: Sequence[LineRow]
    totals: str

    @property
    def heads(self) -> Sequence[str]:
        return HEADS


def grid_of(
    task: ReviewTask,
    fields: Sequence[DerivedArtifact],
    seen: Mapping[str, int],
    names: FieldNames,
) -> LineGrid | None:
    """Of a reading's live fields. None for a type that has no line items, and where a
    task asks something else than about a document's doubtful values.

    seen: by slot, how many answers there are.
    """
    if task.asks != ReviewTask.Asks.DOUBTS:
        return None
    manifest = manifest_of(task.generation)
    spec = manifest.document_type(task.document_type)
    if spec is None or not spec.line_columns:
        return None
    by_slot = {artifact.slot: artifact for artifact in fields}
    lines = [match for slot in by_slot if (match := LINE_SLOT.fullmatch(slot))]
    numbers = sorted({int(match["number"]) for match in lines})
    rows = [_row(number, by_slot, seen) for number in numbers]
    return LineGrid(rows, json.dumps(_totals(by_slot, spec, names)))


def _row(
    number: int, by_slot: Mapping[str, DerivedArtifact], seen: Mapping[str, int]
) -> LineRow:
    cells = [
        _cell(f"lines[{number}].{column}", column, head, by_slot, seen)
        for column, head in zip(LINE_COLUMNS, HEADS, strict=True)
    ]
    amount = by_slot.get(f"lines[{number}].amount")
    return LineRow(number, cells, removed=amount is not None and denies_line(amount))


def _cell(
    slot: str,
    column: str,
    head: str,
    by_slot: Mapping[str, DerivedArtifact],
    seen: Mapping[str, int],
) -> Cell:
    artifact = by_slot.get(slot)
    region = region_of(artifact)
    payload = (artifact.payload if artifact else None) or {}
    return Cell(
        slot=slot,
        column=column,
        head=head,
        value=value_of(artifact),
        region=Region.from_json(region) if region and "bbox" in region else None,
        by_person=artifact is not None and artifact.origin == Origin.HUMAN,
        contradicted=payload.get("status") == "conflict",
        seen=seen.get(slot, 0),
    )


def _totals(
    by_slot: Mapping[str, DerivedArtifact], spec: DocumentTypeSpec, names: FieldNames
) -> list[dict[str, str]]:
    roles = {field.hints.get("role"): field.name for field in spec.fields}
    return [
        {
            "slot": slot,
            "name": names.of(slot, spec.name),
            "value": value_of(by_slot.get(slot)),
        }
        for role in TOTALS
        if (slot := roles.get(role))
    ]
