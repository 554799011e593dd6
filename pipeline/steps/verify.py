"""The verify step: checks every claim and makes the field and table artifacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.regions import BoundingBox, Region
from pipeline.claims import LINE_COLUMNS, LINE_SLOT, Claim, ClaimStatus, Extraction
from pipeline.extracting.verify import verify
from pipeline.steps.base import Determinism, Outcome, Output, StepInput, StepResult
from pipeline.steps.document import (
    DOCUMENT,
    extraction_of,
    layout_of,
    pages_of,
    spec_of,
)

INPUTS = (("grounding", DOCUMENT),)
# What "today" is: the day on which the original came in, or that of the run (before
# 1.1.0), so that a date in the future may have stopped being one.
DEFAULTS: Mapping[str, str] = {"today": "received"}


class VerifyStep:
    name = "verify"
    version = "1.1.0"
    reads: tuple[str, ...] = ("grounding", "ocr", "layout")
    reads_types = True
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        """One field output a claim, and a table output if there are lines."""
        by_the_clock = {**DEFAULTS, **given.params}["today"] == "run"
        extraction = extraction_of(given, "grounding")
        spec = spec_of(given, extraction)
        if spec is not None:
            extraction = verify(
                extraction,
                pages_of(given),
                layout_of(given),
                spec,
                today=None if by_the_clock else given.source.received_on,
            )
        statuses = Counter(claim.status for claim in extraction.claims)
        conflicts = [
            claim for claim in extraction.claims if claim.status is ClaimStatus.CONFLICT
        ]
        conflicts.sort(key=lambda claim: not claim.critical)
        return StepResult(
            outcome=Outcome.CONFLICT if conflicts else Outcome.OK,
            outputs=tuple(outputs_of(extraction)),
            reason=conflicts[0].reason if conflicts else "",
            quality={status.value: statuses[status] for status in ClaimStatus},
            detail=detail_of(conflicts),
            repeatable=not by_the_clock,
        )


def detail_of(conflicts: Sequence[Claim]) -> dict[str, Any]:
    """The first field in conflict, critical ones before others, and all of them."""
    if not conflicts:
        return {}
    reasons = {claim.slot: claim.reason for claim in conflicts}
    return {"field": conflicts[0].slot, "conflicts": reasons}


def outputs_of(extraction: Extraction) -> Iterator[Output]:
    for claim in extraction.claims:
        payload = claim.as_json()
        del payload["region"]
        yield Output(
            kind="field",
            slot=claim.slot,
            payload=payload,
            region=claim.region,
            inputs=INPUTS,
        )
    table = table_of(extraction)
    if table["rows"]:
        yield Output(
            kind="table",
            slot="lines",
            payload=table,
            region=table_region(extraction),
            inputs=INPUTS,
        )


def table_of(extraction: Extraction) -> dict[str, Any]:
    """The line items as rows of plain values; an empty text where there is none."""
    rows: dict[int, dict[str, str]] = {}
    for claim, number, column in line_cells(extraction):
        rows.setdefault(number, dict.fromkeys(LINE_COLUMNS, ""))[column] = claim.value
    return {"rows": [rows[number] for number in sorted(rows)]}


def table_region(extraction: Extraction) -> Region | None:
    """Around all cells of the first page that the table is on."""
    regions = [claim.region for claim, _, _ in line_cells(extraction) if claim.region]
    if not regions:
        return None
    page = min(region.page for region in regions)
    boxes = [region.bbox for region in regions if region.page == page]
    return Region(page, BoundingBox.around(boxes))


def line_cells(extraction: Extraction) -> Iterator[tuple[Claim, int, str]]:
    for claim in extraction.claims:
        match = LINE_SLOT.fullmatch(claim.slot)
        if match:
            yield claim, int(match["number"]), match["column"]
