"""Line items without a heading: rows that end in an amount and add up to a total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from pipeline.extracting.line_items_table import (
    Found,
    ItemRow,
    money_of,
    multiplies,
    number_of,
    region_of,
    sureness,
)
from pipeline.layout.model import Layout, Line
from pipeline.layout.tables import label_of
from pipeline.words import PageWords, Word, text_of

ROUNDING = Decimal("0.05")  # what a printed sum may differ from the sum of its rows
CODE = re.compile(r"^(?:[A-Z*#()%]{1,4}|[^.,]?)$")  # a tax code behind an amount
LETTERS = re.compile(r"[^\W\d_]{2}")
COUNT = re.compile(
    r"^\d{1,4}(?:[.,]\d{1,3})?(?:\s?(?:x|@|pcs?|pkt|unit))?$", re.IGNORECASE
)
TIMES = re.compile(r"^[x@*]$", re.IGNORECASE)
ASIDE = 0.06  # page widths; how far amounts may end from where most of them end
MOST_WORDS = 60  # more on one line are no item
MOST = 400  # rows; more are no list of items


def free_rows(
    pages: Sequence[PageWords], layout: Layout, sums: Sequence[Decimal]
) -> list[ItemRow]:
    """Rows above the first total, where they add up to one of the printed sums."""
    by_number = {page.page: page for page in pages}
    rows: list[tuple[ItemRow, float]] = []
    for laid_out in layout.pages:
        page = by_number.get(laid_out.page)
        above: list[Line] = []
        for line in laid_out.lines if page else ():
            if page is None:
                break
            label = label_of(page, line)
            row = row_of(page, line, above)
            if label in ("total", "payment") and rows and row:
                return adding_up(rows, sums)
            if label or row is None:
                above = [] if label else [*above[-2:], line]
                continue
            rows.append((row, row.amount.region.bbox.right))
            above = []
            if len(rows) > MOST:
                return []
    return adding_up(rows, sums)


def adding_up(
    rows: Sequence[tuple[ItemRow, float]], sums: Sequence[Decimal]
) -> list[ItemRow]:
    """The rows in one column of amounts if a printed sum is theirs, else none."""
    if not rows:
        return []
    edge = median(right for _, right in rows)
    aligned = [row for row, right in rows if abs(right - edge) < ASIDE]
    amounts = [Decimal(row.amount.value) for row in aligned]
    for end in range(2, len(aligned)):
        if amounts[end] and amounts[end] == sum(amounts[:end]):
            return aligned[:end]  # what follows is their sum, whatever it is called
    for start in range(min(len(aligned), 4)):
        kept = aligned[start:]
        total = sum(amounts[start:], Decimal(0))
        if any(abs(total - one) <= ROUNDING for one in sums):
            return kept
    return [row for row in aligned if row.multiplies and row.description]


def row_of(page: PageWords, line: Line, above: Sequence[Line]) -> ItemRow | None:
    """The line as an item: text, perhaps a quantity and a price, and an amount."""
    words = [page.words[i] for i in line.words]
    if len(words) > MOST_WORDS:
        return None
    while len(words) > 1 and CODE.match(words[-1].text):
        words.pop()
    if not words:
        return None
    amount = money_of(page, words[-1:], needs_cents=True)
    if amount is None or "%" in words[-1].text:
        return None
    words.pop()
    while words and re.match(r"^(?:[€$£]|RM|EUR|-)$", words[-1].text):
        words.pop()
    numbers = [w for w in words if re.match(r"^[^\w]?\d", w.text)]
    price = quantity = None
    if numbers:
        price = money_of(page, numbers[-1:], needs_cents=True)
    for word in numbers if price else ():
        if COUNT.match(word.text):
            number = number_of(page, [word])
            if number and multiplies(number, price, amount):
                quantity = number
    description = described(page, words, above)
    good = multiplies(quantity, price, amount)
    if not good:
        price = quantity = None
    return ItemRow(amount, quantity, price, description, good)


def described(
    page: PageWords, words: Sequence[Word], above: Sequence[Line]
) -> Found | None:
    """The text left of the numbers, else that of the line above."""
    lettered = [w for w in words if LETTERS.search(w.text) and not COUNT.match(w.text)]
    if lettered:
        end = list(words).index(lettered[-1]) + 1
        chosen = list(words[:end])
    else:
        texts = [
            [page.words[i] for i in line.words]
            for line in above
            if LETTERS.search(line.text)
        ]
        chosen = texts[0] if texts else []
    if not chosen:
        return None
    text = text_of(chosen)
    return Found(text, text, region_of(page, chosen), sureness(chosen))
