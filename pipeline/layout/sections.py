"""Which sections a form has: what stands on it whatever is bought, told by its labels.

One label found anywhere is enough, so that neither a moved nor a lost word hides a
section that is named twice, and no position is cut into steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from pipeline.layout.model import PageLayout
from pipeline.layout.supplier import LONGEST

# Looked for in a line's small letters and digits, without accents, signs as spaces.
_LABELS: dict[str, str] = {
    "delivery": r"liefer ?(?:adresse|anschrift)|warenempfang|(?:ship|deliver) ?to\b"
    r"|(?:delivery|shipping) ?address|adresse de livraison|afleveradres"
    r"|indirizzo di consegna|direccion de entrega",
    "delivery_note": r"lieferschein|delivery ?note|packing ?slip|bon de livraison"
    r"|pakbon|bolla di consegna|albaran",
    "period": r"zeitraum|(?:service|billing) ?period|^periode?\b|periode de factur"
    r"|factuurperiode|periodo di|periodo de",
    "phone": r"\btel\b|telefo|telepho|\bphone",
    "recipient": r"rechnungsempfang|\bbill ?to\b|billing ?address|\binvoice ?to\b"
    r"|adresse de facturation|factuuradres|indirizzo di fatturazione"
    r"|direccion de facturacion",
    "register": r"handelsregister|registergericht|amtsgericht|\bhr ?[ab]\b|\bhrb"
    r"|company reg|registered in|registration no|\bsire[nt]\b|\bkvk\b"
    r"|registro (?:imprese|mercantil)",
    "remarks": r"bemerkung|^remarks?\b|^notes?$|remarque|opmerking|annotazioni"
    r"|observaciones",
    "terms": r"skonto|cash discount|early payment|escompte|korting voor contant"
    r"|sconto cassa|pronto pago",
}
SECTIONS = {name: re.compile(labels) for name, labels in _LABELS.items()}


def sections_of(layouts: Sequence[PageLayout]) -> list[str]:
    """Names of the sections that any line of any page speaks of, in a fixed order."""
    texts = [plain(line.text[:LONGEST]) for page in layouts for line in page.lines]
    return [
        name
        for name, labels in SECTIONS.items()
        if any(labels.search(text) is not None for text in texts)
    ]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Small letters and digits without accents; single spaces for all between."""
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()
