"""The list of the demo's receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reviewer.demo.receipts import Shop
from reviewer.demo.shops import (
    BLATTWERK,
    CANAL,
    FENNEL,
    HARROW,
    KETTLE,
    LANTERN,
    QUAYSIDE,
    SONNENKORN,
)


@dataclass(frozen=True, slots=True)
class ReceiptPlan:
    """form is "jpeg", "png", "tiff" or "picture-pdf"; wear a level of the wear module;
    count is how many different goods were bought."""

    file: str
    tenant: str
    shop: Shop
    when: datetime
    count: int
    form: str
    wear: str
    cash: bool = True
    note: str = ""


def _plan(
    file: str, shop: Shop, when: str, count: int, wear: str, *, cash: bool = True
) -> ReceiptPlan:
    ending = file.rpartition(".")[2]
    form = {"jpg": "jpeg", "pdf": "picture-pdf"}.get(ending, ending)
    tenant = "meadow" if shop.language in ("de", "fr") else "harbour"
    note = "photographed in the dark" if wear == "dark" else ""
    moment = datetime.fromisoformat(when)
    return ReceiptPlan(file, tenant, shop, moment, count, form, wear, cash, note)


RECEIPT_PLANS = (
    _plan("copper-kettle-1.jpg", KETTLE, "2026-03-14 10:42", 3, "thermal"),
    _plan("copper-kettle-2.png", KETTLE, "2026-04-27 13:05", 4, "flatbed", cash=False),
    _plan("fennel-rye-1.jpg", FENNEL, "2026-02-06 17:31", 6, "thermal", cash=False),
    _plan("fennel-rye-2.jpg", FENNEL, "2026-05-19 09:12", 5, "faded"),
    _plan("sonnenkorn-1.jpg", SONNENKORN, "2026-03-09 08:04", 4, "thermal"),
    _plan("sonnenkorn-2.jpg", SONNENKORN, "2026-06-13 07:38", 3, "dark"),
    _plan("blattwerk-1.png", BLATTWERK, "2026-02-17 16:22", 4, "flatbed"),
    _plan("blattwerk-2.jpg", BLATTWERK, "2026-05-06 18:47", 5, "crumpled", cash=False),
    _plan("harrow-street-1.jpg", HARROW, "2026-06-03 11:20", 4, "thermal"),
    _plan("harrow-street-2.tiff", HARROW, "2026-06-22 15:48", 5, "flatbed", cash=False),
    _plan("quayside-1.jpg", QUAYSIDE, "2026-03-21 12:16", 4, "thermal"),
    _plan("quayside-2.jpg", QUAYSIDE, "2026-05-30 17:09", 3, "faded"),
    _plan("canal-1.jpg", CANAL, "2026-04-11 14:33", 4, "thermal", cash=False),
    _plan("canal-2.png", CANAL, "2026-05-15 10:51", 3, "flatbed"),
    _plan("lantern-fuel-1.jpg", LANTERN, "2026-01-30 07:55", 3, "crumpled", cash=False),
    _plan("lantern-fuel-2.pdf", LANTERN, "2026-04-09 18:02", 4, "flatbed"),
)
