"""Lines, blocks, neighbours and tables of a document, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.regions import BoundingBox, Region


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one line: indexes into the page's words, left to right."""

    page: int
    words: tuple[int, ...]
    text: str
    bbox: BoundingBox


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: indexes into the page's lines, top to bottom.

    Of lines that run over several columns it has a part only: words are indexes into
    the page's words.
    """

    page: int
    lines: tuple[int, ...]
    bbox: BoundingBox
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A printed label and the words to its right or below that may be its value.

    label and value are indexes into the page's words; direction is "right" or "below".
    """

    page: int
    label: tuple[int, ...]
    value: tuple[int, ...]
    direction: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table region: its header text and its left and right edge."""

    header: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class TableRegion:
    """A table: where it is, its columns, and its rows as line indexes.

    The header comes first; it is empty where a table goes on from the page before.
    """

    region: Region
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class PageLayout:
    page: int
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    neighbours: tuple[Neighbour, ...]
    tables: tuple[TableRegion, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole document; template_key is the same for documents that look alike.

    template_signals keeps what the key was made from, so that a person can see why two
    documents share it. It holds digests and layout figures, never text.
    """

    pages: tuple[PageLayout, ...]
    template_key: str
    template_signals: dict[str, Any]
