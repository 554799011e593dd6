"""Fictional suppliers of the demo and what they sell."""

from __future__ import annotations

from decimal import Decimal

from reviewer.demo import check_digits
from reviewer.demo.model import Good, Party, Supplier

BUYERS = {
    "harbour": Party(
        "Harbour Books Ltd",
        ("12 Cooper's Wharf", "Port Elden ZQ7 4PL", "United Kingdom"),
    ),
    "meadow": Party(
        "Meadow & Daughters GmbH",
        ("Am Wiesengrund 8", "99617 Lindenau", "Deutschland"),
    ),
}


def _goods(unit: str, rate: str, *rows: tuple[str, str, str]) -> tuple[Good, ...]:
    return tuple(
        Good(code, description, unit, Decimal(price), Decimal(rate))
        for code, description, price in rows
    )


BRACKWATER = Supplier(
    party=Party(
        "Brackwater Rope & Timber Ltd",
        ("Unit 4, Tidemill Yard", "Brackwater ZQ2 9TR", "United Kingdom"),
    ),
    trade="Chandlery, cordage and marine timber",
    design="band",
    accent="#0f4c5c",
    language="en",
    currency="GBP",
    tax_id=check_digits.british_vat_number("9990014"),
    iban=check_digits.account("GB", "QZBK00990012345678"),
    mail="accounts@brackwater.example",
    telephone="+44 1632 960 114",
    goods=_goods(
        "pcs",
        "20",
        ("BW-1040", "Larch decking board 28 x 145 x 3600 mm", "18.40"),
        ("BW-1112", "Manila rope 16 mm, 50 m coil", "74.25"),
        ("BW-2207", "Galvanised mooring cleat 200 mm", "12.90"),
        ("BW-2310", "Bronze shackle, D pattern, 12 mm", "21.35"),
        ("BW-3051", "Marine varnish, satin, 2.5 l", "43.80"),
        ("BW-3308", "Oak fender block, hand finished", "36.15"),
    ),
)

LINDENHOF = Supplier(
    party=Party(
        "Lindenhof Papierwerk GmbH",
        ("Mühlgraben 17", "99634 Oberlinden", "Deutschland"),
    ),
    trade="Papier und Verpackung seit 1921",
    design="letter",
    accent="#2f5d3a",
    language="de",
    currency="EUR",
    tax_id=check_digits.german_vat("99900017"),
    iban=check_digits.account("DE", "999000100012345678"),
    mail="rechnung@lindenhof.example",
    telephone="+49 30 23125 017",
    goods=_goods(
        "Stk.",
        "19",
        ("4010", "Geschenkpapier Kraft, Rolle 50 m", "14.90"),
        ("4022", "Faltschachtel 200 x 150 x 90 mm", "0.68"),
        ("4031", "Seidenpapier weiß, 480 Bogen", "27.50"),
        ("4107", "Flaschenkarton, 6er, bedruckt", "2.35"),
        ("4215", "Klebeband Papier, 50 mm x 66 m", "3.95"),
        ("4302", "Etiketten rund, Ø 40 mm, 1000 Stück", "18.20"),
    ),
)

MUEHLBACH = Supplier(
    party=Party(
        "Gutshof Mühlbach KG",
        ("Dorfstraße 3", "99691 Mühlbach am Rain", "Deutschland"),
    ),
    trade="Honig · Essig · Eingemachtes",
    design="classic",
    accent="#7a4b12",
    language="de",
    currency="EUR",
    tax_id=check_digits.german_vat("99900254"),
    iban=check_digits.account("DE", "999000200098765432"),
    mail="hof@gutshof-muehlbach.example",
    telephone="+49 30 23125 254",
    goods=(
        *_goods(
            "Glas",
            "7",
            ("H-01", "Lindenblütenhonig 500 g", "6.80"),
            ("H-04", "Waldhonig 500 g", "7.40"),
            ("E-11", "Quittengelee 220 g", "4.15"),
            ("E-17", "Birnenchutney 180 g", "4.60"),
        ),
        *_goods(
            "Fl.",
            "19",
            ("A-02", "Apfelbrand 40 % vol., 0,5 l", "18.90"),
            ("A-05", "Schlehenlikör 0,35 l", "12.60"),
        ),
    ),
)

_IRONMONGERY = tuple(
    Good(
        f"CW{100 + 3 * index}{finish[0].upper()}",
        f"{name}, {finish}",
        "each",
        price,
        rate,
    )
    for index, (name, base) in enumerate(
        (
            ("Butt hinge 76 mm", "3.15"),
            ("Tee hinge 300 mm", "6.48"),
            ("Rim lock, left hand", "28.60"),
            ("Mortice latch 64 mm", "9.95"),
            ("Door knob pair, beehive", "32.40"),
            ("Cabin hook 150 mm", "4.05"),
            ("Sash lift, hooked", "7.20"),
            ("Letter plate 254 mm", "19.85"),
            ("Escutcheon, oval", "2.95"),
            ("Hasp and staple 200 mm", "5.60"),
        )
    )
    for finish, extra in (
        ("polished brass", "0.00"),
        ("black japanned", "0.35"),
        ("satin nickel", "1.20"),
        ("cast iron", "0.80"),
    )
    for price, rate in ((Decimal(base) + Decimal(extra), Decimal(20)),)
)

CALDER = Supplier(
    party=Party(
        "Calder & Wick Ironmongers LLP",
        ("The Old Forge, 88 Smithy Lane", "Wickham Calder ZQ11 3HB", "United Kingdom"),
    ),
    trade="Fixings, hinges and architectural ironmongery",
    design="grid",
    accent="#33373d",
    language="en",
    currency="GBP",
    tax_id=check_digits.british_vat_number("9990233"),
    iban=check_digits.account("GB", "QZBK00770055501234"),
    mail="ledger@calder-wick.example",
    telephone="+44 1632 960 233",
    goods=_IRONMONGERY,
)
