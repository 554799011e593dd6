"""Why a claim is verified, unverified or in conflict: words for machines and people."""

from __future__ import annotations

from enum import StrEnum


class VerifyReason(StrEnum):
    """What the deciding check of a claim found."""

    SUM_OF_LINES_AGREES = "sum_of_lines_agrees"
    SUM_OF_LINES_DIFFERS = "sum_of_lines_differs"
    LINE_PRODUCT_AGREES = "line_product_agrees"
    LINE_PRODUCT_DIFFERS = "line_product_differs"
    NET_PLUS_TAX_AGREES = "net_plus_tax_agrees"
    NET_PLUS_TAX_DIFFERS = "net_plus_tax_differs"
    PAID_LESS_CHANGE_AGREES = "paid_less_change_agrees"
    PAID_LESS_CHANGE_DIFFERS = "paid_less_change_differs"
    SUBTOTAL_AND_ROUNDING_AGREE = "subtotal_and_rounding_agree"
    ROUNDING_NOT_APPLIED = "rounding_not_applied"
    SAME_VALUE_TWICE = "same_value_twice"
    DATE_IN_FUTURE = "date_in_future"
    DATE_TOO_OLD = "date_too_old"
    DATE_AMBIGUOUS = "date_ambiguous"
    DUE_BEFORE_INVOICE = "due_before_invoice"
    CURRENCY_CONSISTENT = "currency_consistent"
    CURRENCIES_DIFFER = "currencies_differ"
    CHECK_DIGIT_VALID = "check_digit_valid"
    CHECK_DIGIT_INVALID = "check_digit_invalid"
    VALUE_NOT_IN_DOCUMENT = "value_not_in_document"
    NO_CHECK_APPLIED = "no_check_applied"


REASON_TEXT: dict[VerifyReason, str] = {
    VerifyReason.SUM_OF_LINES_AGREES: "The line items add up to it.",
    VerifyReason.SUM_OF_LINES_DIFFERS: "It differs from the sum of the line items.",
    VerifyReason.LINE_PRODUCT_AGREES: "Quantity times unit price gives the amount.",
    VerifyReason.LINE_PRODUCT_DIFFERS: (
        "Quantity times unit price does not give the amount."
    ),
    VerifyReason.NET_PLUS_TAX_AGREES: "Net and tax add up to the gross amount.",
    VerifyReason.NET_PLUS_TAX_DIFFERS: "Net and tax do not add up to the gross amount.",
    VerifyReason.PAID_LESS_CHANGE_AGREES: "It is what was paid less the change.",
    VerifyReason.PAID_LESS_CHANGE_DIFFERS: (
        "It differs from what was paid less the change."
    ),
    VerifyReason.SUBTOTAL_AND_ROUNDING_AGREE: "Subtotal and rounding add up to it.",
    VerifyReason.ROUNDING_NOT_APPLIED: "The printed rounding is not part of it.",
    VerifyReason.SAME_VALUE_TWICE: "The document says it in two places.",
    VerifyReason.DATE_IN_FUTURE: "The date lies in the future.",
    VerifyReason.DATE_TOO_OLD: "The date lies too far back.",
    VerifyReason.DATE_AMBIGUOUS: "Day and month could be the other way round.",
    VerifyReason.DUE_BEFORE_INVOICE: "Payment would be due before the invoice date.",
    VerifyReason.CURRENCY_CONSISTENT: "All amounts carry the same currency.",
    VerifyReason.CURRENCIES_DIFFER: "Amounts carry different currencies.",
    VerifyReason.CHECK_DIGIT_VALID: "The printed tax number's check digit is right.",
    VerifyReason.CHECK_DIGIT_INVALID: "The printed tax number's check digit is wrong.",
    VerifyReason.VALUE_NOT_IN_DOCUMENT: "The value was not found on any page.",
    VerifyReason.NO_CHECK_APPLIED: "No check could confirm or refute it.",
}
