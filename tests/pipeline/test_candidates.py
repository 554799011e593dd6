"""Candidates beside labels: the rule that serves fields which admins add."""

from __future__ import annotations

import pytest

from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType
from pipeline.extracting.context import Context
from pipeline.extracting.labels import LabelIndex
from pipeline.extracting.view import view_of
from pipeline.layout.analyse import analyse
from pipeline.words import WordOrigin
from tests.pipeline.extract_pages import Cell, page_of

ORDER = FieldSpec("po_number", ValueType.ID, ("PO number", "Order no"))
DUE = FieldSpec("due", ValueType.DATE, ("due date",), hints={"not": ("date",)})


def context_of(lines: list[str | list[Cell]], *fields: FieldSpec) -> Context:
    pages = [page_of(lines)]
    return Context(view_of(pages, analyse(pages)), DocumentTypeSpec("x", (), fields))


@pytest.mark.parametrize(
    "lines",
    [
        ["Order no: A-4711"],
        [[(0.1, "PO number"), (0.5, "A-4711")]],
        [[(0.1, "PO number"), (0.5, "Terms")], [(0.1, "A-4711"), (0.5, "30 days")]],
        ["P O  num ber : A-4711"],
    ],
)
def test_a_value_is_found_after_right_of_and_below_its_label(
    lines: list[str | list[Cell]],
) -> None:
    found = context_of(lines, ORDER).neighbourhood.candidates(ORDER)
    assert found[0].value == "A-4711"


def test_a_pattern_decides_which_identifier_counts() -> None:
    field = FieldSpec("ref", ValueType.ID, ("Ref",), hints={"pattern": r"R\d{4}"})
    context = context_of(["Ref: 12-77 R1234"], field)
    values = [c.value for c in context.neighbourhood.candidates(field)]
    assert values == ["R1234"]


def test_the_longer_of_two_overlapping_labels_counts() -> None:
    context = context_of(["Date: 01.02.2020", "Due date: 03.04.2020"], DUE)
    found = context.neighbourhood.candidates(DUE)
    assert [c.value for c in found] == ["2020-04-03"]


@pytest.mark.parametrize(("origin", "hits"), [("ocr", 1), ("embedded", 0)])
def test_a_label_with_a_wrong_letter_is_found_only_in_scans(
    origin: WordOrigin, hits: int
) -> None:
    pages = [page_of(["PO numbcr: A-4711"], origin=origin)]
    view = view_of(pages, analyse(pages))
    index = LabelIndex(DocumentTypeSpec("x", (), (ORDER,)))
    assert len(index.hits(view)) == hits


def test_segments_part_where_the_gap_is_wide() -> None:
    pages = [page_of([[(0.1, "Net amount"), (0.6, "12.00 EUR")]])]
    (row,) = view_of(pages, analyse(pages)).rows
    assert [segment.text for segment in row.segments] == ["Net amount", "12.00 EUR"]
