"""Fictional shops of the demo and what they sell."""

from __future__ import annotations

from reviewer.demo import check_digits
from reviewer.demo.receipts import Shop

_ENGLISH = {
    "telephone": "Tel",
    "receipt": "Receipt",
    "subtotal": "Subtotal",
    "tax": "VAT",
    "net": "Net",
    "rounding": "Rounding",
    "rate": "Rate",
    "article": "Item",
    "quantity": "Qty",
    "price": "Price",
    "amount": "Amount",
    "total": "TOTAL",
    "cash": "Cash",
    "change": "Change",
    "card": "Card payment",
}
_AMERICAN = {**_ENGLISH, "tax": "Sales tax 6.25%", "receipt": "Check #", "net": ""}
_GERMAN = {
    "telephone": "Tel.",
    "receipt": "Bon-Nr.",
    "subtotal": "Zwischensumme",
    "tax": "MwSt",
    "net": "Netto",
    "rounding": "Rundung",
    "rate": "Satz",
    "article": "Artikel",
    "quantity": "Anz",
    "price": "Preis",
    "amount": "Betrag",
    "total": "SUMME",
    "cash": "Bar",
    "change": "Rückgeld",
    "card": "Kartenzahlung",
}
_FRENCH = {
    "telephone": "Tél.",
    "receipt": "Ticket",
    "subtotal": "Sous-total",
    "tax": "TVA",
    "net": "HT",
    "rounding": "Arrondi",
    "rate": "Taux",
    "article": "Article",
    "quantity": "Qté",
    "price": "Prix",
    "amount": "Montant",
    "total": "TOTAL",
    "cash": "Espèces",
    "change": "Rendu",
    "card": "Carte bancaire",
}

KETTLE = Shop(
    *("COPPER KETTLE CAFE", ("7 Lamplighter Row", "Port Elden ZQ7 2BX")),
    *("01632 960 207", f"VAT {check_digits.british_vat_number('9990733')}"),
    *("en", "GBP", "%d/%m/%Y", "Thank you, see you soon!"),
    (
        ("Flat white", "3.40", "20"),
        ("Pot of Assam tea", "2.95", "20"),
        ("Cheese scone", "3.10", "20"),
        ("Leek and potato soup", "6.75", "20"),
        ("Lemon drizzle slice", "3.60", "20"),
        ("Sparkling water", "2.20", "20"),
    ),
    _ENGLISH,
    inverse=True,
)
FENNEL = Shop(
    *("FENNEL & RYE GROCERS LTD", ("41 Market Hill", "Elmsgate ZQ9 8NL")),
    *("01632 960 318", f"VAT {check_digits.british_vat_number('9990842')}"),
    *("en", "GBP", "%d %b %Y", "Every little leaf counts"),
    (
        ("Sourdough loaf 800g", "4.20", "0"),
        ("Vine tomatoes 500g", "2.45", "0"),
        ("Oat milk 1L", "1.95", "0"),
        ("Washing-up liquid", "2.30", "20"),
        ("Dark chocolate 100g", "2.75", "20"),
        ("Olives in brine", "3.15", "0"),
        ("Beeswax candles x6", "8.90", "20"),
    ),
    _ENGLISH,
    bold=True,
    rule="=",
)
SONNENKORN = Shop(
    *("Bäckerei Sonnenkorn", ("Marktplatz 2", "99617 Lindenau")),
    *("030 23125 402", f"USt-IdNr. {check_digits.german_vat('99900402')}"),
    *("de", "EUR", "%d.%m.%Y", "Vielen Dank für Ihren Einkauf"),
    (
        ("Roggenmischbrot 1 kg", "4.95", "7"),
        ("Butterbrezel", "1.80", "7"),
        ("Dinkelbrötchen", "0.95", "7"),
        ("Pflaumenkuchen", "2.90", "7"),
        ("Kaffee groß", "3.20", "19"),
        ("Kakao", "3.40", "19"),
    ),
    _GERMAN,
    columns=True,
)
BLATTWERK = Shop(
    *("BLATTWERK DROGERIE GMBH", ("Lange Gasse 58", "99634 Oberlinden")),
    *("030 23125 519", f"USt-IdNr. {check_digits.german_vat('99900519')}"),
    *("de", "EUR", "%d.%m.%y", "Umtausch binnen 14 Tagen mit Bon"),
    (
        ("Handcreme Kamille", "3.45", "19"),
        ("Zahnbürsten 2er", "2.95", "19"),
        ("Kräutertee 20 Btl", "2.25", "7"),
        ("Geschirrtücher 3er", "6.99", "19"),
        ("Babybrei Apfel", "1.15", "7"),
        ("Batterien AA 8er", "5.79", "19"),
    ),
    _GERMAN,
    bold=True,
    date_last=True,
)
HARROW = Shop(
    *("HARROW STREET HARDWARE", ("215 Harrow Street", "Ostrander Falls, VT 05999")),
    *("(802) 555-0163", "Store 004   Register 2"),
    *("us", "USD", "%b %d, %Y", "Returns within 30 days with receipt"),
    (
        ("Wood glue 8 oz", "6.49", "6.25"),
        ("Paint roller 9 in", "7.99", "6.25"),
        ("Deck screws 1 lb", "9.79", "6.25"),
        ("Sandpaper assorted", "5.29", "6.25"),
        ("Extension cord 25 ft", "18.95", "6.25"),
        ("Work light LED", "24.50", "6.25"),
    ),
    _AMERICAN,
    bold=True,
    tax_on_top=True,
    rule="*",
)
QUAYSIDE = Shop(
    *("Quayside Chemist", ("Harbour Road", "Kilbrannoch", "Q99 XZ52")),
    *("020 910 0177", f"VAT {check_digits.irish_vat('9990246')}"),
    *("en", "EUR", "%d-%m-%Y", "Mind yourself"),
    (
        ("Plasters assorted", "3.49", "23"),
        ("Throat lozenges", "4.63", "23"),
        ("Sun lotion SPF 50", "12.98", "23"),
        ("Vitamin C tablets", "6.24", "13.5"),
        ("Lip balm", "2.87", "23"),
    ),
    _ENGLISH,
    round_to="0.05",
    columns=True,
)
CANAL = Shop(
    *("PAPETERIE DU CANAL", ("3, rue des Écluses", "99120 Saint-Aubrac")),
    *("01 99 00 12 44", f"TVA {check_digits.french_vat('99900246')}"),
    *("fr", "EUR", "%d/%m/%Y", "Merci et à bientôt"),
    (
        ("Cahier ligné A5", "4.20", "20"),
        ("Stylo plume", "18.50", "20"),
        ("Carte postale", "1.30", "20"),
        ("Guide de la vallée", "12.90", "5.5"),
        ("Ruban adhésif", "2.60", "20"),
    ),
    _FRENCH,
    date_last=True,
    columns=True,
)
LANTERN = Shop(
    *("LANTERN FUEL STATION", ("Elden Bypass, A99", "Port Elden ZQ7 9DD")),
    *("01632 960 455", f"VAT {check_digits.british_vat_number('9990950')}"),
    *("en", "GBP", "%Y-%m-%d", "Drive safely"),
    (
        ("Unleaded pump 4", "46.18", "20"),
        ("Screen wash 5L", "6.99", "20"),
        ("Chicken wrap", "4.25", "20"),
        ("Still water 750ml", "1.75", "20"),
        ("Road atlas", "9.99", "0"),
    ),
    _ENGLISH,
    inverse=True,
    rule="- ",
)
