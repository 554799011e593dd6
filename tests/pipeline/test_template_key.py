"""Template keys: the same for one supplier's documents, different for others'."""

from __future__ import annotations

import json
import re

from catalog.regions import BoundingBox
from pipeline.layout.analyse import analyse
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


def test_signals_hold_no_text_of_the_document() -> None:
    signals = json.dumps(analyse([invoice_page([HAMMER])]).template_signals)
    for text in ("Nordlicht", "811907980", "Hammer", "2041"):
        assert text.casefold() not in signals.casefold()
