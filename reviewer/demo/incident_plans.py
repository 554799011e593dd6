"""The invoices of the incident: a supplier's freight, read in two ways.

Those issued before the upgrade are read by the earlier version, the others by the one
that took its place; nobody looked at what that changed.
"""

from __future__ import annotations

from datetime import date

from reviewer.demo.invoices import InvoicePlan
from reviewer.demo.model import Supplier
from reviewer.demo.more_suppliers import OSTRANDER, PEMBERLINE, TERN
from reviewer.demo.suppliers import BRACKWATER

TENANT = "harbour"
UPGRADE = date(2026, 4, 1)
# Supplier, stem of the file names, numbers from, freight below the table if any.
_SENDERS: tuple[tuple[Supplier, str, str, tuple[str, ...]], ...] = (
    (BRACKWATER, "brackwater", "BW-26-05", ("41.00", "38.50", "52.00", "47.25")),
    (OSTRANDER, "ostrander", "OS-1204", ()),
    (PEMBERLINE, "pemberline", "INV-2100", ()),
    (TERN, "tern-and-tide", "TT26-06", ()),
)
_DAYS = (
    *(date(2026, 1, 14), date(2026, 2, 11), date(2026, 3, 4), date(2026, 3, 25)),
    *(date(2026, 4, 15), date(2026, 5, 13)),
)


def _plans() -> list[InvoicePlan]:
    return [
        InvoicePlan(
            f"{stem}-{day:%m-%d}.pdf",
            *(TENANT, supplier, f"{number}{place + 1}", day),
            count=3 + place % 2,
            days=30,
            freight=freights[place % len(freights)] if freights else "0",
        )
        for supplier, stem, number, freights in _SENDERS
        for place, day in enumerate(_DAYS)
    ]


INCIDENT_PLANS = tuple(_plans())
# The invoice that the customer asked about, and the earlier one beside it.
ASKED_ABOUT, BESIDE = "brackwater-04-15.pdf", "brackwater-03-25.pdf"
