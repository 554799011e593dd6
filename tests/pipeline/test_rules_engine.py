"""The rules engine and the steps extract, ground and verify around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.claims import ClaimStatus, Extraction
from pipeline.definitions.document_types import BUILT_IN
from pipeline.engines.rules import RulesEngine
from pipeline.layout.analyse import analyse
from pipeline.layout.codec import layout_to_json
from pipeline.steps.base import (
    Outcome,
    Output,
    SourceFacts,
    StepError,
    StepInput,
    StepResult,
)
from pipeline.steps.extract import ExtractStep
from pipeline.steps.ground import GroundStep
from pipeline.steps.verify import VerifyStep
from pipeline.words import PageWords
from tests.pipeline.extract_pages import INVOICE_LINES, RECEIPT_LINES, page_of


def given(upstream: list[Output]) -> StepInput:
    return StepInput(
        source=SourceFacts("0" * 64, "application/pdf", "document", 1),
        original=Path("original"),
        workdir=Path("work"),
        params={},
        document_types=BUILT_IN,
        upstream=upstream,
        engine=lambda alias: RulesEngine(),
    )


def read(page: PageWords) -> list[Output]:
    layout = layout_to_json(analyse([page]))
    return [
        Output("ocr", f"page={page.page}", page.as_json()),
        Output("layout", "document", layout),
    ]


def run_all(page: PageWords) -> list[StepResult]:
    upstream, results = read(page), []
    for step in (ExtractStep(), GroundStep(), VerifyStep()):
        result = step.run(given(upstream))
        upstream = [*upstream, *result.outputs]
        results.append(result)
    return results


def test_the_engine_is_deterministic_and_named() -> None:
    page = page_of(RECEIPT_LINES, origin="ocr")
    one = RulesEngine().extract([page], analyse([page]), BUILT_IN)
    other = RulesEngine().extract([page], analyse([page]), BUILT_IN)
    assert one == other
    assert one.document_type == "receipt"
    assert RulesEngine().model_id.startswith("rules-")
    assert len(RulesEngine().weights_digest) == 64


def test_extract_writes_one_extraction_made_from_words_and_layout() -> None:
    result = run_all(page_of(RECEIPT_LINES, origin="ocr"))[0]
    (output,) = result.outputs
    assert (output.kind, output.slot) == ("extraction", "document")
    assert set(output.inputs) == {("ocr", "page=1"), ("layout", "document")}
    assert result.model_id.startswith("rules-")
    assert result.quality["fields_found"] == 4
    assert Extraction.from_json(output.payload or {}).document_type == "receipt"


def test_ground_counts_what_it_grounded() -> None:
    result = run_all(page_of(RECEIPT_LINES, origin="ocr"))[1]
    assert result.quality["grounded"] >= 4
    assert result.quality["ungrounded"] == 0
    assert ("extraction", "document") in result.outputs[0].inputs


def test_verify_writes_a_field_a_claim_with_its_region() -> None:
    result = run_all(page_of(INVOICE_LINES))[2]
    fields = {o.slot: o for o in result.outputs if o.kind == "field"}
    total = fields["grand_total"]
    assert total.region is not None
    assert "region" not in (total.payload or {})
    assert (total.payload or {})["status"] == ClaimStatus.VERIFIED
    assert total.inputs == (("grounding", "document"),)
    assert result.outcome is Outcome.OK
    counts: dict[str, Any] = dict(result.quality)
    assert sum(counts.values()) == len(fields)


def test_verify_writes_the_lines_as_a_table() -> None:
    result = run_all(page_of(RECEIPT_LINES, origin="ocr"))[2]
    (table,) = [output for output in result.outputs if output.kind == "table"]
    assert table.slot == "lines"
    rows = (table.payload or {})["rows"]
    assert rows[-1]["amount"] == "9.42"
    assert set(rows[0]) == {"description", "quantity", "unit_price", "amount"}
    assert table.region is not None


def test_a_conflict_is_the_outcome_and_no_value_is_in_the_event() -> None:
    lines = [
        tuple((x, t.replace("1.438,12", "1.483,12")) for x, t in line)
        if not isinstance(line, str)
        else line
        for line in INVOICE_LINES
    ]
    result = run_all(page_of(lines))[2]
    assert result.outcome is Outcome.CONFLICT
    assert result.reason == "net_plus_tax_differs"
    assert result.detail["field"] == "grand_total"
    event = json.dumps([result.quality, result.detail, result.reason])
    assert "1483" not in event
    assert "Holzbau" not in event


def test_a_page_of_no_known_type_goes_through_all_steps() -> None:
    results = run_all(page_of(["Dear Anna, see you on Sunday."]))
    assert results[2].outputs == ()
    assert results[2].outcome is Outcome.OK


def test_a_step_without_its_input_fails_with_a_reason() -> None:
    with pytest.raises(StepError) as failure:
        ExtractStep().run(given([]))
    assert failure.value.reason == "no_words"
