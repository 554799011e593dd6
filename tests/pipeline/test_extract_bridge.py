"""Charges, discounts and several tax rates between the net and the gross amount."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.claims import ClaimStatus, Extraction
from pipeline.definitions.invoice import INVOICE
from pipeline.extracting.grounding import ground
from pipeline.extracting.verify import verify
from pipeline.layout.analyse import analyse
from tests.pipeline.extract_pages import Cell, claimed, extracted, page_of, value_of

Lines = list[str | tuple[Cell, ...]]
HEAD: Lines = [
    "Oakhill Tools Ltd",
    ((0.08, "Invoice no."), (0.3, "A-2041")),
    ((0.08, "Invoice date"), (0.3, "4 May 2026")),
    "Bill to",
    "Plumtree Dairy Ltd",
    "",
]


def verified(*totals: tuple[str, str], head: Lines = HEAD) -> Extraction:
    rows: Lines = [((0.5, label), (0.8, amount)) for label, amount in totals]
    pages = [page_of([*head, *rows])]
    found = ground(extracted(pages), pages).extraction
    found = replace(found, document_type="invoice")
    return verify(found, pages, analyse(pages), INVOICE, today=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("between", "gross"),
    [
        ([("Shipping", "8.00"), ("VAT 20%", "21.60")], "129.60"),
        ([("Rabatt", "-5,00"), ("zzgl. 19 % USt.", "18,05")], "113,05"),
        ([("Discount", "5.00"), ("VAT 20%", "19.00")], "114.00"),
        ([("Rounding", "-0.03"), ("VAT 10%", "10.00")], "109.97"),
    ],
)
def test_charges_and_discounts_count(
    between: list[tuple[str, str]], gross: str
) -> None:
    net = "100,00" if "," in gross else "100.00"
    found = verified(("Subtotal", net), *between, ("Total due", gross))
    for slot in ("line_total", "tax_total", "grand_total"):
        assert claimed(found, slot).status is ClaimStatus.VERIFIED


def test_taxes_of_several_rates_are_no_tax_total_but_verify_the_gross() -> None:
    found = verified(
        ("Subtotal", "300.00"), ("VAT 5%", "5.00"), ("VAT 20%", "40.00"),
        ("Total due", "345.00"),
    )  # fmt: skip
    assert value_of(found, "tax_total") is None
    assert claimed(found, "grand_total").status is ClaimStatus.VERIFIED
    assert claimed(found, "line_total").status is ClaimStatus.VERIFIED


def test_a_tax_rate_of_nothing_leaves_the_other_rate_as_tax_total() -> None:
    found = verified(
        ("Subtotal", "300.00"), ("VAT 0%", "0.00"), ("VAT 20%", "40.00"),
        ("Total due", "340.00"),
    )  # fmt: skip
    assert value_of(found, "tax_total") == "40.00"


def test_a_sum_that_fails_stays_a_conflict() -> None:
    found = verified(
        ("Subtotal", "300.00"), ("VAT 20%", "60.00"), ("Total due", "390.00")
    )
    assert claimed(found, "grand_total").status is ClaimStatus.CONFLICT


def test_the_total_of_a_credit_note_is_negative() -> None:
    head: Lines = ["Gutschrift", "Gutschriftsnummer G-771", "Rechnungsdatum 04.05.2026"]
    found = verified(
        ("Zwischensumme", "-100,00"), ("zzgl. 19 % USt.", "-19,00"),
        ("Gutschriftsbetrag", "-119,00 €"), head=head,
    )  # fmt: skip
    assert value_of(found, "grand_total") == "-119.00"
    assert claimed(found, "grand_total").status is ClaimStatus.VERIFIED


def test_a_net_amount_that_lost_its_label_is_found_by_the_sum() -> None:
    found = verified(("", "300.00"), ("VAT 20%", "60.00"), ("Total due", "360.00"))
    assert value_of(found, "line_total") == "300.00"
