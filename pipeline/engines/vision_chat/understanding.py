"""From kept answers and the page's words to claims. Needs no service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.regions import BoundingBox
from pipeline.claims import Claim, DocumentTypeSpec, Extraction, ValueType
from pipeline.engines.vision_chat.answers import Answer
from pipeline.engines.vision_chat.grounding import Placed, Said, place
from pipeline.engines.vision_chat.parts import Part
from pipeline.engines.vision_chat.schema import (
    LINES,
    NONE,
    TYPE,
    checked,
    columns_of,
    schema_of,
    schema_of_types,
)
from pipeline.extracting.dates import parse_date, writes_month_first
from pipeline.extracting.kind import choose_type
from pipeline.extracting.values import normalise
from pipeline.extracting.view import View, view_of
from pipeline.layout.model import Layout
from pipeline.words import PageWords

# Two readers who know nothing of each other say the same.
AGREED = 0.96
NEARLY = 0.6  # times the likeness: one of the two misread it
NOWHERE = 0.2  # for people to look at: nothing on the page says so
SAID_TYPE = 0.7  # how sure a type is that only the model names
_COLUMN_TYPES = {
    "description": ValueType.TEXT,
    "quantity": ValueType.NUMBER,
    "unit_price": ValueType.MONEY,
    "amount": ValueType.MONEY,
}
_BOX_EDGES, _THOUSAND = 4, 1000


@dataclass(frozen=True)
class Document:
    """A document as it was read before anybody asked a model."""

    pages: Sequence[PageWords]
    layout: Layout
    types: Sequence[DocumentTypeSpec]

    def page(self, number: int) -> PageWords:
        """Without words where the page was not read."""
        empty = PageWords(number, 1.0, 1.0, (), "none")
        return next((page for page in self.pages if page.page == number), empty)

    def view(self) -> View:
        return view_of(self.pages, self.layout)

    def spec(self, name: str) -> DocumentTypeSpec | None:
        return next((spec for spec in self.types if spec.name == name), None)


def extraction_from(answers: Sequence[Answer], document: Document) -> Extraction:
    """The claims that the usable answers make, each where words say the same.

    A field that several answers give is taken from the first that gives it. Raises
    ServiceError for an answer that does not say what was asked for.
    """
    usable = [answer for answer in answers if answer.usable]
    view = document.view()
    spec = type_of(usable, document)
    if spec is None:
        return Extraction("", 0.0, ())
    chosen, sureness = choose_type(view, document.types)
    sure = sureness if chosen == spec else SAID_TYPE
    reader = _Reader(document, spec, month_first=writes_month_first(view.text))
    for answer in usable:
        if answer.document_type == spec.name:
            reader.take(answer)
    return Extraction(spec.name, sure, (*reader.header.values(), *reader.lines))


def type_of(answers: Sequence[Answer], document: Document) -> DocumentTypeSpec | None:
    """The type whose fields were asked for, or that an answer names."""
    for answer in answers:
        if answer.document_type:
            return document.spec(answer.document_type)
    for answer in answers:
        said = checked(answer.content(), schema_of_types(document.types))
        return None if said[TYPE] == NONE else document.spec(said[TYPE])
    return None


def values_of(answer: Answer, spec: DocumentTypeSpec) -> dict[str, Any]:
    """Raises ServiceError where the answer does not fit what was asked."""
    schema = schema_of(answer.part, spec, boxes=answer.boxes)
    return checked(answer.content(), schema)


class _Reader:
    """header: claims by field; lines: claims of line items, counted over all parts."""

    def __init__(
        self, document: Document, spec: DocumentTypeSpec, *, month_first: bool
    ) -> None:
        self.document, self.spec = document, spec
        self.month_first = month_first
        self.header: dict[str, Claim] = {}
        self.lines: list[Claim] = []
        self._rows = 0

    def take(self, answer: Answer) -> None:
        values = values_of(answer, self.spec)
        for field in self.spec.fields:
            if field.name not in values or field.name in self.header:
                continue
            text, near = _text_and_point(values[field.name], answer.part)
            said = self._said(field.value_type, text)
            if said is not None:
                placed = place(said, self._page(answer), answer.part.area, near=near)
                claim = _claim(field.name, said, placed, critical=field.critical)
                self.header[field.name] = claim
        for row in values.get(LINES, ()):
            claims = list(self._row(row, answer))
            self.lines += claims
            self._rows += bool(claims)

    def _row(self, row: Mapping[str, Any], answer: Answer) -> Iterator[Claim]:
        """A row's cells stand on one line: the first that is found says where."""
        near: tuple[float, float] | None = None
        for column in columns_of(self.spec):
            said = self._said(_COLUMN_TYPES[column], row.get(column))
            if said is None:
                continue
            area = answer.part.area
            placed = place(said, self._page(answer), area, near=near)
            if placed is not None and near is None:
                near = (1.0, placed.region.bbox.center[1])
            yield _claim(f"lines[{self._rows}].{column}", said, placed)

    def _page(self, answer: Answer) -> PageWords:
        return self.document.page(answer.part.page)

    def _said(self, value_type: ValueType, text: str | None) -> Said | None:
        """None where nothing was said, or nothing that such a value can be."""
        if not text:
            return None
        value = normalise(value_type, text)
        if value_type is ValueType.DATE:
            day = parse_date(text, month_first=self.month_first)
            value = day.isoformat() if day else None
        return Said(value_type, value, text) if value else None


def _claim(
    slot: str, said: Said, placed: Placed | None, *, critical: bool = False
) -> Claim:
    if placed is None:
        confidence = NOWHERE
    elif placed.likeness == 1:
        # A reader who was unsure agrees with the model none the less.
        confidence = AGREED * (0.9 + placed.read / 10)
    else:
        confidence = NEARLY * placed.likeness
    return Claim(
        slot=slot,
        value=said.value,
        raw=said.text,
        value_type=said.value_type,
        confidence=confidence,
        region=placed.region if placed else None,
        critical=critical,
    )


def _text_and_point(
    value: Any, part: Part
) -> tuple[str | None, tuple[float, float] | None]:
    """A field's text, and the middle of the box that came with it, on the page."""
    if not isinstance(value, dict):
        return value, None
    box = value["box"]
    if not box or len(box) != _BOX_EDGES:
        return value["text"], None
    # A model may well give a box that is none, or not on the picture.
    area, shares = part.area, [edge / _THOUSAND for edge in box]
    seen = BoundingBox.clamped(*shares)
    x, y = seen.center
    return value["text"], (area.left + x * area.width, area.top + y * area.height)
