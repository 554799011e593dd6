"""What every extraction rule looks at: the document, its labels, its conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.claims import DocumentTypeSpec
from pipeline.extracting.candidates import Candidate, money_in
from pipeline.extracting.dates import writes_month_first
from pipeline.extracting.labels import LabelIndex
from pipeline.extracting.letterhead import HeadRow, head_rows
from pipeline.extracting.neighbours import Neighbourhood
from pipeline.extracting.view import View


@dataclass(frozen=True)
class Context:
    """One document under one document type."""

    view: View
    spec: DocumentTypeSpec

    @cached_property
    def neighbourhood(self) -> Neighbourhood:
        return Neighbourhood(self.view, LabelIndex(self.spec))

    @cached_property
    def month_first(self) -> bool:
        return writes_month_first(self.view.text)

    @cached_property
    def head(self) -> Sequence[HeadRow]:
        return head_rows(self.view)

    @cached_property
    def memo(self) -> dict[str, object]:
        """What rules of several fields work out together, by the rule's own name."""
        return {}

    @cached_property
    def amounts(self) -> tuple[Candidate, ...]:
        """Every amount of money in the document, in reading order."""
        return tuple(
            amount
            for segment in self.view.segments
            for amount in money_in(segment, 0, segment.text)
        )


@dataclass(frozen=True)
class Ranked:
    """A field's candidates, best first; confidence (0..1) is that of the first."""

    candidates: tuple[Candidate, ...]
    confidence: float
