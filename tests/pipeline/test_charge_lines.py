"""Freight below the table as a line of its own, for those who book it so."""

from __future__ import annotations

from pipeline.claims import Extraction
from pipeline.definitions.document_types import BUILT_IN
from pipeline.extracting.charge_lines import with_charges
from pipeline.layout.analyse import analyse
from tests.pipeline.extract_pages import Cell, claimed, extracted, page_of, value_of

Lines = list[str | tuple[Cell, ...]]


def charged(*totals: tuple[str, str]) -> Extraction:
    head: Lines = [
        "Oakhill Tools Ltd",
        ((0.08, "Invoice no."), (0.3, "A-2041")),
        ((0.08, "Invoice date"), (0.3, "4 May 2026")),
        "Bill to",
        "Plumtree Dairy Ltd",
        "",
    ]
    pages = [page_of([*head, *(((0.5, name), (0.8, sum_)) for name, sum_ in totals)])]
    return with_charges(extracted(pages), pages, analyse(pages), BUILT_IN)


def test_freight_is_a_line_and_taxes_and_discounts_are_not() -> None:
    found = charged(
        ("Subtotal", "100.00"), ("Discount", "5.00"), ("Freight", "12.50"),
        ("VAT 20%", "21.50"), ("Total due", "129.00"),
    )  # fmt: skip

    assert value_of(found, "lines[0].description") == "Freight"
    assert value_of(found, "lines[0].amount") == "12.50"
    assert value_of(found, "lines[1].amount") is None
    assert value_of(found, "grand_total") == "129.00"


def test_its_places_are_those_on_the_page() -> None:
    found = charged(
        ("Subtotal", "100.00"), ("Freight", "12.50"), ("Total due", "112.50")
    )

    name, amount = (
        claimed(found, f"lines[0].{column}").region
        for column in ("description", "amount")
    )
    assert name is not None
    assert amount is not None
    assert name.bbox.right < amount.bbox.left
    assert name.bbox.top == amount.bbox.top


def test_without_charges_nothing_is_added() -> None:
    found = charged(("Subtotal", "100.00"), ("Total due", "100.00"))

    assert not [claim for claim in found.claims if claim.slot.startswith("lines[")]
