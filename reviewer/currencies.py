"""The currencies that a reading knows, to choose from."""

from __future__ import annotations

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
CHOICES = [(code, NAMES.get(code, code)) for code in sorted(CODES)]
