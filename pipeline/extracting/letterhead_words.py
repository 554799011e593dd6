"""The words by which the rows of a letterhead are told apart."""

from __future__ import annotations

import re

LEGAL_FORM = re.compile(
    r"\b(?:SDN\.?\s*\.?\s*BHD|BHD|S\s*/\s*B|SB|PLT|LTD|LIMITED|INC|LLC|LLP|CORP|GMBH"
    r"|A\.\s?G|AG|KG|OHG|UG|E\.?\s?K|E\.?\s?V|SARL|S\.?A\.?R\.?L|SAS|S\.A|B\.?V|N\.V|PTY|PTE"
    r"|SRL|S\.R\.L|S\.P\.A|SPA|OY|AB|A/S|CO|COMPANY)\b\.?",
    re.IGNORECASE,
)
GLUED_FORM = re.compile(r"SDN\.?BHD|(?<=[A-Z])BHD\b|(?<=\w)GMBH\b", re.IGNORECASE)
BUSINESS = re.compile(
    r"RESTO|CAFE|CAFÉ|KOPI|COFFEE|BAKER|MART\b|MARKET|STORE|SHOP|KEDAI|TRADING|ENTERPRIS"
    r"|HARDWARE|STATIONER|BOOK|PHARMA|FARMASI|APOTHE|CLINIC|KLINIK|HOTEL|PETRO|SERVICE"
    r"|STATION|HOUSE|FOOD|KITCHEN|NOODLE|GIFT|DECO|ELECTRIC|ELEKTR|MOTOR|AUTO|TEXTIL"
    r"|FASHION|BOUTIQUE|SALON|SPORT|CENTRE|CENTER|CONFECTION|SEAFOOD|MINI|SUPER|HYPER"
    r"|PASAR|PERNIAGAAN|SYARIKAT|PUSAT|INDUSTR|INTERNATIONAL|GROUP|BROTHERS|SONS|CORNER"
    r"|GROCER|WORLD|DELI|BISTRO|GRILL|PIZZA|BURGER|MARCH[EÉ]|BOULANG|GARAGE|KIOSK"
    r"|CASH & CARRY|DIGITAL|COMPUTER|TECH|MARKETING|DISTRIBUT|SUPPL|HOLDING|GALLERY",
    re.IGNORECASE,
)
REAL_FORM = re.compile(
    r"\b(?:SDN|BHD|S\s*/\s*B|SB|PLT|LTD|LIMITED|INC|LLC|GMBH|SARL|PTE|PTY|B\.V)\b",
    re.IGNORECASE,
)
COMPANY_NUMBER = re.compile(r"\bCO(?:MPANY)?\b\s?[.:-]?\s?(?:NO|REG)", re.IGNORECASE)
OWNER = re.compile(
    r"^\W*(?:OWNE?D?(?:ER)?\s?BY|DIMILIKI(?:\s?OLEH)?|OPERATED BY|MANAGED BY"
    r"|FORMERLY KNOWN AS)\s?:?\s*",
    re.IGNORECASE,
)
FORMERLY = re.compile(r"\s+\(?(?:F\.?K\.?A\.?|FORMERLY)\b.*$", re.IGNORECASE)
STARTS_WITH_NUMBER = re.compile(
    r"^\W*(?:(?:NO|LOT|UNIT|BLOCK|BLK)\b[.:\s]*\w*\d|[A-Z]{0,2}-?\w{0,2}-?\d+\w*\s?,|\d{5}\s+[A-Z]{3})",
    re.IGNORECASE,
)
STREET = re.compile(
    r"\b(?:JALAN|JLN|JL|LOT|LORONG|LRG|PERSIARAN|LEBUH\w*|TAMAN|TMN|BANDAR|KAWASAN"
    r"|SEKSYEN|SEKSEN|SECTION|KAMPUNG|KG|BATU|PLAZA|MALL|FLOOR|FLR|LEVEL|BLOCK|BLK|UNIT"
    r"|PUSAT|STREET|ST|ROAD|RD|AVENUE|AVE|DRIVE|LANE|HIGHWAY|P\.?O\.? BOX"
    r"|STRASSE|STR|PLATZ|WEG|RUE|AVENUE|BOULEVARD|CHEMIN|PLACE|VIA|CALLE|STRAAT|PT\s?\d"
    r"|PTD|MUKIM|WISMA|BANGUNAN|KOMPLEKS|COMPLEX|INDUSTRI\w*|PERINDUSTRIAN|GROUND|SELANGOR"
    r"|JOHOR|KUALA|LUMPUR|PENANG|PULAU|PERAK|MELAKA|PAHANG|KEDAH|SEMBILAN|DARUL|SABAH"
    r"|SARAWAK|PUTRAJAYA|MALAYSIA|SINGAPORE|DEUTSCHLAND|FRANCE)\b"
    r"|\bNO\s?[.:]?\s?\d|\w(?:STRASSE|STRAßE|STR\.|WEG|PLATZ|STRAAT|JALAN)\b|JALAN|TAMAN",
    re.IGNORECASE,
)
# A country ends an address; what follows is the name of a branch.
COUNTRY = re.compile(
    r"\b(?:MALAYSIA|SINGAPORE|DEUTSCHLAND|GERMANY|FRANCE|INDIA)\W*$", re.IGNORECASE
)
POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)(?!-[A-Z])")
# Postcodes that hold letters, as in Britain, Ireland and the Netherlands; or a state's
# two letters before a number of five digits. Only capitals are meant.
TOWN_CODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[\dW] [AC-FHKNPRTV-Y][A-Z\d]{3}"
    r"|[1-9]\d{3} [A-Z]{2}(?= [A-Z])|[A-Z]{2},? \d{5}(?:-\d{4})?)(?![\w-])"
)
CONTACT = re.compile(
    r"\bTE[L1I]\b|\bTE[L1I][.:]|TELEPHON|\bFAX|\bPHONE|MOBILE|\bHP\b|WHATSAPP|E-?MAIL|@|WWW|HTTP"
    r"|\.COM\b|HOTLINE|CAREL",
    re.IGNORECASE,
)
REGISTRATION = re.compile(
    r"\bGST\b|GST\s?(?:ID|REG|NO)|\bSST\b|\bCO(?:MPANY)?\.?\s?-?\s?(?:REG|NO)|\bREG\.?\s?(?:NO|N)"
    r"|\bROC\b|REGIST|\bUST|\bVAT\b|\bTVA\b|SIRET|\bTIN\b|\bBRN\b|TAX ID|LICEN[SC]E",
    re.IGNORECASE,
)
NUMBER_ONLY = re.compile(
    r"^\W*(?:[A-Z]{0,3}\s?\d[\d\s]{3,}\s?-?\s?[A-Z]?)\W*$", re.IGNORECASE
)
TITLE = re.compile(
    r"INVOICE|RECEIPT|\bBILL\b|CASH\s?(?:SALE|BILL|MEMO)|WELCOME|THANK|RESIT|QUITTUNG"
    r"|RECHNUNG|\bBON\b|FACTURE|TICKET|STATEMENT|DELIVERY ORDER|^\W*CASH\W*$"
    r"|CREDIT NOTE|DUPLICATE|COPY|REPRINT|PLEASE COME|COME AGAIN|OWNED BY|CUSTOMER"
    r"|GOODS SOLD|RETURNABLE|FEEDBACK|COMPLAIN|VOUCHER",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"\bDATE\b|\bTIME\b|CASHIER|\bTABLE\b|COUNTER|TERMINAL|\bQTY\b|\bAMOUNT|DESCRIPTION"
    r"|\bPRICE\b|ORDER|\bITEM|DOC(?:UMENT)?\s?NO|INV(?:OICE)?\s?NO|\bSLIP\b|TRANS|\bPOS\b"
    r"|SERVER|MEMBER|OPERATOR|SALES\s?PERSON|SHOPPING HOURS|OPENING|HOURS|\bPAX\b"
    r"|BILL\s?#|\bNUMBER\b|\bSITE\s?(?::|NO)",
    re.IGNORECASE,
)
LEADING_NUMBER = re.compile(r"^\W*#\s?\d+\s+|^\W*\d{5,}\s+")
TRAILING_NUMBER = re.compile(
    r"\s*(?:[(\[{]\s*(?:CO\.?\s?REG\.?|CO\.?\s?NO\.?|REG\.?|NO\.?|GST\s?\w*)?[\s:.#]*[A-Z]{0,3}\s?\d[\d\s]{3,}"
    r"[-\s]*[A-Z0-9]{0,2}\s*[)\]}]?(?:\s*\([A-Z]{1,4}\))?|\s(?=\w*\d\w*\d)[A-Z\d]{5,}\s?-\s?[A-Z]\b(?:\s*\(\w+\))?)"
    r"\W*$",
    re.IGNORECASE,
)
