"""Template keys: the same for one supplier's documents, different for others'."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from catalog.regions import BoundingBox
from pipeline.layout.analyse import analyse
from pipeline.layout.sections import sections_of
from pipeline.layout.template_steps import stepped_template_of
from pipeline.words import PageWords, Word
from tests.pipeline.layout_pages import Cells, invoice_page, page_of

HAMMER = ("Hammer", "2", "12,00", "24,00")
NAILS = ("Nails", "10", "0,30", "3,00")
ROLL = (400.0, 700.0)


def key_of(*pages: PageWords) -> str:
    return analyse(pages).template_key


def shaken(page: PageWords, by: float) -> PageWords:
    words = []
    for place, word in enumerate(page.words):
        dx, dy = by * (place % 3 - 1), by * (place % 5 - 2) / 2
        box = word.bbox
        moved = BoundingBox.clamped(
            box.left + dx, box.top + dy, box.right + dx, box.bottom + dy
        )
        words.append(Word(word.text, moved, 0.8))
    return PageWords(page.page, page.width, page.height, tuple(words), "ocr")


def receipt(items: int, number: str = "000394528768") -> PageWords:
    head: list[Cells] = [
        [(0.3, "HILLTOP BAKERY SDN BHD")],
        [(0.3, f"GST ID: {number}")],
        [(0.1, "Item"), (0.4, "Qty"), (0.7, "Amount")],
    ]
    rows: list[Cells] = [[(0.1, "Bun"), (0.4, "1"), (0.7, "1.00")]] * items
    return page_of([*head, *rows, [(0.1, "Total"), (0.7, f"{items}.00")]], size=ROLL)


def test_a_key_is_a_short_digest() -> None:
    assert re.fullmatch(r"t-[0-9a-f]{12}", key_of(invoice_page([HAMMER])))
    assert re.fullmatch(r"t-[0-9a-f]{12}", key_of())


def test_other_content_keeps_the_key() -> None:
    one = invoice_page([HAMMER], buyer="Hafen Logistik AG")
    other = invoice_page([NAILS], buyer="Meyer und Sohn")
    assert key_of(one) == key_of(other)


def test_a_readers_noise_keeps_the_key() -> None:
    page = invoice_page([HAMMER, NAILS])
    assert key_of(shaken(page, 0.001)) == key_of(page)


def test_another_supplier_has_another_key() -> None:
    other = invoice_page([HAMMER], supplier="Weststern AG", vat="DE136695976")
    assert key_of(other) != key_of(invoice_page([HAMMER]))


def test_a_receipts_length_does_not_matter() -> None:
    assert key_of(receipt(2)) == key_of(receipt(30))
    assert key_of(receipt(2)) != key_of(receipt(2, number="001661886464"))


def test_a_supplier_without_numbers_is_known_by_its_name() -> None:
    def page(name: str) -> PageWords:
        return page_of([[(0.3, name)], [(0.3, "Bun"), (0.7, "1.00")]], size=ROLL)

    assert key_of(page("Green Kettle Trading")) == key_of(page("GREEN KETTLE TRADING"))
    assert key_of(page("Green Kettle Trading")) != key_of(page("Red Kettle Trading"))


def form_page(*extra: Cells, items: int = 1) -> PageWords:
    page = invoice_page([HAMMER] * items)
    more = page_of(list(extra), top=0.8)
    return replace(page, words=(*page.words, *more.words))


def test_a_form_with_another_section_is_another_template() -> None:
    plain = form_page([(0.1, "Vielen Dank")])
    with_phone = form_page([(0.1, "Tel.: 040 123456")])
    assert key_of(plain) != key_of(with_phone)
    assert analyse([with_phone]).template_signals["sections"] == ["phone"]


def test_a_word_that_only_holds_a_label_names_no_section() -> None:
    layouts = analyse([page_of([[(0.1, "Titel 12 Hotel Amsterdam 30 notes")]])]).pages
    assert sections_of(layouts) == []


def test_more_items_and_pages_keep_the_key() -> None:
    one, many = form_page(items=1), form_page(items=12)
    assert key_of(many) == key_of(one)
    back = page_of([[(0.1, "Seite 2")]], number=2)
    assert key_of(one, back) == key_of(one)


def test_a_moved_and_scaled_page_keeps_the_key() -> None:
    page = invoice_page([HAMMER, NAILS])
    for by in (-0.01, 0.01):
        words = tuple(
            replace(
                word,
                bbox=BoundingBox.clamped(
                    *(edge * (1 + by) + by for edge in word.bbox.as_list())
                ),
            )
            for word in page.words
        )
        assert key_of(replace(page, words=words)) == key_of(page)


def test_the_key_of_earlier_versions_can_still_be_made() -> None:
    page = invoice_page([HAMMER])
    earlier = analyse([page], stepped_template_of)
    assert earlier.template_key != key_of(page)
    assert {"fill", "totals_page"} <= earlier.template_signals.keys()


def test_signals_hold_no_text_of_the_document() -> None:
    signals = json.dumps(analyse([invoice_page([HAMMER])]).template_signals)
    for text in ("Nordlicht", "811907980", "Hammer", "2041"):
        assert text.casefold() not in signals.casefold()
