"""The letterhead of a receipt: who issued it and at what address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.extracting.candidates import Candidate
from pipeline.extracting.dates import find_dates
from pipeline.extracting.money import find_money
from pipeline.extracting.values import squeeze, tidy
from pipeline.extracting.view import Row, Span, View

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
    r"|SARAWAK|PUTRAJAYA|MALAYSIA|SINGAPORE|DEUTSCHLAND|FRANCE|SITE)\b"
    r"|\bNO\s?[.:]?\s?\d|\w(?:STRASSE|STRAßE|STR\.|WEG|PLATZ|STRAAT|JALAN)\b|JALAN|TAMAN",
    re.IGNORECASE,
)
POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)(?!-[A-Z])")
CONTACT = re.compile(
    r"\bTEL\b|\bTEL[.:]|TELEPHON|\bFAX|\bPHONE|MOBILE|\bHP\b|WHATSAPP|E-?MAIL|@|WWW|HTTP"
    r"|\.COM\b|HOTLINE|CAREL",
    re.IGNORECASE,
)
REGISTRATION = re.compile(
    r"\bGST\b|GST\s?(?:ID|REG|NO)|\bSST\b|\bCO(?:MPANY)?\.?\s?-?\s?(?:REG|NO)|\bREG\.?\s?(?:NO|N)"
    r"|\bROC\b|REGIST|\bUST|\bVAT\b|\bTVA\b|SIRET|\bTIN\b|\bBRN\b|TAX ID|LICEN[SC]E",
    re.IGNORECASE,
)
NUMBER_ONLY = re.compile(r"^\W*(?:[A-Z]{0,3}\s?\d[\d\s]{3,}\s?-?\s?[A-Z]?)\W*$", re.IGNORECASE)
TITLE = re.compile(
    r"INVOICE|RECEIPT|\bBILL\b|CASH\s?(?:SALE|BILL|MEMO)|WELCOME|THANK|RESIT|QUITTUNG"
    r"|RECHNUNG|\bBON\b|FACTURE|TICKET|STATEMENT|DELIVERY ORDER|^\W*CASH\W*$|CREDIT NOTE"
    r"|DUPLICATE|COPY|REPRINT|PLEASE COME|COME AGAIN|OWNED BY|CUSTOMER|GOODS SOLD|RETURNABLE"
    r"|FEEDBACK|COMPLAIN|VOUCHER",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"\bDATE\b|\bTIME\b|CASHIER|\bTABLE\b|COUNTER|TERMINAL|\bQTY\b|\bAMOUNT|DESCRIPTION"
    r"|\bPRICE\b|ORDER|\bITEM|DOC(?:UMENT)?\s?NO|INV(?:OICE)?\s?NO|\bSLIP\b|TRANS|\bPOS\b"
    r"|SERVER|MEMBER|OPERATOR|SALES\s?PERSON|SHOPPING HOURS|OPENING|HOURS|\bPAX\b|BILL\s?#",
    re.IGNORECASE,
)
TRAILING_NUMBER = re.compile(
    r"\s*(?:[(\[{]\s*(?:CO\.?\s?REG\.?|CO\.?\s?NO\.?|REG\.?|NO\.?|GST\s?\w*)?[\s:.#]*[A-Z]{0,3}\s?\d[\d\s]{3,}"
    r"[-\s]*[A-Z0-9]{0,2}\s*[)\]}]?(?:\s*\([A-Z]{1,4}\))?|\s\d{5,}\s?-\s?[A-Z]\b(?:\s*\(\w+\))?)"
    r"\W*$",
    re.IGNORECASE,
)
HEAD_ROWS = 24


class Part(Enum):
    """What a row of the letterhead is."""

    NAME = "name"
    ADDRESS = "address"
    REGISTRATION = "registration"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A row of the letterhead with what it is."""

    row: Row
    part: Part

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.row.segments)


def head_rows(view: View) -> list[HeadRow]:
    """The first page's rows down to where the items can begin, classed."""
    if not view.rows:
        return []
    rows = view.page_rows(view.rows[0].page)[:HEAD_ROWS]
    return [HeadRow(row, part_of(" ".join(s.text for s in row.segments))) for row in rows]


def part_of(text: str) -> Part:
    """What a row of text is, by the words in it."""
    letters = sum(c.isalpha() for c in text)
    if COMPANY_NUMBER.search(text) and not REAL_FORM.search(text):
        return Part.REGISTRATION
    if CONTACT.search(text) and not _strong_address(text):
        return Part.CONTACT
    if LEGAL_FORM.search(text) and not POSTCODE.search(text) and letters > 6:
        if not REGISTRATION.search(LEGAL_FORM.sub("", text)[:8]) and not TITLE.search(text):
            return Part.NAME
    if REGISTRATION.search(text) or NUMBER_ONLY.match(text):
        return Part.REGISTRATION
    if any(match.certain for match in find_dates(text)):
        return Part.OTHER
    if _strong_address(text):
        return Part.ADDRESS
    if TITLE.search(text) or FIELD.search(text):
        return Part.OTHER
    if STARTS_WITH_NUMBER.match(text) and letters >= 3:
        return Part.ADDRESS
    if any(match.has_cents for match in find_money(text)):
        return Part.OTHER
    if STREET.search(text):
        return Part.ADDRESS
    if letters < 3 or letters < sum(c.isdigit() for c in text):
        return Part.OTHER
    return Part.NAME


def address_of(head: Sequence[HeadRow], start: int = 0) -> tuple[int, int] | None:
    """The first run of address rows as (first, past the last)."""
    best: tuple[int, int] | None = None
    at = start
    while at < len(head):
        if head[at].part is not Part.ADDRESS:
            at += 1
            continue
        end = _run_end(head, at)
        if end - at > 1 and _is_branch(head[at].text, head[at + 1].text):
            at += 1
        text = " ".join(row.text for row in head[at:end])
        if POSTCODE.search(text) or end - at > 1:
            return at, end
        best = best or (at, end)
        at = end
    return best


def _is_branch(text: str, following: str) -> bool:
    """A place's name above an address that begins with a house number."""
    if any(c.isdigit() for c in text) or text.rstrip().endswith(","):
        return False
    return STARTS_WITH_NUMBER.match(following) is not None


def _run_end(head: Sequence[HeadRow], at: int) -> int:
    end = at + 1
    while end < len(head):
        part = head[end].part
        if part is Part.ADDRESS:
            end += 1
        elif part is Part.NAME and _continues(head, end):
            end += 1
        else:
            break
    return end


def _continues(head: Sequence[HeadRow], at: int) -> bool:
    """A row without street words belongs to the address if one follows or it ends one."""
    if LEGAL_FORM.search(head[at].text):
        return False
    if at + 1 < len(head) and head[at + 1].part is Part.ADDRESS:
        return True
    if head[at].text.startswith(("(", "[", "*")):
        return False
    return at + 1 < len(head) and head[at + 1].part in (Part.CONTACT, Part.REGISTRATION)


def _strong_address(text: str) -> bool:
    hits = {match[0].upper() for match in STREET.finditer(text)}
    return len(hits) >= 2 or bool(hits and POSTCODE.search(text))


def name_text(text: str) -> str:
    """A name without the registration number that follows it on the line."""
    return tidy(TRAILING_NUMBER.sub("", FORMERLY.sub("", OWNER.sub("", text))))


def names_of(head: Sequence[HeadRow], limit: int) -> list[Candidate]:
    """Rows above the address that can be the issuer's name, best first."""
    top = [i for i in range(min(limit, len(head))) if head[i].part is Part.NAME]
    tallest = max((row.row.segments[0].height for row in head), default=1.0) or 1.0
    found = []
    for order, index in enumerate(top):
        first = _first_row_of_name(head, index)
        text = name_text(" ".join(row.text for row in head[first : index + 1]))
        if len(squeeze(text)) < 3:
            continue
        score = _name_score(head, index, limit, order, text)
        score += 0.4 * head[index].row.segments[0].height / tallest
        spans = tuple(_name_span(row) for row in head[first : index + 1])
        found.append(Candidate(text, text, spans, score, marked=True))
    return sorted(found, key=lambda candidate: -candidate.score)


def _name_score(
    head: Sequence[HeadRow], index: int, limit: int, order: int, text: str
) -> float:
    score = 1.0 - 0.15 * order
    if LEGAL_FORM.search(text) or GLUED_FORM.search(text):
        score += 2.0
    if BUSINESS.search(text):
        score += 0.8
    following = head[index + 1].part if index + 1 < len(head) else Part.OTHER
    if following in (Part.ADDRESS, Part.REGISTRATION) or index + 1 == limit:
        score += 0.7
    if text.startswith(("(", "[", "*", "<")):
        score -= 2.0
    return score


def _first_row_of_name(head: Sequence[HeadRow], index: int) -> int:
    """Names broken over rows: a bracket that was opened above, or a bare legal form."""
    first = index
    while first > 0 and index - first < 2:
        above = head[first - 1]
        joined = " ".join(row.text for row in head[first : index + 1])
        if above.part is Part.NAME and (_is_rest(joined) or _opens(joined)):
            first -= 1
        elif above.part is Part.ADDRESS and not _core(joined):
            first -= 1
        else:
            break
    return first


def _opens(joined: str) -> bool:
    return joined.count(")") > joined.count("(")


def _is_rest(text: str) -> bool:
    """A legal form with at most one everyday word before it needs the row above."""
    starts_late = re.match(r"(?:CO\b|CP\b|SDN|BHD|ENTERPRISE|TRADING|\(|&)", text, re.I)
    core = _core(text).split()
    everyday = len(core) == 1 and BUSINESS.search(core[0]) is not None
    has_form = REAL_FORM.search(text) is not None
    return has_form and (not core or everyday or starts_late is not None)


def _core(text: str) -> str:
    """A name without legal form and brackets."""
    bare = GLUED_FORM.sub("", LEGAL_FORM.sub("", re.sub(r"\([^)]*\)", "", name_text(text))))
    return tidy(re.sub(r"[^\w\s]", " ", bare))


def _name_span(row: HeadRow) -> Span:
    """The words of the row that the name keeps."""
    words = tuple(word for segment in row.row.segments for word in segment.words)
    kept = squeeze(name_text(row.text))
    inside = tuple(word for word in words if squeeze(word.text) in kept)
    return Span(row.row.page, row.row.number, inside or words, name_text(row.text))


def address_candidate(head: Sequence[HeadRow], run: tuple[int, int]) -> Candidate:
    spans, texts = [], []
    for row in head[run[0] : run[1]]:
        words = tuple(word for segment in row.row.segments for word in segment.words)
        text = row.text
        contact = CONTACT.search(text)
        if contact and contact.start() > 8:
            text = text[: contact.start()]
            kept, at = [], 0
            for word in words:
                if at < len(text.rstrip()):
                    kept.append(word)
                at += len(word.text) + 1
            words = tuple(kept)
        spans.append(Span(row.row.page, row.row.number, words, text))
        texts.append(text.strip())
    joined = tidy(" ".join(texts))
    return Candidate(joined, joined, tuple(spans), 1.0, marked=True)


def name_confidence(found: Sequence[Candidate], *, above_address: bool) -> float:
    """How often a name found like this was right on labelled receipts.

    A single name above an address hardly ever was wrong if it has a legal form; a name
    with others above it often lacked a part.
    """
    best = found[0]
    legal = REAL_FORM.search(best.value) is not None
    business = BUSINESS.search(best.value) is not None
    if len(found) == 1:
        confidence = 0.985 if legal else 0.965 if business else 0.85
    elif best.row == min(candidate.row for candidate in found):
        confidence = 0.93 if legal else 0.7
    else:
        confidence = 0.8 if legal else 0.5
    if not legal and any(c.isdigit() for c in best.value):
        confidence -= 0.15
    return confidence if above_address else confidence - 0.3
