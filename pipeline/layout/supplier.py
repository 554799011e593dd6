"""Who sent a document, as far as numbers and names in it say: only ever as a digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from pipeline.layout.columns import squeezed
from pipeline.layout.model import PageLayout

LONGEST = 300  # letters of a line that are looked at
# Kinds of identity from the surest to the weakest; the first that is found is taken.
_VAT = re.compile(
    r"(?:AT|ATU|BE|CH|CHE|CZ|DE|DK|ES|FI|FR|GB|HU|IE|IT|LU|NL|PL|PT|SE|SI|SK)"
    r"[A-Z]?\d(?:[ .]?\d){7,10}(?:B\d\d)?(?![ .]?\d)"
)
_GST = re.compile(
    r"(?:GST|SST|VAT|TVA|BTW|UST|MWST)[^\d]{0,8}(?:[1I]D)?[^\d]{0,10}"
    r"(\d(?:[ -]?\d){8,14})(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])")
_REGISTER = re.compile(r"(?<!\d)(\d{5,8} ?- ?[A-Z])(?![A-Z0-9])")
_COURT = re.compile(r"(?:HRB|HRA|KVK|SIRET|SIREN|CIN)[^\d]{0,12}(\d(?: ?\d){4,13})")
_DOMAIN = re.compile(
    r"(?:@|WWW\.)(?!(?:GMAIL|HOTMAIL|YAHOO|OUTLOOK|GMX|WEB|ICLOUD|AOL|LIVE|MAIL)\.)("
    r"[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.[A-Z]{2,4})(?![A-Z])"
)
_PHONE = re.compile(
    r"(?:TEL|PHONE|FON|TELEFON)[^\d+]{0,6}(\+?\d(?:[ ()/.-]{0,3}\d){6,13})"
)
_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("vat", _VAT),
    ("tax", _GST),
    ("register", _REGISTER),
    ("court", _COURT),
    ("iban", _IBAN),
    ("domain", _DOMAIN),
    ("phone", _PHONE),
)
_COMPANY = re.compile(
    r"\b(?:gmbh|ag|kg|ug|e\.?v|ltd|limited|llc|inc|corp|plc|bhd|sdn|b\.?v|n\.?v|s\.?a"
    r"|sarl|sas|s\.?r\.?l|s\.?p\.?a|enterprise|trading|restaurant|store|mart)\b",
    re.IGNORECASE,
)


def digest(text: str) -> str:
    """Twelve hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def supplier_of(pages: Sequence[PageLayout]) -> tuple[str, str]:
    """The kind of the surest sign of who sent the document, and that sign itself.

    ("", "") where there is none. The sign is text: keep its digest only.
    """
    lines = [line.text[:LONGEST].upper() for page in pages for line in page.lines]
    for kind, pattern in _NUMBERS:
        for line in lines:
            match = pattern.search(line)
            if match is not None:
                return kind, squeezed(match[match.lastindex or 0])
    name = company_line(pages)
    return ("name", name) if name else ("", "")


def company_line(pages: Sequence[PageLayout]) -> str:
    """The first line that looks like a company's name, else the first line of words."""
    head = [line.text[:LONGEST] for page in pages[:1] for line in page.lines]
    for text in first_texts(head):
        if _COMPANY.search(text):
            return squeezed(text)
    return next((squeezed(text) for text in first_texts(head)), "")


def first_texts(lines: Iterable[str]) -> list[str]:
    """The first lines that are words rather than figures."""
    wordy = (text for text in lines if sum(c.isalpha() for c in text) >= 5)
    return [text for text, _ in zip(wordy, range(12), strict=False)]
