"""Tables of items, headings, blocks and neighbours."""

from __future__ import annotations

import pytest

from pipeline.layout.analyse import analyse
from pipeline.layout.columns import column_kind, is_subtotal, is_tax, is_total
from pipeline.layout.model import PageLayout, TableRegion
from pipeline.words import PageWords
from tests.pipeline.layout_pages import Cells, invoice_page, page_of

HEADING: Cells = [(0.1, "Description"), (0.5, "Qty"), (0.65, "Price"), (0.8, "Amount")]


def item(text: str, amount: str) -> Cells:
    return [(0.1, text), (0.5, "1"), (0.65, amount), (0.8, amount)]


def only_table(*pages: PageWords) -> tuple[PageLayout, TableRegion]:
    layouts = analyse(pages).pages
    found = [(page, table) for page in layouts for table in page.tables]
    assert len(found) == 1
    return found[0]


def rows_of(page: PageLayout, table: TableRegion) -> list[str]:
    return [" / ".join(page.lines[i].text for i in row) for row in table.rows]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Menge", "quantity"),
        ("Quantité", "quantity"),
        ("Prix unitaire", "unit_price"),
        ("Einzelpreis (netto)", "unit_price"),
        ("Importo", "amount"),
        ("Positions- betrag ohne USt.", "amount"),
        ("MwSt-Betrag", "tax_amount"),
        ("USt. %", "tax"),
        ("Artikelbezeichnung", "description"),
        ("Art-Nr", "article"),
        ("Lieferdatum", ""),
    ],
)
def test_headings_are_understood(heading: str, kind: str) -> None:
    assert column_kind(heading) == kind


def test_own_labels_of_a_document_type_go_first() -> None:
    assert column_kind("Posten", {"description": ("posten",)}) == "description"


def test_labels_of_sums_are_told_apart() -> None:
    assert is_total("Grand Total")
    assert is_total("Zahlbetrag:")
    assert is_subtotal("Zwischensumme")
    assert not is_total("Zwischensumme")
    assert is_tax("zzgl. 19 % MwSt")
    assert not is_tax("Mustermann")


def test_rows_end_at_the_total() -> None:
    rows = [HEADING, item("Hammer", "12.00"), item("Nails", "3.00")]
    page, table = only_table(page_of([*rows, [(0.65, "Total"), (0.8, "15.00")]]))
    assert rows_of(page, table) == [
        "Description Qty Price Amount",
        "Hammer 1 12.00 12.00",
        "Nails 1 3.00 3.00",
    ]
    assert [column.header for column in table.columns] == [text for _, text in HEADING]


def test_a_description_may_go_on_below_its_row() -> None:
    rows = [
        HEADING,
        item("Hammer", "12.00"),
        [(0.1, "with a handle")],
        item("Nails", "3.00"),
    ]
    page, table = only_table(page_of(rows))
    assert rows_of(page, table)[1] == "Hammer 1 12.00 12.00 / with a handle"


def test_a_heading_may_be_two_lines_high() -> None:
    upper: Cells = [(0.65, "Unit")]
    lower: Cells = [
        (0.1, "Description"),
        (0.5, "Qty"),
        (0.65, "price"),
        (0.8, "Amount"),
    ]
    _, table = only_table(page_of([upper, lower, item("Hammer", "12.00")]))
    assert table.columns[2].header == "Unit price"


def test_a_table_goes_on_on_the_next_page_without_a_heading() -> None:
    first = page_of([HEADING, item("Hammer", "12.00")])
    second = page_of([item("Nails", "3.00")], number=2)
    one, other = (page.tables[0] for page in analyse([first, second]).pages)
    assert len(one.rows) == 2
    assert other.rows[0] == ()
    assert other.columns[0].header == "Description"


def test_a_table_of_taxes_is_no_table_of_items() -> None:
    heading: Cells = [(0.1, "Steuersatz"), (0.4, "Basisbetrag"), (0.7, "Steuerbetrag")]
    page = page_of([heading, [(0.1, "19 %"), (0.4, "100,00"), (0.7, "19,00")]])
    assert analyse([page]).pages[0].tables == ()


def test_two_columns_of_a_letterhead_are_two_blocks() -> None:
    page = page_of(
        [
            [(0.1, "Nordlicht GmbH"), (0.6, "Invoice 2041")],
            [(0.1, "Am Deich 4"), (0.6, "2 March 2026")],
            [(0.1, "26721 Emden"), (0.6, "Customer 77")],
        ]
    )
    layout = analyse([page]).pages[0]
    texts = [
        " ".join(page.words[i].text for i in block.words) for block in layout.blocks
    ]
    assert texts == [
        "Nordlicht GmbH Am Deich 4 26721 Emden",
        "Invoice 2041 2 March 2026 Customer 77",
    ]


def test_values_are_found_right_of_and_below_their_labels() -> None:
    page = page_of(
        [[(0.1, "Due date"), (0.4, "Number:"), (0.6, "77")], [(0.1, "1 May")]]
    )
    found = {
        (
            " ".join(page.words[i].text for i in pair.label),
            " ".join(page.words[i].text for i in pair.value),
            pair.direction,
        )
        for pair in analyse([page]).pages[0].neighbours
    }
    assert ("Number:", "77", "right") in found
    assert ("Due date", "1 May", "below") in found


def test_fifty_thousand_words_in_one_place_are_no_trouble() -> None:
    page = invoice_page([("Hammer", "1", "12,00", "12,00")])
    crowd = PageWords(1, 595, 842, page.words[:1] * 50_000, "embedded")
    assert len(analyse([crowd]).pages[0].lines) == 1


@pytest.mark.parametrize("text", ["Summer school", "Change management", "Masterclass"])
def test_goods_whose_names_begin_like_a_sum_are_goods(text: str) -> None:
    rows = [HEADING, item(text, "12.00"), item("Nails", "3.00")]
    _, table = only_table(page_of(rows))
    assert len(table.rows) == 3
