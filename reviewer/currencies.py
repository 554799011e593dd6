"""The currencies that a reading knows, to choose from."""

from __future__ import annotations

from django.utils.html import format_html_join

from pipeline.extracting.values import CODES

NAMES = {
    "AUD": "Australian dollar",
    "CAD": "Canadian dollar",
    "CHF": "Swiss franc",
    "CNY": "Chinese yuan",
    "CZK": "Czech koruna",
    "DKK": "Danish krone",
    "EUR": "Euro",
    "GBP": "Pound sterling",
    "HUF": "Hungarian forint",
    "INR": "Indian rupee",
    "JPY": "Japanese yen",
    "MYR": "Malaysian ringgit",
    "NOK": "Norwegian krone",
    "PLN": "Polish zloty",
    "SEK": "Swedish krona",
    "SGD": "Singapore dollar",
    "USD": "US dollar",
}
# Written once: it stands on every desk.
OPTIONS = format_html_join(
    "",
    '<option value="{}">{}</option>',
    [(code, NAMES.get(code, code)) for code in sorted(CODES)],
)
