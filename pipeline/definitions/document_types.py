"""The document types that come with the system; admins edit copies of them as data.

Labels are listed with the most telling first. Hints that the extraction knows:
"role" names a special rule that applies besides the label rule; "not" lists look-alike
labels of other things; "pattern" is a regular expression that an identifier must match;
"below" is false where the value never stands under its label; "subtotal", "paid",
"change", "rounding", "tax", "summary", "due", "charge" and "discount" list the labels
of what a total or a date is checked against, "delivery" those of who gets the goods.
"""

from __future__ import annotations

from pipeline.claims import DocumentTypeSpec
from pipeline.definitions.invoice import INVOICE
from pipeline.definitions.receipt import RECEIPT

BUILT_IN: tuple[DocumentTypeSpec, ...] = (RECEIPT, INVOICE)
# What pages call the fields whose own names say too little, by type and field.
SHOWN_AS: dict[tuple[str, str], str] = {
    ("invoice", "supplier_name"): "Supplier",
    ("invoice", "buyer_name"): "Buyer",
    ("invoice", "line_total"): "Net total",
    ("invoice", "tax_total"): "Tax",
}
