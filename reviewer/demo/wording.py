"""Printed words, money and dates in the languages of the demo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


@dataclass(frozen=True, slots=True)
class Wording:
    invoice: str
    credit_note: str
    number: str
    credit_number: str
    issued: str
    due: str
    bill_to: str
    code: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    rate: str
    amount: str
    subtotal: str
    discount: str
    freight: str
    tax: str
    total: str
    credit_total: str
    tax_id: str
    telephone: str
    thanks: str
    payment: str
    page: str
    carried: str
    months: tuple[str, ...]


_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_GERMAN_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_FRENCH_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

_ENGLISH = Wording(
    invoice="Invoice",
    credit_note="Credit note",
    number="Invoice no.",
    credit_number="Credit note no.",
    issued="Invoice date",
    due="Due date",
    bill_to="Bill to",
    code="Item",
    description="Description",
    quantity="Qty",
    unit="Unit",
    unit_price="Unit price",
    rate="VAT",
    amount="Amount",
    subtotal="Subtotal",
    discount="Discount",
    freight="Freight",
    tax="VAT {rate}%",
    total="Total due",
    credit_total="Total credit",
    tax_id="VAT no.",
    telephone="Tel.",
    thanks="Thank you for your business.",
    payment="Payment by bank transfer, quoting the invoice number.",
    page="Page {page} of {pages}",
    carried="Continued on the next page",
    months=_ENGLISH_MONTHS,
)
_AMERICAN = replace(
    _ENGLISH,
    number="Invoice #",
    rate="Tax",
    tax="Sales tax {rate}%",
    total="Total",
    tax_id="EIN",
    payment="Please make payment within 30 days of the invoice date.",
)
_GERMAN = Wording(
    invoice="Rechnung",
    credit_note="Gutschrift",
    number="Rechnungsnummer",
    credit_number="Gutschriftsnummer",
    issued="Rechnungsdatum",
    due="Fällig am",
    bill_to="Rechnung an",
    code="Art.-Nr.",
    description="Bezeichnung",
    quantity="Menge",
    unit="Einheit",
    unit_price="Einzelpreis",
    rate="USt.",
    amount="Gesamt",
    subtotal="Zwischensumme",
    discount="Rabatt",
    freight="Versandkosten",
    tax="zzgl. {rate} % USt.",
    total="Gesamtbetrag",
    credit_total="Gutschriftsbetrag",
    tax_id="USt-IdNr.",
    telephone="Tel.",
    thanks="Vielen Dank für Ihren Auftrag.",
    payment="Bitte überweisen Sie unter Angabe der Rechnungsnummer.",
    page="Seite {page} von {pages}",
    carried="Fortsetzung auf der nächsten Seite",
    months=_GERMAN_MONTHS,
)
_FRENCH = Wording(
    invoice="Facture",
    credit_note="Avoir",
    number="Facture n°",
    credit_number="Avoir n°",
    issued="Date de facture",
    due="Échéance",
    bill_to="Facturé à",
    code="Réf.",
    description="Désignation",
    quantity="Qté",
    unit="Unité",
    unit_price="Prix unitaire HT",
    rate="TVA",
    amount="Montant HT",
    subtotal="Total HT",
    discount="Remise",
    freight="Frais de port",
    tax="TVA {rate} %",
    total="Total TTC",
    credit_total="Total TTC",
    tax_id="TVA intracom.",
    telephone="Tél.",
    thanks="Merci de votre confiance.",
    payment="Règlement par virement, en rappelant le numéro de facture.",
    page="Page {page} sur {pages}",
    carried="Suite page suivante",
    months=_FRENCH_MONTHS,
)

WORDINGS = {"en": _ENGLISH, "us": _AMERICAN, "de": _GERMAN, "fr": _FRENCH}


def plain_number(value: Decimal, language: str) -> str:
    """A quantity or a rate without needless zeros."""
    text = f"{value.normalize():f}"
    return text if language in ("en", "us") else text.replace(".", ",")


def money(value: Decimal, language: str) -> str:
    text = f"{abs(value):,.2f}"
    if language == "de":
        text = text.translate(str.maketrans(",.", ".,"))
    elif language == "fr":
        text = text.translate(str.maketrans(",.", "\N{NO-BREAK SPACE},"))
    return f"-{text}" if value < 0 else text


def money_with_currency(value: Decimal, language: str, currency: str) -> str:
    if language in ("de", "fr"):
        return f"{money(value, language)} {SYMBOLS[currency]}"
    sign = "-" if value < 0 else ""
    return f"{sign}{SYMBOLS[currency]}{money(abs(value), language)}"


def long_date(day: date, language: str) -> str:
    month = WORDINGS[language].months[day.month - 1]
    if language == "us":
        return f"{month} {day.day}, {day.year}"
    if language == "de":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {month} {day.year}"
