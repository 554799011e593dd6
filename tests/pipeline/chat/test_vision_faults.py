"""What a service that sees pictures does wrong, and what becomes of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pytest_django import Settings

from catalog import blobs
from catalog.models import SourceMedia
from catalog.services import erase
from pipeline.models import (
    ModelEntry,
    PipelineVersion,
    Run,
)
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source
from tests.pipeline.chat.helped import extract_of, payloads
from tests.pipeline.chat_server import INVENTED, ChatServer
from tests.pipeline.memo_readings import (
    generation_of,
    read,
)
from tests.pipeline.vision import (
    engines_with,
    fields,
    value_of,
    vision_version,
)

pytestmark = pytest.mark.django_db


def test_a_value_that_stands_nowhere_goes_to_people(
    source: SourceMedia, version: PipelineVersion, server: ChatServer
) -> None:
    server.tell(faults=["hallucinated"] * 3)
    run = read(source, version)
    supplier = fields(generation_of(run))["supplier_name"]
    assert value_of(supplier) == INVENTED
    assert supplier.region is None
    assert supplier.payload is not None
    assert supplier.payload["confidence"] < 0.1
    assert run.disposition == "human_review"


@pytest.mark.parametrize("fault", ["hallucinated", "hallucinated_amounts"])
def test_amounts_and_cells_that_stand_nowhere_go_to_people(
    source: SourceMedia, version: PipelineVersion, server: ChatServer, fault: str
) -> None:
    right = fields(generation_of(read(source, version)))
    server.tell(faults=[fault] * 6)
    other = vision_version(version, "2.0.1", prompt="Read closely.")
    run = read(source, other)
    found = fields(generation_of(run))
    assert run.disposition == "human_review"
    amounts = ["line_total", "tax_total", "grand_total"]
    columns = ["quantity", "unit_price", "amount"]
    cells = [f"lines[{row}].{column}" for row in (0, 1) for column in columns]
    for slot in [*amounts, *cells]:
        claim = found[slot]
        # As printed it stands somewhere; what was made up has no place, and says so.
        assert right[slot].region is not None, slot
        assert value_of(claim) != value_of(right[slot]), slot
        assert claim.region is None, slot
        assert claim.payload is not None
        assert claim.payload["confidence"] < 0.1, slot


def test_boxes_that_are_wrong_move_nothing_off_the_words(
    source: SourceMedia, version: PipelineVersion, server: ChatServer
) -> None:
    right = fields(generation_of(read(source, version)))
    server.tell(faults=["wrong_boxes"] * 3)
    other = vision_version(version, "2.0.1", prompt="Read closely.")
    wrong = fields(generation_of(read(source, other)))
    for slot in ("grand_total", "invoice_number"):
        assert wrong[slot].region == right[slot].region


@pytest.mark.parametrize("fault", ["cut_off", "no_json", "wrong_schema"])
def test_an_answer_of_the_wrong_shape_is_asked_for_once_more(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    fault: str,
    tmp_path: Any,
) -> None:
    server.tell(faults=[fault])
    generation = generation_of(read(source, version))
    assert value_of(fields(generation)["grand_total"]) == "120.00"
    answers = payloads(generation, "model_answer", tmp_path)
    assert [answer["usable"] for answer in answers].count(False) == 1
    assert len(answers) == len(server.seen()) == 4


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (["cut_off"] * 6, "answer_cut_off"),
        (["wrong_schema"] * 6, "answer_of_wrong_shape"),
        (["refusal"] * 3, "answer_not_given"),
        (["unauthorized"] * 3, "service_refused"),
    ],
)
def test_what_asking_again_does_not_help_ends_the_run(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    priced: ModelEntry,
    faults: list[str],
    reason: str,
) -> None:
    server.tell(faults=faults)
    run = read(source, version)
    assert (run.state, run.disposition, run.reason) == ("finished", "rejected", reason)
    generation = generation_of(run)
    # What was paid for is kept, and in the bill.
    answered = reason != "service_refused"
    assert generation.artifacts.filter(kind="model_answer").exists() == answered
    assert (extract_of(run)["cost_usd"] > 0) == answered
    assert not generation.artifacts.filter(kind="extraction").exists()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("error", "service_unavailable"),
        ("slow", "service_too_slow"),
        ("dripping", "service_too_slow"),
        ("broken_off", "service_unavailable"),
        ("busy", "service_busy"),
        ("no_json_body", "answer_unreadable"),
        ("huge", "answer_unreadable"),
    ],
)
def test_trouble_that_may_pass_puts_the_run_back(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    settings: Settings,
    fault: str,
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.ENGINES = engines_with(server, seconds=0.5, retries=0, in_flight=1)
    server.tell(faults=[fault] * 3)
    with caplog.at_level(logging.WARNING):
        run = read(source, version)
    assert run.state == Run.State.QUEUED
    assert reason in caplog.text
    assert "secret-key" not in caplog.text


@pytest.mark.parametrize("fault", ["error", "broken_off", "busy"])
def test_a_passing_trouble_is_waited_out(
    source: SourceMedia, version: PipelineVersion, server: ChatServer, fault: str
) -> None:
    server.tell(faults=[fault])
    run = read(source, version)
    assert run.state == Run.State.FINISHED
    seen = server.seen()
    assert len(seen) == 4
    if fault == "busy":
        assert seen[-1]["at"] - seen[0]["at"] >= 1, "as Retry-After said"


def test_parts_are_asked_for_side_by_side(
    source: SourceMedia, version: PipelineVersion, server: ChatServer
) -> None:
    server.tell(delay=0.3)
    read(source, version)
    assert max(one["in_flight"] for one in server.seen()) == 3


def test_no_log_holds_a_document_or_a_key(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.tell(faults=["error", "unauthorized"])
    # A command that ran before may have made the room's own logger quiet.
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "pipeline"):
        read(source, version)
    assert "service_refused" in caplog.text
    for said in ("Tidewater", "120.00", "data:image", "secret-key", server.url):
        assert said not in caplog.text


def test_answers_go_with_their_document(
    source: SourceMedia, version: PipelineVersion
) -> None:
    generation = generation_of(read(source, version))
    kept = list(generation.artifacts.filter(kind="model_answer"))
    # Small ones stand in the row, larger ones among the blobs: both have to go.
    stored = [a.payload_hash for a in kept if a.payload_uri != "inline"]
    assert kept
    erase(source=source, basis="request")
    for artifact in generation.artifacts.filter(kind="model_answer"):
        assert artifact.payload is None
    assert not any(blobs.exists(content_hash) for content_hash in stored)


def test_a_budget_is_kept(
    source: SourceMedia, server: ChatServer, priced: ModelEntry
) -> None:
    base = ensure_built_in()
    poor = vision_version(base, "2.0.0", most_tokens=100)
    assert read(source, poor).reason == "budget_spent"
    cheap = vision_version(base, "2.0.1", most_micro_usd=10)
    assert read(source, cheap).reason == "budget_spent"
    assert server.seen() == []


def test_without_a_table_whole_pages_are_shown(
    version: PipelineVersion, server: ChatServer
) -> None:
    texts = (
        (60, 60, "Corner Shop"),
        (60, 80, "RECEIPT"),
        (60, 100, "Date: 12 March 2026"),
        (60, 120, "Cash receipt, thank you"),
        (60, 140, "Total 21.20"),
    )
    values = {"company": "Corner Shop", "date": "12 March 2026", "total": "21.20"}
    server.tell(truth={"document_type": "receipt", "fields": values, "lines": []})
    generation = generation_of(read(make_source(data=pdf_of(texts)), version))
    assert generation.document_type == "receipt"
    assert value_of(fields(generation)["total"]) == "21.20"
    (seen,) = server.seen()
    assert seen["size"][1] > seen["size"][0]


def test_a_type_that_words_do_not_tell_is_asked_for(
    version: PipelineVersion, server: ChatServer
) -> None:
    texts = ((60, 60, "Corner Shop"), (60, 140, "21.20"))
    values = {"company": "Corner Shop", "total": "21.20"}
    server.tell(truth={"document_type": "receipt", "fields": values, "lines": []})
    run = read(make_source(data=pdf_of(texts)), version)
    assert generation_of(run).document_type == "receipt"
    assert server.seen()[0]["asked"] == ["document_type"]
