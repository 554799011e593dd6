"""Checks of dates, currencies, check digits and repeated values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from stdnum import iban
from stdnum.eu import vat

from pipeline.claims import Claim, FieldSpec, ValueType
from pipeline.extracting.candidates import Candidate, values_in
from pipeline.extracting.case import Case, Finding
from pipeline.extracting.dates import find_dates
from pipeline.extracting.money import find_money
from pipeline.extracting.reasons import VerifyReason
from pipeline.extracting.values import currency_of, squeeze
from pipeline.extracting.view import Segment

OLDEST_YEARS = 25
DAYS_AHEAD = 7
LONGEST_TERM = timedelta(days=400)
FEWEST_LETTERS = 5  # shorter ids and names stand in other words by chance
TAX_NUMBER = re.compile(
    r"\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE"
    r"|SI|SK)\s?(?=[\dA-Z]*\d)[\dA-Z]{8,12}\b"
)
ACCOUNT = re.compile(r"IBAN[\s:]*(?P<account>[A-Z]{2}\d{2}(?:\s?[\dA-Z]{2,4}){3,8})")


def repeats(case: Case) -> Iterator[Finding]:
    """The same value stands in a second place on its own."""
    for claim in case.extraction.claims:
        field = case.context.spec.field(claim.slot)
        if field is None or claim.region is None:
            continue
        if _times(case, claim) >= 2:
            yield Finding(claim.slot, VerifyReason.SAME_VALUE_TWICE, agrees=True)


def _times(case: Case, claim: Claim) -> int:
    kind = claim.value_type
    count = 0
    wanted = squeeze(claim.value)
    for row in case.context.view.rows:
        text = row.text
        if kind is ValueType.MONEY:
            count += any(
                m.value == Decimal(claim.value) and (m.has_cents or m.mark)
                for m in find_money(text)
            )
        elif kind is ValueType.DATE:
            count += any(m.value.isoformat() == claim.value for m in find_dates(text))
        elif len(wanted) >= FEWEST_LETTERS:
            count += wanted in squeeze(text)
    return count


def dates(case: Case) -> Iterator[Finding]:
    """Dates are possible, and payment is not due before the invoice was written."""
    found = case.by_role("document_date")
    if found is None:
        return
    field, claim = found
    day = date.fromisoformat(claim.value)
    if day > case.today + timedelta(days=DAYS_AHEAD):
        yield Finding(claim.slot, VerifyReason.DATE_IN_FUTURE, agrees=False)
    elif day.year < case.today.year - OLDEST_YEARS:
        yield Finding(claim.slot, VerifyReason.DATE_TOO_OLD, agrees=False)
    for due in _due_dates(case, field):
        if due < day and day - due < LONGEST_TERM:
            yield Finding(claim.slot, VerifyReason.DUE_BEFORE_INVOICE, agrees=None)


def _due_dates(case: Case, field: FieldSpec) -> list[date]:
    due = {squeeze(label) for label in field.hints.get("due", ())}
    hood = case.context.neighbourhood
    month_first = case.context.month_first

    def finder(segment: Segment, start: int, end: int | None) -> Iterator[Candidate]:
        return values_in(field, segment, start, end=end, month_first=month_first)

    beside = [list(hood.beside(hit, finder)) for hit in hood.hits if hit.label in due]
    return [date.fromisoformat(found[0].value) for found in beside if found]


def currencies(case: Case) -> Iterator[Finding]:
    """Every mark beside an amount means the claimed currency."""
    found = case.by_role("currency")
    if found is None:
        return
    codes = {
        currency_of(match.mark)
        for segment in case.context.view.segments
        for match in find_money(segment.text)
        if match.mark
    } - {None}
    if codes == {found[1].value}:
        yield Finding(found[1].slot, VerifyReason.CURRENCY_CONSISTENT, agrees=True)
    elif codes and found[1].value not in codes:
        yield Finding(found[1].slot, VerifyReason.CURRENCIES_DIFFER, agrees=False)


def check_digits(case: Case) -> Iterator[Finding]:
    """Tax numbers and bank accounts printed beside the supplier pass their check."""
    found = case.by_role("supplier")
    if found is None:
        return
    text = case.context.view.text
    valid = [vat.is_valid(number) for number in TAX_NUMBER.findall(text)]
    if any(valid):
        yield Finding(found[1].slot, VerifyReason.CHECK_DIGIT_VALID, agrees=True)
    elif valid or not all(map(iban.is_valid, ACCOUNT.findall(text))):
        yield Finding(found[1].slot, VerifyReason.CHECK_DIGIT_INVALID, agrees=None)
