"""The generic rule: a field's value stands after, right of, or below its label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate, values_in
from pipeline.extracting.labels import LabelHit, LabelIndex
from pipeline.extracting.view import Row, Segment, View

SAME, RIGHT, BELOW = 1.0, 0.98, 0.75
ASKEW = 0.08  # score that a value below takes for sharing no edge with its label
ALIGNED = 0.012  # page widths between edges that count as one
FAR = 0.12  # score that each column in between takes away
ROW_STEP = 0.12  # score that each row further down takes away
REACH = 2.6  # label heights that a value may stand below
RANK_COST = 0.01  # score that each place in the list of labels takes away
Finder = Callable[[Segment, int, int | None], Iterator[Candidate]]


class Neighbourhood:
    """Where labels stand in a document, and what stands beside them."""

    def __init__(self, view: View, index: LabelIndex) -> None:
        self.view = view
        self.index = index
        self.hits = index.hits(view)
        self._by_segment: dict[tuple[int, int], list[LabelHit]] = {}
        for hit in self.hits:
            key = (hit.segment.row, hit.segment.place)
            self._by_segment.setdefault(key, []).append(hit)

    def hits_of(self, field: str) -> list[tuple[LabelHit, int]]:
        """The field's labels with their rank in its list."""
        found = []
        for hit in self.hits:
            rank = self.index.rank(hit.label, field)
            if rank is not None:
                found.append((hit, rank))
        return found

    def hits_in(self, segment: Segment) -> Sequence[LabelHit]:
        return self._by_segment.get((segment.row, segment.place), ())

    def candidates(
        self, field: FieldSpec, *, month_first: bool = False
    ) -> list[Candidate]:
        """Values beside any of the field's labels, best first."""

        def finder(
            segment: Segment, start: int, end: int | None
        ) -> Iterator[Candidate]:
            return values_in(field, segment, start, end=end, month_first=month_first)

        found: list[Candidate] = []
        for hit, rank in self.hits_of(field.name):
            strength = hit.similarity - min(RANK_COST * rank, 0.3)
            below = field.hints.get("below", True)
            for candidate in self.beside(hit, finder, below=below):
                score = candidate.score * strength
                if not candidate.marked:
                    score -= 0.25
                found.append(_labelled(candidate, score, hit.label))
        return sorted(found, key=lambda candidate: -candidate.score)

    def beside(
        self, hit: LabelHit, finder: Finder, *, below: bool = True
    ) -> Iterator[Candidate]:
        """What the finder sees after the label, right of it, and below it."""
        yield from self._after(hit, finder)
        yield from self._right(hit, finder)
        if below:
            yield from self._below(hit, finder)

    def _after(self, hit: LabelHit, finder: Finder) -> Iterator[Candidate]:
        later = [h.start for h in self.hits_in(hit.segment) if h.start >= hit.end]
        end = min(later, default=None)
        for count, candidate in enumerate(finder(hit.segment, hit.end, end)):
            yield candidate.scored(candidate.score + SAME - FAR * count)

    def _right(self, hit: LabelHit, finder: Finder) -> Iterator[Candidate]:
        row = self.view.rows[hit.segment.row]
        steps = 0
        for segment in row.segments[hit.segment.place + 1 :]:
            stop = next((h.start for h in self.hits_in(segment)), None)
            for candidate in finder(segment, 0, stop):
                yield candidate.scored(candidate.score + RIGHT - FAR * steps)
                steps += 1
            if stop is not None:
                return

    def _below(self, hit: LabelHit, finder: Finder) -> Iterator[Candidate]:
        steps = 0
        limit = hit.segment.bbox.bottom + REACH * hit.segment.height
        for row in self._rows_below(hit.segment):
            if row.bbox.top > limit or steps > 2:
                return
            for segment in row.segments:
                if not stands_below(hit, segment):
                    continue
                stop = next((h.start for h in self.hits_in(segment)), None)
                for candidate in finder(segment, 0, stop):
                    askew = 0.0 if is_aligned(hit, segment) else ASKEW
                    score = candidate.score + BELOW - ROW_STEP * steps - askew
                    yield candidate.scored(score)
                    break
                steps += 1

    def _rows_below(self, segment: Segment) -> Iterator[Row]:
        for row in self.view.rows[segment.row + 1 :]:
            if row.page != segment.page:
                return
            yield row


def is_aligned(hit: LabelHit, segment: Segment) -> bool:
    """Whether a value's left edge, right edge or middle is that of its label."""
    words = hit.segment.words_at(hit.start, hit.end)
    left = min(word.bbox.left for word in words)
    right = max(word.bbox.right for word in words)
    box = segment.bbox
    gaps = (
        left - box.left,
        right - box.right,
        (left + right - box.left - box.right) / 2,
    )
    return min(abs(gap) for gap in gaps) < ALIGNED


def stands_below(hit: LabelHit, segment: Segment) -> bool:
    """Whether a segment of a lower row shares the label's column."""
    words = hit.segment.words_at(hit.start, hit.end)
    left = min(word.bbox.left for word in words)
    right = max(word.bbox.right for word in words)
    box = segment.bbox
    shared = min(right, box.right) - max(left, box.left)
    return shared > 0.3 * min(right - left, box.width)


def _labelled(candidate: Candidate, score: float, label: str) -> Candidate:
    return Candidate(
        candidate.value,
        candidate.raw,
        candidate.spans,
        score,
        label,
        candidate.marked,
    )
