"""Who sent an invoice that has no label for its supplier."""

from __future__ import annotations

import pytest

from pipeline.extracting.acceptance import REQUIRED_CONFIDENCE
from tests.pipeline.extract_pages import Cell, claimed, extracted, page_of, value_of

Lines = list[str | tuple[Cell, ...]]
BODY: Lines = [
    "",
    "Invoice",
    ((0.08, "Bill to"), (0.6, "Invoice no."), (0.8, "A-2041")),
    ((0.08, "Plumtree Dairy Ltd"), (0.6, "Invoice date"), (0.8, "4 May 2026")),
    "12 Orchard Row",
    "Wexcombe ZQ1 4PL",
    "",
    ((0.6, "Subtotal"), (0.8, "100.00")),
    ((0.6, "VAT 20%"), (0.8, "20.00")),
    ((0.6, "Total due"), (0.8, "£120.00")),
]
HEAD: Lines = [
    "Marsh and Fell Joinery",
    "3 Kiln Steps, Wexcombe ZQ1 6DW",
    "Tel. 01632 960 999 · shop@marshandfell.example",
    "VAT no. GB 999 0001 01",
]


def test_the_name_above_the_contact_lines_is_the_suppliers() -> None:
    found = claimed(extracted([page_of([*HEAD, *BODY])]), "supplier_name")
    assert found.value == "Marsh and Fell Joinery"
    assert found.confidence >= REQUIRED_CONFIDENCE


def test_a_name_under_a_buyers_label_is_never_the_suppliers() -> None:
    found = extracted([page_of(BODY)])
    assert value_of(found, "buyer_name") == "Plumtree Dairy Ltd"
    assert value_of(found, "supplier_name") is None


@pytest.mark.parametrize(
    "line", ["Tel. 01632 1 · fax 02 · 12345 Wexcombe", "IBAN 12 · BIC A · 12345 Town"]
)
def test_a_line_of_numbers_is_no_name(line: str) -> None:
    assert value_of(extracted([page_of([line, *BODY])]), "supplier_name") is None


def test_a_company_in_letterhead_and_footer_is_sure() -> None:
    lines = ["Oakhill Tools Ltd", *BODY, "", "Oakhill Tools Ltd · Unit 4, Wexcombe"]
    found = claimed(extracted([page_of(lines)]), "supplier_name")
    assert found.value == "Oakhill Tools Ltd"
    assert found.confidence >= REQUIRED_CONFIDENCE


def test_an_account_of_somebody_else_makes_the_sender_less_sure() -> None:
    lines = [*HEAD, *BODY, "Account holder: Quentin Harker"]
    found = claimed(extracted([page_of(lines)]), "supplier_name")
    assert found.value == "Marsh and Fell Joinery"
    assert found.confidence < REQUIRED_CONFIDENCE


def test_the_name_above_a_delivery_address_is_not_the_suppliers() -> None:
    lines = [*HEAD, "", "Ship to", "Petrel Stores Ltd", "Tel. 01632 960 111", *BODY]
    found = extracted([page_of(lines)])
    assert value_of(found, "supplier_name") == "Marsh and Fell Joinery"


def test_a_buyer_without_a_label_is_found_by_its_address() -> None:
    lines = [*HEAD, "", "Plumtree Dairy Ltd", "12 Orchard Row", "Wexcombe ZQ1 4PL"]
    found = extracted([page_of([*lines, "", "Invoice no. A-2041", *BODY[7:]])])
    assert value_of(found, "buyer_name") == "Plumtree Dairy Ltd"
    assert value_of(found, "supplier_name") == "Marsh and Fell Joinery"
