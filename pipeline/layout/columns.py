"""What the headings of a table of items mean, in the languages of European invoices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

LONGEST = 100  # letters; longer texts head no column and label no total
# In this order: the first pattern that is found in the heading, written without spaces,
# accents and signs, decides. Long words come before the short ones that they hold.
_TAX = r"(?:mwst|ust|umsatzsteuer|steuer|vat|tax|tva|btw|iva|gst|igst|cgst|sgst)"
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "base",
        r"basis(?:betrag|menge)|steuerbasis|bemessung|taxable|grondslag|imponibile",
    ),
    ("due", r"fallig|teilzahlung|echeance|vervaldat|duedate|scadenza"),
    (
        "tax_amount",
        rf"{_TAX}(?:betrag|amount|amt|bedrag|summe)|(?:montant|importo){_TAX}",
    ),
    (
        "description",
        r"beschreibung|bezeichnung|description|designation|omschrijving|descrizione"
        r"|descripcion|particulars|descitem|itemdesc|desc$",
    ),
    (
        "amount",
        r"gesamtpreis|gesamtbetrag|totalprice|linetotal|prixtotal|prezzototale|preciototal"
        r"|totaalprijs|prijsincl|prijsexcl|prixht$|prixttc$|extprice|extendedprice|netprice"
        r"|nettototal|preisgesamt|preistotal|zeilenbetrag|positionsbetrag|nettobetrag"
        r"|nettowert|bruttobetrag|betrag(?:ohne|mit|in|eur|netto)",
    ),
    (
        "unit_price",
        r"einzelpreis|stuckpreis|einheitspreis|preis(?:jeein|pro|einheit|stuck)"
        r"|nettopreis|bruttopreis|vkpreis|epreis|unitprice|priceunit|unitcost|peruni"
        r"|prixunit|prixun|punitaire|prezzounit|preciounit|prijs(?:per|st)|stuksprijs"
        r"|puht|puttc|^pu$|^ep$|^up$|uprice|sprice|^rsp$|^rate|^tarif|^unit(?:aire|ario)$",
    ),
    ("tax", rf"^{_TAX}(?:es|satz|code|pct|rate|in)*[esp]?$|steuersatz|taxcode|^{_TAX}"),
    ("discount", r"rabatt|discount|^disc|^rem$|remise|korting|sconto|descuento"),
    ("unit", r"mengeneinheit|mengeinheit|^einheit$|^units?$|^uom$|^vkegeb$|unite$"),
    (
        "article",
        r"art(?:ikel|icle)?n(?:r|o|um)|itemno|itemcode|^sku|^gtin|^ean|^isbn|^code",
    ),
    ("date", r"^datum$|^date$|^data$|^fecha$"),
    (
        "quantity",
        r"menge|anzahl|quantit|^qty|^qte|^quant|^hours|^stunden|aantal|hoeveelheid"
        r"|cantidad|^nombre$|^pcs$|^stk$|^stuck$|^qta",
    ),
    ("price", r"preis|price|prix|prezzo|precio|prijs"),
    (
        "amount",
        r"betrag|amount|^amt|amt(?:rm|eur|usd)?$|gesamt|summe|total|montant|importo|importe"
        r"|bedrag|totaal|entgelt|warenwert|^wert|^value|^net$|^gp$|subtotal",
    ),
    (
        "description",
        r"artikel|article|produ[kc]t|leistung|^ite(?:m|rn)s?|details?$|service|articulo|^title$"
        r"|articolo|^text$|^libelle",
    ),
    ("position", r"^pos(?:ition)?$|^lfd|^line$|^nr$|^no$|^sno$|^srno$"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
ITEM_KINDS = frozenset({"description", "quantity", "unit_price", "price", "amount"})
OTHER_KINDS = frozenset({"position", "article", "tax", "discount", "unit"})
FOREIGN_KINDS = frozenset({"base", "due", "tax_amount"})

_SUBTOTAL = re.compile(
    r"^(?:zwischensumme|subt[o0][t1]|soustotal|subtotaal|ubertrag|carriedf|broughtf"
    r"|areporter|report$|subtotale|parziale)"
)
_TOTAL = re.compile(
    r"^(?:(?:grand|net|nett|netto|gross|brutto|order|invoice|amount)?total"
    r"|tota[al]|summe(?!r)|gesamt(?:summe|betrag|preis|netto|brutto)?$|gesamtbetrag|gesamtsumme"
    r"|endsumme|endbetrag|nettosumme|nettobetrag|bruttosumme|bruttobetrag|positionssumme"
    r"|rechnungs(?:summe|betrag)|belegsumme|zahlbetrag|warenwert|montanttotal|netapayer"
    r"|imponibile|amountdue|amountpayable|balancedue|duepayable|solde(?:apayer|du|$)|bedragincl|tebetalen"
    r"|exclusiefbtw|inclusiefbtw|factuurtotaal|netamount|steuerbasis|rounding|rounddin"
    r"|zuzahlend|sommea|totqty|itemcount|excludedgst|saleamount)"
)
_PAYMENT = re.compile(
    r"^(?:(?:cash|change|visa|master|mastercard|amex|debit|credit|tender|paid|payment|karte"
    r"|bar|rendu|resto|contanti|especes|betaald|pin)"
    r"(?:rm|card|rounded|returned|due|back|amount|amt|tendered|received|change|sale|\d|$)"
    r"|amountpaid|amounttendered|ruckgeld|wechselgeld|gegeben|bargezahlt|kartenzahlung)"
)
_TAX_LABEL = re.compile(
    rf"^(?:zuz(?:u|ue)?gl|zzgl|plus|inkl|incl|add|davon|darin)?(?:\d+)?{_TAX}(?:\b|[^a-z]|$"
    r"|on|auf|sur|total|summary|satz|aufsch|collect)"
)


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """Letters and digits in one case, without accents, spaces and signs."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(c for c in split if c.isalnum())


def bare(text: str) -> str:
    """The text without what stands in brackets."""
    return re.sub(r"\([^)]*\)", " ", text)


def column_kind(heading: str, labels: Mapping[str, Sequence[str]] | None = None) -> str:
    """What a column holds, by its heading; "" if the heading says nothing.

    labels maps kinds to further headings that mean them; they go before our own words.
    "price" is a price that may be of one piece or of all.
    """
    if len(heading) > LONGEST:
        return ""
    word = squeezed(bare(heading)) or squeezed(heading)
    for kind, headings in (labels or {}).items():
        if word and any(squeezed(known) == word for known in headings):
            return kind
    return _own_kind(heading.strip(), word)


@lru_cache(maxsize=8192)
def _own_kind(heading: str, word: str) -> str:
    if not word:
        return "position" if heading == "#" else ""
    letters = re.sub(r"\d", "", word)
    for kind, pattern in _COMPILED:
        if pattern.search(letters):
            return kind
    return ""


def is_subtotal(label: str) -> bool:
    """Whether a row with this label only adds up rows above it, with more to follow."""
    return _begins(_SUBTOTAL, bare(label))


def is_total(label: str) -> bool:
    """Whether a row with this label ends a table of items."""
    return _begins(_TOTAL, bare(label))


def is_payment(label: str) -> bool:
    """Whether a row with this label says how a total was paid."""
    return _begins(_PAYMENT, label)


def is_tax(label: str) -> bool:
    """Whether a row with this label is about tax."""
    return _begins(_TAX_LABEL, label)


def _begins(pattern: re.Pattern[str], label: str) -> bool:
    return pattern.match(squeezed(label[:LONGEST])) is not None
