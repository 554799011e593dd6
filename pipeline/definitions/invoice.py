"""The built-in invoice type: labels in the languages that its fields are printed in."""

from __future__ import annotations

from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType
from pipeline.definitions.listed import listed

NUMBER_LABELS = listed(
    """
    rechnungsnummer | rechnungsnr | rechnung nr | rechnungs nr | invoice number |
    invoice no | invoice # | invoice id | invoice num | invoice ref | tax invoice no |
    beleg nr | belegnummer | beleg nummer | gutschrift nr | gutschriftsnummer | credit
    note no | credit note number | facture no | numéro de facture | no de facture |
    facture | avoir | avoir no | factuurnummer | factuur nr | factuur no | factuur |
    número de factura | factura no | numero fattura | fattura n | faktura nr |
    fakturanummer | fakturanr | no invois | rechnung no | rechnung | invoice | bill no
    | bill number | document no | document number | inv no
    """
)
NOT_NUMBER = listed(
    """
    bestell nr | bestellnummer | bestellung | bestellung nr | order no | order number
    | order id | your order | ordernummer | kunden nr | kundennummer | kundennr |
    customer no | customer number | klantnummer | lieferschein nr | lieferschein |
    lief nr | auftrag nr | auftragsnummer | auftrag nr lief | ursprungsbeleg nr |
    reklamationsnummer | rapport nr | handelsregisternummer | steuernummer | steuer nr
    | ust idnr | ust id nr | uid nr | vat no | vat number | vat id | n tva | no tva
    client | wee reg nr | globale nummer | versicherungsnummer | account number |
    rechnung gemäß bestellung | rechnung gemäß bestellung nr | rechnung zu stellen |
    facture liée | lieferung nr | vertrag nr | vertragsnummer | zahlungsreferenz |
    weitere referenz | rechnungsempfänger | abweichender rechnungsempfänger | bill to
    | page | seite | adresse de facturation
    """
)
DATE_LABELS = listed(
    """
    rechnungsdatum | datum der rechnung | invoice date | date of invoice | beleg datum
    | belegdatum | date de facture | date de facturation | date facture | factuurdatum
    | factuur datum | fecha de factura | data fattura | fakturadatum | issue date |
    date of issue | issued at | issued on | ausstellungsdatum | tarikh invois | date
    d'émission | bill date | dated | datum | date | tarikh
    """
)
NOT_DATE = listed(
    """
    lieferdatum | leistungsdatum | liefer- und leistungsdatum | lieferschein datum |
    leistungs datum | leistungszeitraum | liefer-/leistungszeitraum | date of delivery
    | delivery date | bestell datum | bestelldatum | order date | orderdatum | auftrag
    datum lief | auftragsdatum | due date | payment due | date d'échéance | date
    limite de paiement | fälligkeit | fällig am | fälligkeitstag | fälligkeitsdatum |
    zahlbar bis | zahlungsziel | vervaldatum | besteldatum | verzenddatum |
    rechnungszeitraum | stylesheet version | codelisten version | version | period |
    billing period | stand | expiry date | zahlbar innerhalb | bitte überweisen sie
    bis zum | please remit until | gültig ab
    """
)
DUE_LABELS = listed(
    """
    due date | payment due | date d'échéance | date limite de paiement |
    fälligkeitstag | fälligkeitsdatum | fällig am | zahlbar bis | zahlungsziel |
    vervaldatum | bitte überweisen sie bis zum | please remit until
    """
)
SUPPLIER_LABELS = listed(
    """
    verkäufer | lieferant | rechnungssteller | leistungserbringer | seller | supplier
    | vendor | sold by | billed by | service provider | fournisseur | vendeur |
    leverancier | verkoper | proveedor | fornitore | säljare | penjual
    """
)
BUYER_LABELS = listed(
    """
    käufer | käufer/leistungsempfänger | leistungsempfänger | rechnungsempfänger |
    buyer | bill to | bill to address | billing address | billed to | invoice to |
    sold to | rechnung an | rechnungsadresse | adresse de facturation | facturé à |
    client | acheteur | factuuradres | koper | kunde | customer | customer name |
    guest name | cliente | pembeli
    """
)
NOT_PARTY = listed(
    """
    ship to | shipping address | deliver to | warenempfänger | abweichender
    warenempfänger | abweichender rechnungsempfänger | abweichender zahlungsempfänger
    | adresse de livraison | afleveradres | lieferadresse | art nr lieferant |
    art-nr-lief | art-nr-kunde | kunden nr | customer no | customer care | referenz
    des käufers | verkäufer iban | verkäufer bic | verkäufer kontoname | kundennummer
    | client no | n tva client | no tva client | id client | nom du client | service
    client | lieferant nr | der verkäufer bleibt
    """
)
DELIVERY_LABELS = listed(
    """
    ship to | shipping address | deliver to | delivery address | warenempfänger |
    lieferadresse | lieferanschrift | adresse de livraison | livré à | afleveradres
    """
)
NET_LABELS = listed(
    """
    positionssumme | rechnungssumme netto | rechnungssumme netto excl ust | summe
    positionen | warenwert | summe netto | nettosumme | gesamt netto | gesamtbetrag
    netto | net total | total net | total ht | montant ht | total hors taxes | sub
    total | subtotal | zwischensumme | sous total | subtotaal | totaal exclusief btw |
    exclusief btw | totaal excl btw | total excl vat | total excluding vat | total
    before tax | net amount | nettobetrag | total sans tva | base imponible |
    imponibile | charges | montant eur ht | summe
    """
)
TAX_LABELS = listed(
    """
    steuerbetrag | steuerbetrag in | umsatzsteuer | umsatzsteuerbetrag | mwst betrag |
    ust betrag | zuzügl ust | zzgl ust | zzgl mwst | mwst | mehrwertsteuer | ust | vat
    total | total vat | vat amount | total tax | tax total | sales tax | tax amount |
    total taxes | total tva | montant tva | tva | btw bedrag | btw | vat | tax | gst |
    sst | iva | moms | cukai
    """
)
GROSS_LABELS = listed(
    """
    bruttosumme | rechnungssumme brutto inkl ust | gesamtbetrag brutto |
    rechnungsbetrag | rechnungssumme brutto | gesamtsumme brutto | endbetrag |
    gesamtbetrag | gesamtsumme | summe brutto | summe inkl ust | summe inkl mwst |
    gesamtbetrag inkl mwst | grand total | invoice total | total amount due | total
    for this invoice | total incl vat | total including vat | total incl tax | total
    ttc | montant ttc | montant eur ttc | net à payer | somme à payer | total facture
    | factuur totaal | factuur totaal eur | totaal inclusief btw | bedrag inclusief
    btw | totaal incl btw | totaalbedrag | totaal | totale | importe total | due
    payable | total amount | total due | amount due | total eur | total usd | total |
    jumlah besar | jumlah | balance due | zahlbetrag | zu zahlen | zu zahlender betrag
    | te betalen | gutschriftsbetrag | gutschriftbetrag | credit total | total credit |
    credit amount | credit note total | montant de l'avoir | total avoir
    """
)
NOT_AMOUNT = listed(
    """
    gesamtbetrag der zuschläge | gesamtbetrag der abschläge | summe zuschläge | summe
    abschläge | rechnungssumme ohne ust | gesamtbetrag ohne ust | erhaltene
    anzahlungen | anzahlung | solde à payer | prepaid | amount paid | total discount |
    rabattbetrag | frachtbetrag | basisbetrag | steuerbasisbetrag | total charges |
    tax rate | steuersatz | zu-/abschlag | mwst % | ust % | btw % | leergutwert | inkl
    ust | inkl mwst | inkl. 19% mwst | incl vat | incl tax | excl ust | excl vat |
    excl btw | incl btw | ex btw | vat % | tax % | ust id nr | ust id | ust idnr | ust
    identnr | vat id | btw nummer | btw nr | uw btw nummer
    """
)
CHARGE_LABELS = listed(
    """
    freight | freight charges | shipping | shipping and handling | shipping handling |
    shipping cost | shipping costs | handling | handling fee | delivery | delivery
    charge | delivery charges | postage | postage and packing | carriage | packaging |
    surcharge | rounding | rounding adjustment | versand | versandkosten | fracht |
    frachtkosten | porto | porto und verpackung | verpackung | zuschlag | rundung |
    rundungsdifferenz | port | frais de port | frais de livraison | livraison |
    transport | frais d'expédition | arrondi | verzendkosten | afronding | spedizione |
    spese di trasporto | gastos de envío
    """
)
DISCOUNT_LABELS = listed(
    """
    discount | trade discount | less discount | rebate | allowance | rabatt | nachlass
    | abschlag | skonto | remise | rabais | escompte | ristourne | korting | sconto |
    descuento
    """
)
CURRENCY_LABELS = listed(
    """
    währung | rechnungswährung | currency | devise | valuta | moneda | mata wang
    """
)
KEYWORDS = listed(
    """
    invoice date | rechnung an | facturé à | remit to |
    rechnung | handelsrechnung | warenrechnung | beitragsrechnung | rechnungskorrektur
    | rechnungs korrektur | gutschrift | rechnungsnummer | rechnungsdatum | rechnung
    nr | verkäufer | käufer | lieferant | zahlungsbedingungen | fälligkeit |
    nettobetrag | umsatzsteuer | bruttosumme | ust id nr | ust idnr | ust id |
    steuernummer | mwst | iban | bic | invoice | invoice number | invoice summary |
    credit note | bill to | ship to | due date | payment terms | balance due |
    purchase order | vat id | vat | billing address | shipping address | facture |
    avoir | date de facture | total ht | total ttc | tva | siret | conditions de
    paiement | factuur | factuurnummer | factuurdatum | btw | kvk | fattura | factura
    | faktura
    """
)
LINE_COLUMNS = {
    "description": listed(
        """
        beschreibung | artikelbezeichnung | bezeichnung | artikel | produkt |
        description | item | product | title | désignation | omschrijving |
        artikelomschrijving | leistung | details
        """
    ),
    "quantity": listed(
        """
        menge | anzahl | qty | quantity | quantité | nombre | aantal | hoeveelheid |
        stück
        """
    ),
    "unit_price": listed(
        """
        nettopreis | einzelpreis | preis | vk-preis | stückpreis | unit price | price
        | rate | prix unitaire | p.u. ht | prijs | prijs per stuk | prijs/st
        """
    ),
    "amount": listed(
        """
        nettobetrag | positionsbetrag | entgelt | nettowert | zeilenbetrag |
        gesamtpreis | summe | betrag | amount | total | montant ht | prix ht | montant
        | bedrag | prijs incl. btw
        """
    ),
}

INVOICE = DocumentTypeSpec(
    name="invoice",
    keywords=KEYWORDS,
    fields=(
        FieldSpec(
            "invoice_number",
            ValueType.ID,
            NUMBER_LABELS,
            critical=True,
            required=True,
            hints={"role": "document_number", "not": NOT_NUMBER},
        ),
        FieldSpec(
            "invoice_date",
            ValueType.DATE,
            DATE_LABELS,
            critical=True,
            required=True,
            hints={"role": "document_date", "not": NOT_DATE, "due": DUE_LABELS},
        ),
        FieldSpec(
            "supplier_name",
            ValueType.NAME,
            SUPPLIER_LABELS,
            required=True,
            hints={"role": "supplier", "not": NOT_PARTY},
        ),
        FieldSpec(
            "buyer_name",
            ValueType.NAME,
            BUYER_LABELS,
            hints={"role": "recipient", "delivery": DELIVERY_LABELS},
        ),
        FieldSpec(
            "currency",
            ValueType.CURRENCY,
            CURRENCY_LABELS,
            hints={"role": "currency"},
        ),
        FieldSpec(
            "line_total",
            ValueType.MONEY,
            NET_LABELS,
            hints={"role": "net_total", "not": NOT_AMOUNT},
        ),
        FieldSpec(
            "tax_total", ValueType.MONEY, TAX_LABELS, hints={"role": "tax_total"}
        ),
        FieldSpec(
            "grand_total",
            ValueType.MONEY,
            GROSS_LABELS,
            critical=True,
            required=True,
            hints={
                "role": "gross_total",
                "charge": CHARGE_LABELS,
                "discount": DISCOUNT_LABELS,
            },
        ),
    ),
    line_columns=LINE_COLUMNS,
)
