"""Verification: what the checks say of claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.claims import Claim, ClaimStatus, Extraction, ValueType
from pipeline.definitions.document_types import BUILT_IN
from pipeline.extracting.grounding import ground
from pipeline.extracting.reasons import REASON_TEXT, VerifyReason
from pipeline.extracting.verify import verify
from pipeline.layout.analyse import analyse
from tests.pipeline.extract_pages import (
    INVOICE_LINES,
    RECEIPT_LINES,
    Cell,
    claimed,
    extracted,
    page_of,
)

TODAY = date(2020, 1, 1)
Lines = list[str | tuple[Cell, ...]]


def verified(lines: Lines, *extra: Claim, today: date = TODAY) -> Extraction:
    pages = [page_of(lines)]
    extraction = ground(extracted(pages), pages).extraction
    extraction = replace(extraction, claims=(*extraction.claims, *extra))
    spec = next(s for s in BUILT_IN if s.name == extraction.document_type)
    return verify(extraction, pages, analyse(pages), spec, today=today)


def exchanged(lines: tuple[str | tuple[Cell, ...], ...], old: str, new: str) -> Lines:
    """The lines with one text put for another."""
    out: Lines = []
    for line in lines:
        if isinstance(line, str):
            out.append(line.replace(old, new))
        else:
            out.append(tuple((left, text.replace(old, new)) for left, text in line))
    return out


def line_claim(slot: str, value: str) -> Claim:
    """A line's figure, put on the page where the words are (any place will do)."""
    region = claimed(extracted([page_of(INVOICE_LINES)]), "grand_total").region
    return Claim(slot, value, value, ValueType.NUMBER, 0.9, region)


def outcome(extraction: Extraction, slot: str) -> tuple[ClaimStatus, str]:
    claim = claimed(extraction, slot)
    return claim.status, claim.reason


def test_net_and_tax_that_make_the_gross_verify_tax_and_gross() -> None:
    found = verified(list(INVOICE_LINES))
    expected = (ClaimStatus.VERIFIED, VerifyReason.NET_PLUS_TAX_AGREES)
    assert outcome(found, "grand_total") == expected
    assert outcome(found, "tax_total") == expected


def test_totals_that_do_not_add_up_are_in_conflict() -> None:
    found = verified(exchanged(INVOICE_LINES, "1.438,12", "1.483,12"))
    assert outcome(found, "grand_total") == (
        ClaimStatus.CONFLICT,
        VerifyReason.NET_PLUS_TAX_DIFFERS,
    )
    assert claimed(found, "grand_total").confidence < 0.5


def test_paid_less_change_verifies_a_receipts_total() -> None:
    assert outcome(verified(list(RECEIPT_LINES)), "total") == (
        ClaimStatus.VERIFIED,
        VerifyReason.PAID_LESS_CHANGE_AGREES,
    )


def test_a_total_that_was_not_paid_is_in_conflict() -> None:
    lines = [
        line
        for line in exchanged(RECEIPT_LINES, "28.20", "18.20")
        if "ROUND" not in str(line)
    ]
    assert outcome(verified(lines), "total") == (
        ClaimStatus.CONFLICT,
        VerifyReason.PAID_LESS_CHANGE_DIFFERS,
    )


def test_a_date_in_the_future_is_in_conflict() -> None:
    found = verified(list(RECEIPT_LINES), today=date(2018, 1, 1))
    assert outcome(found, "date") == (ClaimStatus.CONFLICT, VerifyReason.DATE_IN_FUTURE)


def test_a_date_that_stands_twice_is_verified() -> None:
    found = verified([*RECEIPT_LINES, "PRINTED 07/03/2018 14:06"])
    assert outcome(found, "date") == (
        ClaimStatus.VERIFIED,
        VerifyReason.SAME_VALUE_TWICE,
    )


def test_due_before_the_invoice_date_is_a_warning() -> None:
    lines = [*INVOICE_LINES, ((0.08, "Zahlbar bis"), (0.4, "01.06.2018"))]
    found = verified(lines)
    status, reason = outcome(found, "invoice_date")
    assert status is ClaimStatus.UNVERIFIED
    assert reason == VerifyReason.DUE_BEFORE_INVOICE


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1202.70", (ClaimStatus.VERIFIED, VerifyReason.SUM_OF_LINES_AGREES)),
        ("1200.00", (ClaimStatus.CONFLICT, VerifyReason.SUM_OF_LINES_DIFFERS)),
    ],
)
def test_the_lines_add_up_to_the_net_amount(
    amount: str, expected: tuple[ClaimStatus, str]
) -> None:
    lines = (
        line_claim("lines[0].quantity", "1"),
        line_claim("lines[0].unit_price", amount),
        line_claim("lines[0].amount", amount),
    )
    assert outcome(verified(list(INVOICE_LINES), *lines), "line_total") == expected


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("2.50", (ClaimStatus.VERIFIED, VerifyReason.LINE_PRODUCT_AGREES)),
        ("2.40", (ClaimStatus.UNVERIFIED, VerifyReason.LINE_PRODUCT_DIFFERS)),
    ],
)
def test_quantity_times_price_is_the_amount(
    price: str, expected: tuple[ClaimStatus, str]
) -> None:
    lines = (
        line_claim("lines[0].quantity", "4"),
        line_claim("lines[0].unit_price", price),
        line_claim("lines[0].amount", "10.00"),
    )
    found = verified(list(INVOICE_LINES), *lines)
    assert outcome(found, "lines[0].amount") == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("DE136695976", (ClaimStatus.VERIFIED, VerifyReason.CHECK_DIGIT_VALID)),
        ("DE136695977", (ClaimStatus.UNVERIFIED, VerifyReason.CHECK_DIGIT_INVALID)),
    ],
)
def test_the_check_digit_of_a_tax_number(
    number: str, expected: tuple[ClaimStatus, str]
) -> None:
    lines = [line for line in INVOICE_LINES if "IBAN" not in str(line)]
    found = verified([*lines, f"USt-IdNr: {number}"])
    assert outcome(found, "supplier_name") == expected


@pytest.mark.parametrize(
    ("mark", "status"), [("€", ClaimStatus.VERIFIED), ("$", ClaimStatus.CONFLICT)]
)
def test_the_marks_of_all_amounts_are_of_the_currency(
    mark: str, status: ClaimStatus
) -> None:
    found = verified(exchanged(INVOICE_LINES, "1.388,12", f"1.388,12 {mark}"))
    assert outcome(found, "currency")[0] is status


def test_a_claim_without_a_region_stays_unverified() -> None:
    claim = Claim("extra", "X", "X", ValueType.TEXT, 0.2)
    assert outcome(verified(list(INVOICE_LINES), claim), "extra") == (
        ClaimStatus.UNVERIFIED,
        VerifyReason.VALUE_NOT_IN_DOCUMENT,
    )


def test_every_reason_has_words_for_people() -> None:
    assert set(REASON_TEXT) == set(VerifyReason)
    assert all(text.endswith(".") for text in REASON_TEXT.values())
