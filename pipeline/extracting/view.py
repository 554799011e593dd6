"""A document as rows of segments: words that stand close together on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from catalog.regions import BoundingBox, Region
from pipeline.layout.model import Layout
from pipeline.words import PageWords, Word

GAP = 1.1  # line heights; wider gaps part two columns
# Limits for documents that are made to be slow: nothing that is longer is a value.
MOST_ROWS = 6000
MOST_WORDS = 60  # of a segment
LONGEST_WORD = 120  # characters
NO_CONFIDENCE = 0.0


@dataclass(frozen=True)
class Segment:
    """Words of one row without a wide gap; text joins them with single spaces.

    row counts over the whole document, place counts from the left in its row. height is
    the words' mean height in page heights.
    """

    page: int
    row: int
    place: int
    words: tuple[Word, ...]
    aspect: float

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def bbox(self) -> BoundingBox:
        return BoundingBox.around(word.bbox for word in self.words)

    @cached_property
    def height(self) -> float:
        return sum(word.bbox.height for word in self.words) / len(self.words)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each word begins in the text."""
        starts, at = [], 0
        for word in self.words:
            starts.append(at)
            at += len(word.text) + 1
        return tuple(starts)

    def words_at(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that the given part of the text touches."""
        return tuple(
            word
            for word, at in zip(self.words, self.offsets, strict=True)
            if at < end and at + len(word.text) > start
        )


@dataclass(frozen=True)
class Row:
    """The segments of one line, left to right."""

    number: int
    page: int
    segments: tuple[Segment, ...]

    @cached_property
    def text(self) -> str:
        return "  ".join(segment.text for segment in self.segments)

    @cached_property
    def bbox(self) -> BoundingBox:
        return BoundingBox.around(segment.bbox for segment in self.segments)


@dataclass(frozen=True)
class Span:
    """A part of the document's words that may be a value."""

    page: int
    row: int
    words: tuple[Word, ...]
    text: str

    @cached_property
    def bbox(self) -> BoundingBox:
        return BoundingBox.around(word.bbox for word in self.words)

    @property
    def region(self) -> Region:
        return Region(self.page, self.bbox)

    @property
    def read_confidence(self) -> float:
        """How sure the reader was of the least certain word, 0..1."""
        return min((word.confidence for word in self.words), default=NO_CONFIDENCE)


@dataclass(frozen=True)
class View:
    """The whole document, row by row, over all pages."""

    pages: tuple[PageWords, ...]
    rows: tuple[Row, ...]

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(segment for row in self.rows for segment in row.segments)

    @cached_property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)

    def page_rows(self, page: int) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.page == page)


def view_of(pages: Sequence[PageWords], layout: Layout) -> View:
    """Rows from the layout's lines, split where a gap is wider than a column's."""
    by_number = {page.page: page for page in pages}
    rows: list[Row] = []
    for laid_out in layout.pages:
        page = by_number.get(laid_out.page)
        if page is None:
            continue
        for line in laid_out.lines:
            words = [page.words[i] for i in line.words if is_sane(page.words[i])]
            if words and len(rows) < MOST_ROWS:
                rows.append(_row(len(rows), page, words))
    return View(tuple(pages), tuple(rows))


def span_of(segment: Segment, start: int, end: int) -> Span:
    """The part of a segment's text as a span; its box is that of the whole words."""
    return Span(
        segment.page,
        segment.row,
        segment.words_at(start, end),
        segment.text[start:end].strip(),
    )


def is_sane(word: Word) -> bool:
    return 0 < len(word.text) <= LONGEST_WORD and not word.text.isspace()


def _row(number: int, page: PageWords, words: list[Word]) -> Row:
    aspect = page.height / page.width if page.width else 1.0
    groups: list[list[Word]] = [[words[0]]]
    for word in words[1:]:
        last = groups[-1][-1].bbox
        height = max(min(last.height, word.bbox.height), 0.001)
        gap = word.bbox.left - last.right > GAP * height * aspect
        if gap or len(groups[-1]) >= MOST_WORDS:
            groups.append([word])
        else:
            groups[-1].append(word)
    segments = tuple(
        Segment(page.page, number, place, tuple(group), aspect)
        for place, group in enumerate(groups)
    )
    return Row(number, page.page, segments)
