"""Line items as claims: which value of which row is which."""

from __future__ import annotations

from pipeline.claims import Claim, DocumentTypeSpec
from pipeline.extracting.line_items import line_claims
from pipeline.layout.analyse import analyse
from pipeline.words import PageWords
from tests.pipeline.layout_pages import Cells, invoice_page, page_of

SPEC = DocumentTypeSpec("invoice", (), ())
HEADING: Cells = [(0.1, "Description"), (0.5, "Qty"), (0.65, "Price"), (0.8, "Amount")]


def claims_of(*pages: PageWords, spec: DocumentTypeSpec = SPEC) -> tuple[Claim, ...]:
    return line_claims(pages, analyse(pages), spec)


def rows_of(*pages: PageWords, spec: DocumentTypeSpec = SPEC) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for claim in claims_of(*pages, spec=spec):
        row, _, name = claim.slot.partition(".")
        rows.setdefault(row, {})[name] = claim.value
    assert list(rows) == [f"lines[{number}]" for number in range(len(rows))]
    return list(rows.values())


def amounts_of(*pages: PageWords) -> list[str]:
    return [row["amount"] for row in rows_of(*pages)]


def test_a_german_row_is_read_in_plain_decimals() -> None:
    page = invoice_page([("Bohrmaschine BX 12", "2", "1.234,50", "2.469,00")])
    assert rows_of(page) == [
        {
            "description": "Bohrmaschine BX 12",
            "quantity": "2",
            "unit_price": "1234.50",
            "amount": "2469.00",
        }
    ]


def test_every_claim_stands_on_its_words() -> None:
    page = invoice_page([("Hammer", "2", "12,00", "24,00")])
    for claim in claims_of(page):
        assert claim.region is not None
        assert 0 < claim.confidence <= 1
        inside = [
            word.text
            for word in page.words
            if claim.region.bbox.holds_center_of(word.bbox)
        ]
        assert " ".join(inside) == claim.raw


def test_subtotals_and_totals_are_no_items() -> None:
    def item(text: str, amount: str) -> Cells:
        return [(0.1, text), (0.5, "1"), (0.65, amount), (0.8, amount)]

    def total(text: str, amount: str) -> Cells:
        return [(0.5, text), (0.8, amount)]

    rows = [HEADING, item("Saw", "10.00"), total("Subtotal", "10.00")]
    rows += [item("Axe", "20.00"), total("VAT 20%", "6.00"), total("Total", "36.00")]
    assert amounts_of(page_of(rows)) == ["10.00", "20.00"]


def test_rows_on_the_next_page_count_on() -> None:
    first = page_of(
        [HEADING, [(0.1, "Saw"), (0.5, "2"), (0.65, "5.00"), (0.8, "10.00")]]
    )
    second = page_of(
        [[(0.1, "Axe"), (0.5, "1"), (0.65, "7.00"), (0.8, "7.00")]], number=2
    )
    assert amounts_of(first, second) == ["10.00", "7.00"]
    regions = [claim.region for claim in claims_of(first, second)]
    assert {region.page for region in regions if region} == {1, 2}


def test_a_discount_stays_out_where_the_rest_adds_up() -> None:
    rows: list[Cells] = [
        HEADING,
        [(0.1, "Saw"), (0.5, "1"), (0.65, "50.00"), (0.8, "50.00")],
        [(0.1, "Discount 10%"), (0.8, "-5.00")],
        [(0.5, "Subtotal"), (0.8, "50.00")],
    ]
    assert amounts_of(page_of(rows)) == ["50.00"]
    rows[-1] = [(0.5, "Subtotal"), (0.8, "45.00")]
    assert amounts_of(page_of(rows)) == ["50.00", "-5.00"]


def test_amount_may_head_the_quantities() -> None:
    heading: Cells = [
        (0.1, "Amount"),
        (0.25, "Product"),
        (0.65, "Price"),
        (0.8, "Total"),
    ]
    row: Cells = [(0.1, "400.00"), (0.25, "Balloons"), (0.65, "0.79"), (0.8, "316.00")]
    assert rows_of(page_of([heading, row])) == [
        {
            "description": "Balloons",
            "quantity": "400",
            "unit_price": "0.79",
            "amount": "316.00",
        }
    ]


def test_a_receipt_without_heading_must_add_up() -> None:
    rows: list[Cells] = [
        [(0.2, "CORNER SHOP")],
        [(0.1, "TEA"), (0.7, "4.50")],
        [(0.1, "CAKE"), (0.7, "8.25")],
        [(0.1, "TOTAL"), (0.7, "12.75")],
        [(0.1, "CASH"), (0.7, "20.00")],
    ]
    assert rows_of(page_of(rows)) == [
        {"description": "TEA", "amount": "4.50"},
        {"description": "CAKE", "amount": "8.25"},
    ]
    rows[3] = [(0.1, "TOTAL"), (0.7, "13.75")]
    assert rows_of(page_of(rows)) == []


def test_a_summary_of_taxes_is_no_list_of_items() -> None:
    rows: list[Cells] = [
        [(0.2, "CORNER SHOP")],
        [(0.1, "TEA"), (0.7, "4.50")],
        [(0.1, "CAKE"), (0.7, "8.25")],
        [(0.1, "TOTAL"), (0.7, "12.75")],
        [(0.1, "Rate"), (0.4, "Net"), (0.7, "VAT")],
        [(0.1, "0 %"), (0.4, "4.50"), (0.7, "0.00")],
        [(0.1, "20 %"), (0.4, "6.88"), (0.7, "1.37")],
    ]
    assert rows_of(page_of(rows)) == [
        {"description": "TEA", "amount": "4.50"},
        {"description": "CAKE", "amount": "8.25"},
    ]


def test_rows_that_add_up_are_surer() -> None:
    def sure(total: str) -> float:
        row: Cells = [(0.1, "Saw"), (0.5, "1"), (0.65, "5.00"), (0.8, "5.00")]
        page = page_of([HEADING, row, [(0.5, "Total"), (0.8, total)]])
        return next(c.confidence for c in claims_of(page) if c.slot.endswith("amount"))

    assert sure("5.00") > sure("6.00")


def test_a_page_of_prose_has_no_items() -> None:
    page = page_of([[(0.1, "We thank you for your order and wish you well.")]] * 5)
    assert claims_of(page) == ()
