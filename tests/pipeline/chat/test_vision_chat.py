"""A whole reading through a service that sees pictures, and all that it does wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import Kind, SourceMedia
from pipeline.engines.vision_chat import replay
from pipeline.layout.codec import layout_from_json
from pipeline.manifest import Manifest
from pipeline.models import (
    ModelEntry,
    PipelineVersion,
    ProcessingEvent,
    StepEvent,
)
from pipeline.versions import ensure_built_in
from pipeline.words import PageWords
from tests.documents import pdf_of
from tests.factories import make_source
from tests.pipeline.chat.helped import extract_of, payloads
from tests.pipeline.chat_server import REPORTED, ChatServer
from tests.pipeline.memo_readings import (
    generation_of,
    params_of,
    read,
    spared,
    version_with,
)
from tests.pipeline.vision import (
    MODEL,
    box_of,
    engines_with,
    fields,
    value_of,
    vision_version,
)

pytestmark = pytest.mark.django_db


def test_a_document_is_read_in_parts_and_stands_on_its_words(
    source: SourceMedia, version: PipelineVersion, server: ChatServer
) -> None:
    generation = generation_of(read(source, version))

    values = {slot: value_of(a) for slot, a in fields(generation).items()}
    assert values["grand_total"] == "120.00"
    assert values["invoice_date"] == "2026-03-12"
    assert values["supplier_name"] == "Tidewater Paper Ltd"
    assert values["lines[1].amount"] == "50.00"
    boxes = {slot: box_of(a) for slot, a in fields(generation).items()}
    # The second of two equal amounts stands on the second row.
    assert boxes["lines[1].amount"][1] > boxes["lines[0].amount"][3]
    asked = [tuple(one["asked"]) for one in server.seen()]
    assert sum("lines" in one for one in asked) == 1
    assert len(asked) == 3, "letterhead, table and totals"
    page = generation.artifacts.get(kind=Kind.PAGE_IMAGE, slot="page=1")
    assert page.payload_uri != "inline"
    assert all(one["size"][1] < one["size"][0] for one in server.seen())
    assert all(one["key"] == "Bearer secret-key" for one in server.seen())


def test_answers_are_kept_and_say_the_same_without_the_service(
    source: SourceMedia, version: PipelineVersion, server: ChatServer, tmp_path: Any
) -> None:
    generation = generation_of(read(source, version))
    asked = len(server.seen())

    kept = payloads(generation, "model_answer", tmp_path)
    answers = {f"answer={n}": answer for n, answer in enumerate(kept, start=1)}
    assert len(answers) == asked
    assert {answer["reported"] for answer in kept} == {REPORTED}
    assert kept[0]["response"]["choices"][0]["finish_reason"] == "stop"
    pages = [PageWords.from_json(p) for p in payloads(generation, "ocr", tmp_path)]
    (layout,) = payloads(generation, "layout", tmp_path)
    types = Manifest.of(version).document_types
    (extraction,) = payloads(generation, "extraction", tmp_path)
    again = replay(answers, pages, layout_from_json(layout), types)
    assert again.as_json() == extraction
    assert len(server.seen()) == asked
    made = generation.artifacts.get(kind="extraction")
    read_from = set(made.inputs.values_list("input_artifact__kind", flat=True))
    assert read_from == {"ocr", "layout", "page_image", "model_answer"}


def test_what_was_answered_is_not_asked_again(
    source: SourceMedia, version: PipelineVersion, server: ChatServer
) -> None:
    first = read(source, version)
    asked = len(server.seen())
    stricter = version_with(
        version,
        "2.0.1",
        lambda m: params_of(m, "disposition").update(type_confidence=0.9),
    )
    second = read(source, stricter)

    assert len(server.seen()) == asked
    assert "extract" in spared(second)
    assert extract_of(second)["cost_usd"] == 0
    one, other = (generation_of(run).artifacts for run in (first, second))
    hashes = [
        list(a.filter(kind="model_answer").values_list("payload_hash", flat=True))
        for a in (one, other)
    ]
    assert hashes[0] == hashes[1] != []


def test_another_prompt_asks_anew(
    source: SourceMedia, version: PipelineVersion, server: ChatServer
) -> None:
    read(source, version)
    asked = len(server.seen())
    other = vision_version(version, "2.0.1", prompt="Read closely.")
    assert "extract" not in spared(read(source, other))
    assert len(server.seen()) == 2 * asked


def test_rules_and_their_results_stay_as_they_were(
    source: SourceMedia, server: ChatServer
) -> None:
    built_in = ensure_built_in()
    read(source, built_in)
    seeing = Manifest.of(vision_version(built_in))
    assert seeing.with_engine("extract").digest == built_in.digest
    # The same steps but for the last one: nothing of what rules made is made again.
    stricter = version_with(
        built_in,
        "2.0.1",
        lambda m: params_of(m, "disposition").update(type_confidence=0.9),
    )
    assert {"extract", "ground", "verify"} <= spared(read(source, stricter))
    assert server.seen() == []


def test_the_step_that_sees_is_asked_for_only_by_engines_that_see(
    server: ChatServer,
) -> None:
    built_in = Manifest.of(ensure_built_in())
    seeing = built_in.with_engine("extract_vision")
    codes = {entry.step: (entry.version, entry.engine) for entry in seeing.steps}
    assert codes["extract"] == ("1.0.0+pictures", "extract_vision")
    assert codes["ground"] == ("1.0.0+pictures", "")
    assert set(seeing.engines) == {"ocr", "extract_vision"}
    assert seeing.params_of("extract")["prompt"]
    kept = [e for e in seeing.steps if e.step not in ("extract", "ground")]
    assert kept == [e for e in built_in.steps if e.step not in ("extract", "ground")]


def test_a_version_says_nothing_of_where_the_service_is(
    version: PipelineVersion, server: ChatServer
) -> None:
    text = json.dumps(version.manifest)
    assert "extract_vision" in text
    assert server.url not in text
    assert "secret-key" not in text


def test_tokens_and_cost_are_in_the_event(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    priced: ModelEntry,
) -> None:
    run = read(source, version)

    event = ProcessingEvent.objects.get(run_id=run.pk)
    step = StepEvent.objects.get(event_id=event.event_id, step="extract")
    figures = step.quality
    given, made = figures["input_tokens"], figures["output_tokens"]
    assert step.vision_tokens == given + made > 0
    assert step.micro_usd == -(-(given * 400_000 + made * 1_600_000) // 1_000_000)
    assert event.micro_usd == step.micro_usd
    assert figures["cost_known"] is True
    assert figures["calls"] == figures["calls_reporting_tokens"] == 3
    assert abs(figures["tokens_residual"]) < 0.1
    assert figures["formula_off"] is False


def test_a_formula_that_is_off_is_told(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    priced: ModelEntry,
) -> None:
    server.tell(usage=9000)
    figures = extract_of(read(source, version))["quality"]
    assert figures["input_tokens"] == 27_000
    assert figures["tokens_residual"] > 1
    assert figures["formula_off"] is True


def test_without_usage_the_formula_counts(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    priced: ModelEntry,
) -> None:
    server.tell(faults=["no_usage"] * 3)
    step = extract_of(read(source, version))
    assert step["quality"]["calls_reporting_tokens"] == 0
    assert step["quality"]["input_tokens"] > 3 * 85
    assert "tokens_residual" not in step["quality"]
    assert step["cost_usd"] > 0


def test_a_price_that_is_missing_is_said(
    source: SourceMedia, version: PipelineVersion
) -> None:
    step = extract_of(read(source, version))
    assert (step["cost"], step["quality"]["cost_known"]) == ("unknown", False)


def test_the_reported_model_is_registered_once(
    source: SourceMedia, version: PipelineVersion
) -> None:
    read(source, version)
    read(make_source(data=pdf_of(pages=2)), version)
    entry = ModelEntry.objects.get(model_id=MODEL, response_version=REPORTED)
    assert entry.kind == ModelEntry.Kind.REMOTE


def test_another_model_than_the_version_names_is_refused(
    source: SourceMedia, server: ChatServer, settings: Settings
) -> None:
    settings.ENGINES = engines_with(server, answers_as=REPORTED)
    version = vision_version(ensure_built_in())
    server.tell(faults=["", "other_model"])
    run = read(source, version)
    assert (run.disposition, run.reason) == ("rejected", "answer_of_another_model")
    kept = generation_of(run).artifacts.filter(kind="model_answer")
    assert kept.count() == 3, "paid for, and what shows which model it was"
