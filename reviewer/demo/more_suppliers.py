"""The other half of the fictional suppliers."""

from __future__ import annotations

from decimal import Decimal

from reviewer.demo import check_digits
from reviewer.demo.model import Good, Party, Supplier

# Units of what nobody buys twice on one invoice.
_FLAT = ("job", "psch.")


def _good(code: str, description: str, unit: str, price: str, rate: str) -> Good:
    most = 1 if unit in _FLAT else 12
    return Good(code, description, unit, Decimal(price), Decimal(rate), most)


VERDANCE = Supplier(
    party=Party(
        "Atelier Verdance SARL",
        ("27, quai des Tanneurs", "99120 Saint-Aubrac", "France"),
    ),
    trade="Huiles, épices et objets de table",
    design="cards",
    accent="#6b3f69",
    language="fr",
    currency="EUR",
    tax_id=check_digits.french_vat("99900121"),
    iban=check_digits.account("FR", "99990000010001234567806"),
    mail="compta@verdance.example",
    telephone="+33 1 99 00 12 10",
    goods=(
        _good("HU-12", "Huile d'olive vierge extra, 75 cl", "bt", "11.80", "5.5"),
        _good("HU-20", "Huile de noix, 25 cl", "bt", "8.45", "5.5"),
        _good("EP-03", "Piment doux fumé, 60 g", "pot", "4.90", "5.5"),
        _good("OB-31", "Planche en frêne, 40 x 22 cm", "pce", "27.00", "20"),
        _good("OB-36", "Torchon en lin lavé, ivoire", "pce", "14.50", "20"),
    ),
)

NORDLICHT = Supplier(
    party=Party(
        "Nordlicht Elektrotechnik GmbH",
        ("Werftkai 41", "99555 Nordersund", "Deutschland"),
    ),
    trade="Schaltanlagen und Beleuchtung",
    design="sidebar",
    accent="#1d3557",
    language="de",
    currency="EUR",
    tax_id=check_digits.german_vat("99900381"),
    iban=check_digits.account("DE", "999000300055566677"),
    mail="buchhaltung@nordlicht.example",
    telephone="+49 30 23125 381",
    goods=(
        _good("NL-210", "LED-Hallenleuchte 120 W, 4000 K", "Stk.", "148.50", "19"),
        _good("NL-233", "Leitungsschutzschalter B16, 3-polig", "Stk.", "21.90", "19"),
        _good("NL-240", "Installationskabel NYM-J 5 x 2,5", "m", "2.48", "19"),
        _good("NL-305", "Montagestunde Elektromeister", "Std.", "68.00", "19"),
        _good("NL-318", "Anfahrtspauschale Zone 2", "psch.", "45.00", "19"),
    ),
)

OSTRANDER = Supplier(
    party=Party(
        "Ostrander Supply Company",
        ("1840 Millrace Road", "Ostrander Falls, VT 05999", "USA"),
    ),
    trade="Industrial and farm supply since 1958",
    design="form",
    accent="#8c2f1b",
    language="us",
    currency="USD",
    tax_id="99-9900147",
    iban="",
    mail="billing@ostrander.example",
    telephone="(802) 555-0147",
    goods=(
        _good("OS-7701", "Hydraulic hose 1/2 in, 6 ft", "ea", "34.75", "6.25"),
        _good("OS-7716", "Ball valve 3/4 in, brass", "ea", "22.10", "6.25"),
        _good("OS-7803", "Work gloves, goatskin, large", "pr", "17.95", "6.25"),
        _good("OS-7855", "Ratchet strap 2 in x 27 ft", "ea", "26.40", "6.25"),
        _good("OS-7920", "Shop towels, case of 12 rolls", "case", "41.30", "6.25"),
    ),
)

HALDEN = Supplier(
    party=Party(
        "Halden Studio",
        ("5 Lantern Row", "Kilbrannoch Q99 XZ41", "Ireland"),
    ),
    trade="Identity, print and wayfinding",
    design="plain",
    accent="#d1495b",
    language="en",
    currency="EUR",
    tax_id=check_digits.irish_vat("9990015"),
    iban=check_digits.account("IE", "QZBK99000012345678"),
    mail="hello@halden.example",
    telephone="+353 20 910 0154",
    goods=(
        _good("", "Packaging design, third round", "h", "92.00", "23"),
        _good("", "Label artwork, per variety", "pcs", "165.00", "23"),
        _good("", "Photography, half day", "day", "480.00", "23"),
        _good("", "Print supervision on site", "h", "78.00", "23"),
        _good("", "Sign plan for the warehouse", "pcs", "640.00", "23"),
    ),
)

TERN = Supplier(
    party=Party(
        "Tern & Tide Booksellers Ltd",
        ("3 Gull Street", "Saltmarsh ZQ5 1AN", "United Kingdom"),
    ),
    trade="Books, charts and stationery",
    design="ribbon",
    accent="#2a6f97",
    language="en",
    currency="GBP",
    tax_id=check_digits.british_vat_number("9990471"),
    iban=check_digits.account("GB", "QZBK00440044004400"),
    mail="orders@ternandtide.example",
    telephone="+44 1632 960 471",
    goods=(
        _good("T-0081", "Tides of the Elden Estuary, hardback", "pcs", "24.00", "0"),
        _good("T-0094", "The Harbour Almanac 2026", "pcs", "16.50", "0"),
        _good("T-0210", "Sea chart 14, Brackwater approaches", "pcs", "31.00", "20"),
        _good("T-0333", "Ledger book, ruled, 200 pages", "pcs", "11.20", "20"),
        _good("T-0347", "Fountain pen ink, sepia, 50 ml", "pcs", "8.75", "20"),
    ),
)

QUILLFEATHER = Supplier(
    party=Party(
        "Quillfeather Press",
        ("19 Chapel Steps", "Elmsgate ZQ9 6DW", "United Kingdom"),
    ),
    trade="Letterpress printers",
    design="classic",
    accent="#5b1a2e",
    language="en",
    currency="GBP",
    tax_id=check_digits.british_vat_number("9990608"),
    iban=check_digits.account("GB", "QZBK00330012121212"),
    mail="press@quillfeather.example",
    telephone="+44 1632 960 608",
    goods=(
        _good("QP-1", "Business cards, two colours, 250", "set", "96.00", "20"),
        _good("QP-2", "Letterheads, laid paper, 500", "set", "184.00", "20"),
        _good("QP-3", "Exhibition booklet, 24 pages", "pcs", "3.85", "0"),
        _good("QP-4", "Swing tags, die cut, 1000", "set", "142.50", "20"),
        _good("QP-5", "Plate making and proof", "job", "58.00", "20"),
    ),
)

PEMBERLINE = Supplier(
    party=Party(
        "Pemberline Software Inc.",
        ("700 Quarry Avenue, Suite 12", "Larkfield, OR 97999", "USA"),
    ),
    trade="Warehouse software",
    design="plain",
    accent="#3d5a80",
    language="us",
    currency="USD",
    tax_id="99-9900188",
    iban="",
    mail="invoices@pemberline.example",
    telephone="(503) 555-0188",
    goods=(
        _good("", "Stockroom Cloud, team plan, per seat", "mo", "29.00", "8.5"),
        _good("", "Barcode module, per site", "mo", "75.00", "8.5"),
        _good("", "Onboarding session, remote", "h", "120.00", "8.5"),
        _good("", "Data import, flat fee", "job", "350.00", "8.5"),
    ),
)
