"""Small invoices of the practice desk: drawn, with the place of every word known.

What their readings say is made here too, and by no machine: the true values, some of
them with low confidence, and some of these misread.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from reportlab.pdfgen.canvas import Canvas

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ValueType
from pipeline.words import PageWords, Word
from reviewer.checks.confusions import BUILT_IN, BUILT_IN_PAIRS
from reviewer.checks.misreading import Around, misread

WIDTH, HEIGHT, SIZE = 300.0, 200.0, 10.0  # points
LEFT, TOP, STEP, INDENT = 20.0, 160.0, 18.0, 110.0
LETTER = 0.6 * SIZE  # of Courier every one is as wide
NOTE = "Drawn for simulated reviewers"
SENDERS = ("Alder Boatyard", "Finch Stationers", "Gorse Hill Dairy", "Marlow Ropes")
# Fields that decide, and that people are asked about.
ASKED = ("invoice_number", "invoice_date", "grand_total")
# How often each is read unsurely, and how often such a reading is wrong.
UNSURE, WRONG = 0.45, 0.35
SURE_OF, UNSURE_OF = 0.99, (0.55, 0.84)
VALUES: Mapping[str, tuple[str, ValueType]] = {
    "supplier_name": ("Supplier", ValueType.NAME),
    "invoice_number": ("Invoice no", ValueType.ID),
    "invoice_date": ("Date", ValueType.DATE),
    "line_total": ("Net", ValueType.MONEY),
    "tax_total": ("Tax", ValueType.MONEY),
    "grand_total": ("Total", ValueType.MONEY),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """truth: the printed values by slot; claims: what its reading is made to say."""

    name: str
    content: bytes
    words: PageWords
    truth: Mapping[str, str]
    claims: Sequence[Claim]


def slip(number: int) -> Slip:
    """The same one for the same number, whenever and wherever it is drawn."""
    random = Random(f"practice {number}")  # noqa: S311 - it protects nothing
    truth = _truth(number, random)
    name = f"practice-{number:03d}.pdf"
    places = {slot: _place(row, truth[slot]) for row, slot in enumerate(VALUES)}
    return Slip(
        name,
        _drawn(truth, name),
        _words(truth, places),
        truth,
        _claims(truth, places, random),
    )


def _truth(number: int, random: Random) -> dict[str, str]:
    net = Decimal(random.randint(1200, 98000)) / 100
    tax = (net / 5).quantize(Decimal("0.01"))
    issued = date(2026, 1, 5) + timedelta(days=random.randint(0, 170))
    return {
        "supplier_name": random.choice(SENDERS),
        "invoice_number": f"PD-{random.randint(1000, 9999)}{number:03d}",
        "invoice_date": issued.isoformat(),
        "line_total": f"{net:.2f}",
        "tax_total": f"{tax:.2f}",
        "grand_total": f"{net + tax:.2f}",
    }


def _drawn(truth: Mapping[str, str], name: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=True)
    canvas.setTitle(name)
    canvas.setFont("Courier", SIZE)
    for row, (slot, (label, _)) in enumerate(VALUES.items()):
        canvas.drawString(LEFT, TOP - row * STEP, label)
        canvas.drawString(LEFT + INDENT, TOP - row * STEP, truth[slot])
    canvas.drawString(LEFT, TOP - len(VALUES) * STEP, NOTE)
    canvas.save()
    return file.getvalue()


def _place(row: int, text: str, *, left: float = LEFT + INDENT) -> Region:
    base = HEIGHT - (TOP - row * STEP)
    box = BoundingBox.clamped(
        left / WIDTH,
        (base - 0.8 * SIZE) / HEIGHT,
        (left + LETTER * len(text)) / WIDTH,
        (base + 0.25 * SIZE) / HEIGHT,
    )
    return Region(1, box)


def _words(truth: Mapping[str, str], places: Mapping[str, Region]) -> PageWords:
    """A value is one word here: only where it stands matters."""
    words = []
    for row, (slot, (label, _)) in enumerate(VALUES.items()):
        words.append(Word(label, _place(row, label, left=LEFT).bbox))
        words.append(Word(truth[slot], places[slot].bbox))
    return PageWords(1, WIDTH, HEIGHT, tuple(words), "embedded")


def _claims(
    truth: Mapping[str, str], places: Mapping[str, Region], random: Random
) -> list[Claim]:
    claims = [
        Claim(
            slot,
            truth[slot],
            truth[slot],
            value_type,
            SURE_OF,
            places[slot],
            critical=slot in ASKED,
        )
        for slot, (_, value_type) in VALUES.items()
    ]
    unsure = {slot for slot in ASKED if random.random() < UNSURE}
    unsure = unsure or {random.choice(ASKED)}
    around = Around(claims, lambda page: (), BUILT_IN_PAIRS)
    return [
        _unsurely(claim, around, random) if claim.slot in unsure else claim
        for claim in claims
    ]


def _unsurely(claim: Claim, around: Around, random: Random) -> Claim:
    unsure = replace(claim, confidence=round(random.uniform(*UNSURE_OF), 2))
    if random.random() >= WRONG:
        return unsure
    kinds = BUILT_IN[claim.value_type]
    [kind] = random.choices([*kinds], [*kinds.values()])
    made = misread(kind, claim, around, random)
    if made is None or made.region is None:
        return unsure
    return replace(unsure, value=made.value, raw=made.raw, region=made.region)
