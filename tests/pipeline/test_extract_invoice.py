"""Invoices: numbers, parties and totals from drawn words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.claims import FieldSpec, ValueType
from pipeline.definitions.document_types import BUILT_IN
from pipeline.extracting.extract import extract
from pipeline.layout.analyse import analyse
from tests.pipeline.extract_pages import (
    INVOICE_LINES,
    Cell,
    extracted,
    page_of,
    value_of,
)

EXPECTED = {
    "invoice_number": "AB-20417",
    "invoice_date": "2018-06-05",
    "supplier_name": "Holzbau Linde GmbH",
    "buyer_name": "Gasthaus zum Anker AG",
    "currency": "EUR",
    "line_total": "1202.70",
    "tax_total": "229.62",
    "grand_total": "1438.12",
}


@pytest.mark.parametrize("slot", EXPECTED)
def test_the_fields_of_a_german_invoice(slot: str) -> None:
    found = extracted([page_of(INVOICE_LINES)])
    assert found.document_type == "invoice"
    assert value_of(found, slot) == EXPECTED[slot]


def test_a_field_that_an_admin_added_is_found_without_code() -> None:
    order = FieldSpec("po_number", ValueType.ID, ("PO number", "Bestellung"))
    receipt, invoice = BUILT_IN
    types = (receipt, replace(invoice, fields=(*invoice.fields, order)))
    pages = [page_of([*INVOICE_LINES, [(0.08, "Bestellung:"), (0.4, "2018-4713")]])]
    found = extract(pages, analyse(pages), types)
    assert value_of(found, "po_number") == "2018-4713"


def test_the_totals_stand_in_the_last_row_of_a_footer_table() -> None:
    columns = (0.08, 0.35, 0.55, 0.75)

    def row(*texts: str) -> list[Cell]:
        return list(zip(columns, texts, strict=True))

    lines: list[str | list[Cell]] = [
        "RECHNUNG",
        [(0.08, "Beleg-Nr"), (0.3, ": R8765")],
        [(0.08, "Beleg-Datum"), (0.3, ": 06.08.2013")],
        "USt-IdNr : DE123456789",
        row("Warenwert", "Nettobetrag", "MwSt-Betrag", "Endbetrag"),
        row("326,50", "321,40", "61,07", "382,47"),
        row("130,70", "127,59", "8,93", "136,52"),
        row("457,20", "448,99", "70,00", "518,99"),
        "Zahlungsbedingungen: 14 Tage",
    ]
    found = extracted([page_of(lines)])
    assert value_of(found, "line_total") == "457.20"
    assert value_of(found, "tax_total") == "70.00"
    assert value_of(found, "grand_total") == "518.99"


def test_an_english_invoice_with_month_first_dates() -> None:
    lines: list[str | list[Cell]] = [
        "Sold by: Harbour Interiors Ltd",
        "4557 Quay St",
        "Fremont CA 94538",
        "Bill to:",
        "Maple Kitchens Inc",
        "215 Vine St",
        "Invoice INV/2023/03/0008",
        [(0.08, "Invoice Date:"), (0.4, "Due Date:")],
        [(0.08, "03/20/2023"), (0.4, "04/04/2023")],
        [(0.5, "Subtotal"), (0.7, "$ 262.90")],
        [(0.5, "Tax 15%"), (0.7, "$ 16.94")],
        [(0.5, "Total"), (0.7, "$ 279.84")],
    ]
    found = extracted([page_of(lines)])
    assert value_of(found, "invoice_number") == "INV/2023/03/0008"
    assert value_of(found, "invoice_date") == "2023-03-20"
    assert value_of(found, "supplier_name") == "Harbour Interiors Ltd"
    assert value_of(found, "buyer_name") == "Maple Kitchens Inc"
    assert value_of(found, "currency") == "USD"
    assert value_of(found, "grand_total") == "279.84"


def test_the_sender_line_names_the_supplier_and_the_field_below_the_buyer() -> None:
    lines: list[str | list[Cell]] = [
        "Mühle Bach AG - Uferweg 40 - 63571 Gelnhausen",
        "",
        "",
        "Theodora Fest",
        "Bahnstr. 42",
        "88802 Spielkreis",
        "",
        "Rechnung Nr. 7788 vom 7. Mai 2014",
        "Zahlungsbedingungen: 14 Tage netto",
        [(0.5, "Gesamtbetrag"), (0.7, "34,73 €")],
    ]
    found = extracted([page_of(lines)])
    assert value_of(found, "supplier_name") == "Mühle Bach AG"
    assert value_of(found, "buyer_name") == "Theodora Fest"
    assert value_of(found, "invoice_date") == "2014-05-07"
