"""Pages for the layout's tests: words set in columns of a made-up, even type."""

from __future__ import annotations

from catalog.regions import BoundingBox
from pipeline.words import PageWords, Word, WordOrigin

LETTER = 0.008  # page widths; how wide one letter is set
HEIGHT = 0.012  # page heights
PITCH = 0.016  # page heights from one line to the next

Cells = list[tuple[float, str]]


def words_at(left: float, top: float, text: str, height: float = HEIGHT) -> list[Word]:
    """The text's words from a left edge on, with one letter's space between."""
    words = []
    for part in text.split():
        right = left + LETTER * len(part)
        box = BoundingBox.clamped(left, top, right, top + height)
        words.append(Word(part, box, 0.95))
        left = right + LETTER * 0.5
    return words


def page_of(
    rows: list[Cells],
    *,
    top: float = 0.05,
    number: int = 1,
    size: tuple[float, float] = (595.0, 842.0),
    origin: WordOrigin = "embedded",
) -> PageWords:
    """A page with one row of cells (left edge, text) below the other."""
    words = [
        word
        for place, row in enumerate(rows)
        for left, text in row
        for word in words_at(left, top + place * PITCH, text)
    ]
    return PageWords(number, *size, tuple(words), origin)


def invoice_page(
    items: list[tuple[str, str, str, str]],
    *,
    supplier: str = "Nordlicht Werkzeuge GmbH",
    vat: str = "DE811907980",
    buyer: str = "Hafen Logistik AG",
) -> PageWords:
    """A made-up German invoice: description, quantity, unit price and amount a row."""
    rows: list[Cells] = [
        [(0.1, supplier), (0.6, "Rechnung Nr. 2041")],
        [(0.1, "Am Deich 4"), (0.6, "Datum: 02.03.2026")],
        [(0.1, f"USt-IdNr.: {vat}")],
        [],
        [(0.1, buyer)],
        [],
        [(0.1, "Beschreibung"), (0.5, "Menge"), (0.65, "Einzelpreis"), (0.8, "Betrag")],
    ]
    rows += [
        [(0.1, text), (0.5, count), (0.65, price), (0.8, amount)]
        for text, count, price, amount in items
    ]
    return page_of([*rows, [], [(0.65, "Gesamtbetrag"), (0.8, "999,99 EUR")]])
