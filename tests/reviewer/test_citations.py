from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from catalog.models import DerivedArtifact
from catalog.regions import BoundingBox
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.words import PageWords
from reviewer.citations import (
    Box,
    box_of,
    page_images,
    page_number,
    page_of,
    region_box,
)
from reviewer.names import FieldNames
from tests.factories import make_source, make_tenant


@pytest.mark.parametrize(
    ("slot", "page"),
    [("page=3", 3), ("page=3 upright", 3), ("page=x", 0), ("total", 0), ("page=", 0)],
)
def test_page_numbers_come_from_slots(slot: str, page: int) -> None:
    assert page_number(slot) == page


def test_a_box_looks_as_its_status_says_and_human_as_such() -> None:
    region = {"page": 2, "bbox": [0.1, 0.2, 0.3, 0.4]}
    payload = {"value": "9.90", "status": "conflict"}
    machine = DerivedArtifact(slot="total", region=region, payload=payload)
    human = DerivedArtifact(
        slot="total", region=region, payload=payload, origin="human"
    )
    box = box_of(machine)
    assert box == Box("total", 2, BoundingBox(0.1, 0.2, 0.3, 0.4), "conflict", "9.90")
    assert (found := box_of(human)) is not None
    assert found.look == "human"


def test_a_value_without_a_place_has_no_box() -> None:
    assert region_box(None, slot="total") is None


def test_a_page_keeps_only_its_own_boxes_and_its_shape() -> None:
    words = PageWords(page=2, width=595.2, height=841.9, words=(), origin="none")
    boxes = [Box("a", 1, BoundingBox(0, 0, 1, 1)), Box("b", 2, BoundingBox(0, 0, 1, 1))]
    page = page_of(DerivedArtifact(slot="page=2"), words, boxes)
    assert [box.slot for box in page.boxes] == ["b"]
    assert (page.width, page.height) == (595, 842)


def test_the_overlay_is_drawn_in_fractions_and_escaped() -> None:
    box = Box("total", 1, BoundingBox(0.25, 0.5, 0.5, 0.75), "conflict", "<script>")
    names = FieldNames({"receipt": {"total": "To <pay>"}})
    context = {"boxes": [box], "field_names": names, "document_type": "receipt"}
    svg = render_to_string("_citation.svg", context)
    assert 'x="0.24800" y="0.49800" width="0.25400" height="0.25400"' in svg
    assert 'class="is-conflict"' in svg
    assert "<title>To &lt;pay&gt;: &lt;script&gt;</title>" in svg
    assert "<script>" not in svg


@pytest.mark.django_db
def test_a_page_that_was_set_upright_is_shown_so() -> None:
    slots = ("page=1", "page=1 upright", "page=2")
    generation = store_generation(
        source=make_source(make_tenant()),
        reading=Reading(
            pipeline_name="doc-extract",
            pipeline_version="1.0.0",
            complete=True,
            disposition="human_review",
            reason="low_confidence",
            artifacts=[
                NewArtifact("page_image", slot, "ocr", payload={"slot": slot})
                for slot in slots
            ],
        ),
    )
    found = {number: image.slot for number, image in page_images(generation).items()}
    assert found == {1: "page=1 upright", 2: "page=2"}
