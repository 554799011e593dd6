"""The list of the demo's invoices."""

from __future__ import annotations

from datetime import date

from reviewer.demo.invoices import InvoicePlan
from reviewer.demo.more_suppliers import (
    HALDEN,
    NORDLICHT,
    OSTRANDER,
    PEMBERLINE,
    QUILLFEATHER,
    TERN,
    VERDANCE,
)
from reviewer.demo.suppliers import BRACKWATER, CALDER, LINDENHOF, MUEHLBACH

_FREIGHT_PAIR = (
    InvoicePlan(
        "brackwater-freight-march.pdf",
        *("harbour", BRACKWATER, "BW-26-0317", date(2026, 3, 12)),
        count=5,
        days=30,
        freight_line="48.50",
        note="freight is a line item, so the lines' sum holds it",
    ),
    InvoicePlan(
        "brackwater-freight-april.pdf",
        *("harbour", BRACKWATER, "BW-26-0402", date(2026, 4, 13)),
        count=5,
        days=30,
        freight="52.00",
        note="freight stands between subtotal and total and is no line item",
    ),
)

_CLEAN = (
    InvoicePlan(
        "lindenhof-rechnung.pdf",
        *("meadow", LINDENHOF, "RE-2026-1184", date(2026, 2, 9)),
        count=5,
        days=14,
    ),
    InvoicePlan(
        "lindenhof-rabatt.pdf",
        *("meadow", LINDENHOF, "RE-2026-1431", date(2026, 5, 21)),
        days=14,
        discount_percent=5,
        note="a discount line stands between subtotal and tax",
    ),
    InvoicePlan(
        "muehlbach-feinkost.pdf",
        *("meadow", MUEHLBACH, "2026/0077", date(2026, 4, 2)),
        count=5,
        note="two rates of tax",
    ),
    InvoicePlan(
        "calder-wick-two-pages.pdf",
        *("harbour", CALDER, "CW/50921", date(2026, 1, 28)),
        count=36,
        days=30,
        note="the table runs over the page",
    ),
    InvoicePlan(
        "verdance-facture.pdf",
        *("meadow", VERDANCE, "FA26-0218", date(2026, 3, 17)),
        count=5,
        days=30,
        note="French, two rates of tax",
    ),
    InvoicePlan(
        "nordlicht-rechnung.pdf",
        *("meadow", NORDLICHT, "NL-260512", date(2026, 5, 12)),
        days=21,
    ),
    InvoicePlan(
        "nordlicht-gutschrift.pdf",
        *("meadow", NORDLICHT, "GS-260603", date(2026, 6, 3)),
        count=2,
        credit_note=True,
        note="a credit note: quantities and amounts are negative",
    ),
    InvoicePlan(
        "ostrander-supply.pdf",
        *("harbour", OSTRANDER, "OS-118204", date(2026, 2, 24)),
        days=30,
    ),
    InvoicePlan(
        "ostrander-supply-wrong-total.pdf",
        *("harbour", OSTRANDER, "OS-118977", date(2026, 6, 18)),
        days=30,
        misprint="90.00",
        note="the printed total is 90.00 more than net and tax",
    ),
    InvoicePlan(
        "halden-studio.pdf", "harbour", HALDEN, "HS-0412", date(2026, 4, 27), days=14
    ),
    InvoicePlan(
        "tern-and-tide.pdf", "harbour", TERN, "TT26-0339", date(2026, 3, 5), count=5
    ),
    InvoicePlan(
        "pemberline-software.pdf", "harbour", PEMBERLINE, "INV-20714", date(2026, 7, 1)
    ),
    InvoicePlan(
        "quillfeather-press.pdf",
        *("harbour", QUILLFEATHER, "1926", date(2026, 5, 8)),
        days=30,
    ),
)

_WORN = (
    InvoicePlan(
        "lindenhof-scan.jpg",
        *("meadow", LINDENHOF, "RE-2026-1302", date(2026, 3, 30)),
        form="jpeg",
        wear="light",
        days=14,
    ),
    InvoicePlan(
        "muehlbach-scan.pdf",
        *("meadow", MUEHLBACH, "2026/0103", date(2026, 5, 19)),
        form="picture-pdf",
        wear="light",
    ),
    InvoicePlan(
        "calder-wick-mixed.pdf",
        *("harbour", CALDER, "CW/51377", date(2026, 3, 31)),
        count=34,
        form="mixed-pdf",
        wear="light",
        note="page 1 is digital, page 2 is a scan",
    ),
    InvoicePlan(
        "calder-wick-scan.tiff",
        *("harbour", CALDER, "CW/52040", date(2026, 6, 30)),
        count=31,
        form="tiff",
        wear="office",
        note="two pages in one TIFF, black and white like a fax",
    ),
    InvoicePlan(
        "verdance-scan.png",
        *("meadow", VERDANCE, "FA26-0297", date(2026, 4, 21)),
        form="png",
        wear="worn",
    ),
    InvoicePlan(
        "halden-scan.jpg",
        *("harbour", HALDEN, "HS-0437", date(2026, 6, 9)),
        count=3,
        form="jpeg",
        wear="hard",
    ),
    InvoicePlan(
        "tern-and-tide-scan.jpg",
        *("harbour", TERN, "TT26-0488", date(2026, 5, 28)),
        form="jpeg",
        wear="worn",
    ),
    InvoicePlan(
        "nordlicht-locked.pdf",
        *("meadow", NORDLICHT, "NL-260699", date(2026, 6, 25)),
        form="locked-pdf",
        note="opens with a password only",
    ),
    InvoicePlan(
        "blank-page.jpg",
        *("harbour", LINDENHOF, "", date(2026, 6, 1)),
        form="blank",
        wear="blank",
        note="the empty back of a sheet",
    ),
)

INVOICE_PLANS = (*_FREIGHT_PAIR, *_CLEAN, *_WORN)
