"""The layout step and the layout's JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.layout.analyse import analyse
from pipeline.layout.codec import layout_from_json, layout_to_json
from pipeline.layout.template_steps import stepped_template_of
from pipeline.steps.base import Output, SourceFacts, StepError, StepInput
from pipeline.steps.layout import LayoutStep
from pipeline.steps.registry import latest_versions, step_named
from tests.pipeline.layout_pages import invoice_page, page_of

ITEMS = [("Hammer", "2", "12,00", "24,00"), ("Nägel", "10", "0,30", "3,00")]


def given(*outputs: Output) -> StepInput:
    def no_engine(name: str) -> object:
        raise LookupError(name)

    return StepInput(
        source=SourceFacts("0" * 64, "application/pdf", "document", 1),
        original=Path("none"),
        workdir=Path("none"),
        params={},
        document_types=(),
        upstream=outputs,
        engine=no_engine,
    )


def test_a_layout_comes_back_from_json_as_it_was() -> None:
    layout = analyse([invoice_page(ITEMS)])
    text = json.dumps(layout_to_json(layout))
    again = layout_from_json(json.loads(text))
    assert json.dumps(layout_to_json(again)) == text
    assert again.template_key == layout.template_key
    assert again.pages[0].tables[0].rows == layout.pages[0].tables[0].rows
    assert [line.text for line in again.pages[0].lines] == [
        line.text for line in layout.pages[0].lines
    ]


def test_the_step_makes_one_layout_of_all_pages() -> None:
    second = page_of([[(0.1, "Seite 2")]], number=2)
    result = LayoutStep().run(
        given(
            Output("ocr", "page=2", second.as_json()),
            Output("ocr", "page=1", invoice_page(ITEMS).as_json()),
        )
    )
    (output,) = result.outputs
    assert (output.kind, output.slot) == ("layout", "document")
    assert output.inputs == (("ocr", "page=2"), ("ocr", "page=1"))
    assert output.payload is not None
    assert [page.page for page in layout_from_json(output.payload).pages] == [1, 2]
    assert result.quality["pages"] == 2
    assert result.quality["tables"] == 1
    assert result.detail == {"template_key": output.payload["template_key"]}


def test_a_document_without_words_has_an_empty_layout() -> None:
    result = LayoutStep().run(given(Output("ocr", "page=1", page_of([]).as_json())))
    assert result.quality["lines"] == 0
    assert result.quality["tables"] == 0


def test_words_that_cannot_be_read_fail_the_step() -> None:
    with pytest.raises(StepError) as caught:
        LayoutStep().run(given(Output("ocr", "page=1", {"page": "x"})))
    assert caught.value.reason == "bad_words"


def test_an_earlier_version_makes_its_own_key() -> None:
    page = Output("ocr", "page=1", invoice_page(ITEMS).as_json())
    keys = [
        step_named("layout", version).run(given(page)).detail["template_key"]
        for version in ("1.0.0", latest_versions()["layout"])
    ]
    assert keys[0] == analyse([invoice_page(ITEMS)], stepped_template_of).template_key
    assert keys[1] == analyse([invoice_page(ITEMS)]).template_key != keys[0]
