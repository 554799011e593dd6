"""Printed labels: where in the document a field's label stands.

Labels are compared by letters and digits, across word gaps, because PDF kerning and
worn scans part words or glue them together. All labels of a document type compete: of
two that overlap, the longer one counts, so that "total" does not match in "total tax".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from pipeline.claims import DocumentTypeSpec
from pipeline.extracting.values import squeeze
from pipeline.extracting.view import Segment, View

RUN = re.compile(r"n[°º]|№|[^\W\d_]+|\d+|[#€$%]", re.IGNORECASE)
MOST_RUNS = 8  # parts that one label may be broken into
FUZZY_LENGTH = 5  # shorter labels must match exactly
FUZZY_CUTOFF = 86  # of 100; lets one wrong letter pass in seven
# Hints that list labels which are not the field's own: look-alikes and counterparts.
LABEL_HINTS = (
    *("not", "subtotal", "paid", "change", "rounding", "tax", "due", "summary"),
    *("charge", "discount", "delivery"),
)


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A label in a segment's text; similarity is 0..1."""

    segment: Segment
    start: int
    end: int
    label: str
    similarity: float


class LabelIndex:
    """The labels of a document type and the fields that they speak for."""

    def __init__(self, spec: DocumentTypeSpec) -> None:
        fields: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for field in spec.fields:
            for rank, label in enumerate(field.labels):
                fields[_key(label)].append((field.name, rank))
            for hint in LABEL_HINTS:
                for label in field.hints.get(hint, ()):
                    fields.setdefault(_key(label), [])
        for labels in spec.line_columns.values():
            for label in labels:
                fields.setdefault(_key(label), [])
        fields.pop("", None)
        self.fields: Mapping[str, list[tuple[str, int]]] = fields
        self.fuzzy = [label for label in fields if len(label) >= FUZZY_LENGTH]
        self.longest = max((len(label) for label in fields), default=0)

    def rank(self, label: str, field: str) -> int | None:
        """The label's place in the field's list; None if it is not the field's."""
        places = [rank for name, rank in self.fields.get(label, ()) if name == field]
        return min(places, default=None)

    def hits(self, view: View) -> tuple[LabelHit, ...]:
        """Every label in the document, without overlaps, in reading order."""
        read = {page.page for page in view.pages if page.origin == "ocr"}
        found: list[LabelHit] = []
        for segment in view.segments:
            found.extend(self._hits_in(segment, fuzzy=segment.page in read))
        return tuple(found)

    def _hits_in(self, segment: Segment, *, fuzzy: bool) -> list[LabelHit]:
        runs = [
            (match.start(), match.end(), _key(match[0]))
            for match in RUN.finditer(segment.text)
        ]
        found = []
        for first in range(len(runs)):
            text = ""
            for last in range(first, min(len(runs), first + MOST_RUNS)):
                key = runs[last][2]
                text += "no" if key == "#" and text else key
                if len(text) > self.longest + 2:
                    break
                label, similarity = self._match(text, fuzzy=fuzzy)
                if label:
                    found.append(
                        LabelHit(
                            segment, runs[first][0], runs[last][1], label, similarity
                        )
                    )
        return _longest_only(found)

    def _match(self, text: str, *, fuzzy: bool) -> tuple[str, float]:
        if text in self.fields:
            return text, 1.0
        for mark in ("rm", "eur", "usd"):
            if text.endswith(mark) and text[: -len(mark)] in self.fields:
                return text[: -len(mark)], 1.0
        if not fuzzy or len(text) < FUZZY_LENGTH:
            return "", 0.0
        best = process.extractOne(
            text, self.fuzzy, scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF
        )
        return (best[0], best[1] / 100) if best else ("", 0.0)


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    lowered = re.sub(r"n[°º]|№", "no", text.casefold())
    return "#" if lowered.strip() == "#" else squeeze(lowered.replace("#", "no"))


def _longest_only(hits: Iterable[LabelHit]) -> list[LabelHit]:
    """Longer labels first; a wrong letter costs more than a letter more is worth."""
    kept: list[LabelHit] = []
    for hit in sorted(hits, key=lambda h: (-len(h.label) * h.similarity**3, h.start)):
        if all(hit.end <= k.start or hit.start >= k.end for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
