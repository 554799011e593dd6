"""Plain makers of values, lines and pages for the tests of comparing."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.regions import BoundingBox, Region
from pipeline.comparing.values import Value
from pipeline.words import PageWords, Word

TYPES = {
    "description": "text",
    "quantity": "number",
    "unit_price": "money",
    "amount": "money",
}


def money(text: str, box: Sequence[float] | None = None, page: int = 1) -> Value:
    return value(text, "money", box, page)


def value(
    text: str,
    value_type: str = "text",
    box: Sequence[float] | None = None,
    page: int = 1,
) -> Value:
    region = Region(page, BoundingBox.from_list(box)) if box else None
    return Value(text, value_type, region)


def line(number: int, **cells: str) -> dict[str, Value]:
    """The slots of one line: line(0, description="Tea", amount="2.00")."""
    return {
        f"lines[{number}].{column}": Value(text, TYPES[column])
        for column, text in cells.items()
    }


def page_of(*words: tuple[str, float, float], number: int = 1) -> PageWords:
    """Words of height .02 and .01 a letter: (text, left, top)."""
    return PageWords(
        page=number,
        width=100,
        height=100,
        words=tuple(
            Word(text, BoundingBox(left, top, left + 0.01 * len(text), top + 0.02))
            for text, left, top in words
        ),
        origin="ocr",
    )
