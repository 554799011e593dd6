"""Receipts: company, date, address and total from drawn words."""

from __future__ import annotations

import pytest

from tests.pipeline.extract_pages import (
    RECEIPT_LINES,
    Cell,
    claimed,
    extracted,
    page_of,
    value_of,
)


def test_a_receipt_is_told_by_its_words_and_its_fields_are_found() -> None:
    found = extracted([page_of(RECEIPT_LINES, origin="ocr")])
    assert found.document_type == "receipt"
    assert value_of(found, "company") == "MERANTI BOOK HOUSE SDN BHD"
    assert value_of(found, "date") == "2018-03-07"
    assert value_of(found, "total") == "21.80"
    address = claimed(found, "address").value
    assert address.startswith("NO. 12, JALAN KENANGA 3")
    assert address.endswith("SELANGOR.")


def test_critical_fields_are_marked_and_have_regions() -> None:
    found = extracted([page_of(RECEIPT_LINES, origin="ocr")])
    for slot in ("company", "date", "total"):
        assert claimed(found, slot).critical
        assert claimed(found, slot).region is not None
    assert not claimed(found, "address").critical


def test_words_that_were_read_badly_lower_the_confidence() -> None:
    sure = extracted([page_of(RECEIPT_LINES, origin="ocr")])
    unsure = extracted([page_of(RECEIPT_LINES, origin="ocr", confidence=0.9)])
    for slot in ("company", "date", "total"):
        assert claimed(unsure, slot).confidence < claimed(sure, slot).confidence - 0.2


def test_the_total_keeps_other_amounts_as_candidates() -> None:
    total = claimed(extracted([page_of(RECEIPT_LINES)]), "total")
    values = [candidate.value for candidate in total.candidates]
    assert "21.82" in values
    assert len(values) <= 3
    assert all(candidate.region is not None for candidate in total.candidates)


def test_a_total_that_the_payment_confirms_beats_a_better_label() -> None:
    lines: list[str | list[Cell]] = [
        "CORNER CAFE",
        "8, JALAN BESAR, 10300 PENANG",
        "TAX INVOICE",
        [(0.1, "TOTAL (EXCL. GST)"), (0.6, "10.00")],
        [(0.1, "TOTAL"), (0.6, "10.60")],
        [(0.1, "CASH"), (0.6, "20.00")],
        [(0.1, "CHANGE"), (0.6, "9.40")],
        "THANK YOU",
    ]
    assert value_of(extracted([page_of(lines)]), "total") == "10.60"


@pytest.mark.parametrize(
    "name",
    [
        ["LANGIT HARDWARE", "ENTERPRISE (KAJANG", "PERDANA) SDN BHD"],
        ["LANGIT HARDWARE ENTERPRISE (KAJANG PERDANA)", "SDN BHD"],
    ],
)
def test_a_name_broken_over_lines_is_joined(name: list[str]) -> None:
    found = extracted([page_of([*name, *RECEIPT_LINES[1:]])])
    assert value_of(found, "company") == " ".join(name)


def test_a_person_above_the_company_is_not_the_company() -> None:
    found = extracted([page_of(["LIM AH KOW", *RECEIPT_LINES])])
    assert value_of(found, "company") == "MERANTI BOOK HOUSE SDN BHD"


def test_a_document_of_no_known_type_makes_no_claims() -> None:
    found = extracted([page_of(["Dear Anna,", "see you on Sunday.", "Yours, Ben"])])
    assert found.document_type == ""
    assert found.claims == ()
    assert found.type_confidence < 0.5


def test_a_document_without_words_makes_no_claims() -> None:
    assert extracted([page_of([])]).document_type == ""
    assert extracted([]).document_type == ""
