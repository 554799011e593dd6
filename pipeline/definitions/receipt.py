"""The built-in receipt type: labels in the languages that its fields are printed in."""

from __future__ import annotations

from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType
from pipeline.definitions.listed import listed

DATE_LABELS = listed(
    """
    invoice date | receipt date | bill date | date time | date | tarikh | datum |
    rechnungsdatum | belegdatum | fecha | dated
    """
)
NOT_DATE = listed(
    """
    due date | expiry date | date of birth | valid until
    """
)
TOTAL_LABELS = listed(
    """
    total rounded | rounded total | total after rounding | total after adj incl gst |
    grand total | final total | nett total | net total | total payable | total amount
    payable | total amt payable | amount payable | total due | amount due | balance
    due | total incl gst | total inclusive gst | total inclusive of gst | total
    including gst | total includes gst | total gst incl | total incl of gst | total rm
    incl of gst | total rm including gst | total rm incl gst | total with gst | total
    sales incl gst | total sales inclusive gst | total sales inclusive of gst |
    takeout total incl gst | total incl tax | total amount | total amt | total rm |
    total myr | total sales | total | jumlah besar | jumlah keseluruhan | jumlah |
    gesamtbetrag | gesamtsumme | summe | zu zahlen | total ttc | montant total | à
    payer | totaal | te betalen | totale | importe total | total gross | due | amount
    | bill amount | sales amount | net amt | net amount | ttl atf rnd | total sale |
    total bill
    """
)
NOT_TOTAL = listed(
    """
    total qty | total quantity | total qty tender | total item | total items | total
    no of items | item total | total savings | total saving | total discount | total
    disc | total gst | total tax | tax total | tax amount | gst amount | gst amt | gst
    | sst | gst payable | gst summary | gst analysis | gst included in total |
    included in total | total excluding gst | total excl gst | total excluded tax |
    total exclude gst | total sales excluding gst | total sales excl gst | total 0%
    supplies | total 6% supplies | total 6% supplies excl gst | total 6% supplies inc
    gst | total supplies | total points | total stamps | taxable amount | gross amt |
    gross amount | total before tax | total net | total without tax | service charge |
    rounding | rounding adj | rounding adjustment | round adj | round adjustment |
    cent rounding | zwischensumme | sous total | mwst | tva
    """
)
SUBTOTAL_LABELS = listed(
    """
    sub total | subtotal | subtotal incl gst
    """
)
PAID_LABELS = listed(
    """
    cash | cash tendered | accepted total | total paid | cash received | tendered |
    tender | amount paid | paid | payment | payment cash | tunai | bar | gegeben |
    visa | mastercard | credit card | debit card | bank card
    """
)
CHANGE_LABELS = listed(
    """
    change | cash change | change due | change amt | change amount | balance | baki |
    rückgeld | rendu
    """
)
ROUNDING_LABELS = listed(
    """
    rounding | rounding adj | rounding adjustment | round adj | round adjustment |
    cent rounding | rundung | arrondi
    """
)
TAX_LABELS = listed(
    """
    gst | sst | total gst | total tax | tax total | gst amount | gst amt | gst payable
    | service tax | mwst | tva | tax
    """
)
SUMMARY_LABELS = listed(
    """
    gst summary | gst analysis | tax summary | sst summary
    """
)
KEYWORDS = listed(
    """
    receipt | cash | change | cashier | tax invoice | simplified tax invoice | cash
    bill | thank you | please come again | goods sold are not returnable | gst id |
    gst reg no | gst summary | rounding | rounding adjustment | subtotal | total qty |
    table | terminal | pos | member | tel | kassenbon | bon | quittung | beleg | bar |
    rückgeld | kasse | ticket de caisse | merci de votre visite | rendu | resit |
    tunai | baki | terima kasih
    """
)
LINE_COLUMNS = {
    "description": listed("description | item | desc | particulars | product"),
    "quantity": listed("qty | quantity | menge"),
    "unit_price": listed("price | unit price | u.price | u/p | preis"),
    "amount": listed("amount | amount(rm) | amt | total | betrag | subtotal"),
}

RECEIPT = DocumentTypeSpec(
    name="receipt",
    keywords=KEYWORDS,
    fields=(
        FieldSpec(
            "company",
            ValueType.NAME,
            critical=True,
            required=True,
            hints={"role": "letterhead_name"},
        ),
        FieldSpec(
            "date",
            ValueType.DATE,
            DATE_LABELS,
            critical=True,
            required=True,
            hints={"role": "document_date", "not": NOT_DATE},
        ),
        FieldSpec("address", ValueType.ADDRESS, hints={"role": "letterhead_address"}),
        FieldSpec(
            "total",
            ValueType.MONEY,
            TOTAL_LABELS,
            critical=True,
            required=True,
            hints={
                "role": "receipt_total",
                "not": NOT_TOTAL,
                "subtotal": SUBTOTAL_LABELS,
                "paid": PAID_LABELS,
                "change": CHANGE_LABELS,
                "rounding": ROUNDING_LABELS,
                "tax": TAX_LABELS,
                "summary": SUMMARY_LABELS,
            },
        ),
    ),
    line_columns=LINE_COLUMNS,
)
