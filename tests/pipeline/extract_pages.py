"""Pages of words for the extraction's tests, from lines of text with places."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.regions import BoundingBox
from pipeline.claims import Claim, Extraction
from pipeline.definitions.document_types import BUILT_IN
from pipeline.extracting.extract import extract
from pipeline.layout.analyse import analyse
from pipeline.words import PageWords, Word, WordOrigin

CHARACTER = 0.011  # page widths
LINE = 0.025  # page heights from one line to the next
HEIGHT = 0.013

Cell = tuple[float, str]


def page_of(
    lines: Sequence[str | Sequence[Cell]],
    *,
    origin: WordOrigin = "embedded",
    confidence: float = 1.0,
    page: int = 1,
) -> PageWords:
    """One page; a line is its text from the left margin, or cells of (left, text)."""
    words = []
    for number, line in enumerate(lines):
        cells = [(0.08, line)] if isinstance(line, str) else line
        top = 0.04 + LINE * number
        for left, text in cells:
            at = left
            for part in text.split():
                right = at + CHARACTER * len(part)
                box = BoundingBox.clamped(at, top, right, top + HEIGHT)
                words.append(Word(part, box, confidence))
                at = right + CHARACTER * 0.6
    return PageWords(page, 595.0, 842.0, tuple(words), origin)


def extracted(pages: Sequence[PageWords]) -> Extraction:
    return extract(pages, analyse(pages), BUILT_IN)


def value_of(extraction: Extraction, slot: str) -> str | None:
    claim = extraction.claim(slot)
    return claim.value if claim else None


def claimed(extraction: Extraction, slot: str) -> Claim:
    claim = extraction.claim(slot)
    assert claim is not None, f"no claim for {slot}"
    return claim


RECEIPT_LINES: tuple[str | tuple[Cell, ...], ...] = (
    "MERANTI BOOK HOUSE SDN BHD",
    "(512345-X)",
    "NO. 12, JALAN KENANGA 3,",
    "TAMAN BUNGA, 43000 KAJANG,",
    "SELANGOR.",
    "TEL : 03-8733 1234",
    "GST ID NO : 001234567890",
    "TAX INVOICE",
    "INV NO : C00123",
    "DATE : 07/03/2018 14:05",
    ((0.08, "QTY"), (0.2, "ITEM"), (0.6, "AMOUNT(RM)")),
    ((0.08, "1"), (0.2, "EXERCISE BOOK"), (0.6, "12.40")),
    ((0.08, "2"), (0.2, "FINE PEN"), (0.6, "9.42")),
    ((0.2, "TOTAL QTY"), (0.6, "3")),
    ((0.2, "TOTAL SALES"), (0.6, "21.82")),
    ((0.2, "ROUNDING"), (0.6, "-0.02")),
    ((0.2, "TOTAL ROUNDED"), (0.6, "21.80")),
    ((0.2, "CASH"), (0.6, "50.00")),
    ((0.2, "CHANGE"), (0.6, "28.20")),
    "GST SUMMARY",
    ((0.2, "TOTAL"), (0.45, "20.58"), (0.6, "1.24")),
    "THANK YOU, PLEASE COME AGAIN",
)

INVOICE_LINES: tuple[str | tuple[Cell, ...], ...] = (
    "Rechnung Nr. AB-20417 vom 05.06.2018",
    ((0.08, "Währung:"), (0.4, "EUR")),
    ((0.08, "Lieferdatum:"), (0.4, "03.06.2018")),
    "",
    "Verkäufer:",
    ((0.08, "Nummer"), (0.3, ": 549910")),
    "Holzbau Linde GmbH",
    "Sägeweg 20",
    "80333 München",
    "",
    "Käufer:",
    "Gasthaus zum Anker AG",
    "Hafenstraße 15",
    "69876 Frankfurt",
    "",
    ((0.08, "Positionssumme"), (0.7, "1.202,70")),
    ((0.08, "Gesamtbetrag der Zuschläge"), (0.7, "5,80")),
    ((0.08, "Rechnungssumme ohne USt."), (0.7, "1.208,50")),
    ((0.08, "Steuerbetrag"), (0.7, "229,62")),
    ((0.08, "Bruttosumme"), (0.7, "1.438,12")),
    ((0.08, "Zahlbetrag"), (0.7, "1.388,12")),
    "IBAN DE75 5121 0800 1245 1261 99",
)
