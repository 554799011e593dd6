"""Words into lines: by where they stand, not by the order in which they were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from catalog.regions import BoundingBox
from pipeline.layout.model import Line
from pipeline.words import PageWords, Word, text_of

BAND = 0.002  # page heights; lines are looked up in horizontal bands of this size
REACH = 0.03  # page heights; how far a line's middle may be from a word's
SMALLEST = 0.002  # page heights; lower words count as this high
UPENDED = 1.4  # times as high as wide; four level letters are never that narrow
STEEPEST = 0.1  # a page's slope beyond this is not skew but something else


@dataclass(slots=True)
class OpenLine:
    """A line while it grows to the right; middle and bottom are those of its end."""

    middle: float
    bottom: float
    height: float
    words: list[int] = field(default_factory=list)


def lines_of(page: PageWords) -> tuple[Line, ...]:
    """The page's lines from top to bottom; every word is in exactly one of them."""
    slope = skew_of(page.words)
    aspect = page.height / page.width if page.width > 0 else 1.0
    upended = {i for i, word in enumerate(page.words) if is_upended(word, aspect)}
    bands: dict[int, list[OpenLine]] = defaultdict(list)
    lines: list[OpenLine] = []
    level = (i for i in range(len(page.words)) if i not in upended)
    order = sorted(level, key=lambda i: page.words[i].bbox.left)
    for index in order:
        box = page.words[index].bbox
        drop = slope * box.center[0]
        end = OpenLine(
            middle=box.center[1] - drop,
            bottom=box.bottom - drop,
            height=max(box.height, SMALLEST),
        )
        line = best_line(end, bands)
        if line is None:
            line = end
            lines.append(line)
        else:
            bands[band(line.middle)].remove(line)
            line.middle, line.bottom = end.middle, end.bottom
            line.height = end.height
        line.words.append(index)
        bands[band(line.middle)].append(line)
    made = [(median(middles(line, page, slope)), line.words) for line in lines]
    for words in columns_of(page, upended):
        made.append((page.words[words[0]].bbox.top, words))
    made.sort(key=lambda item: item[0])
    return tuple(line_of(page, words) for _, words in made)


def is_upended(word: Word, aspect: float) -> bool:
    """Whether a word is written up or down the page, as notes in margins are."""
    wide = word.bbox.width
    return len(word.text) > 3 and word.bbox.height * aspect > UPENDED * wide > 0


def columns_of(page: PageWords, upended: set[int]) -> list[list[int]]:
    """Upended words that stand in one column, read upwards."""
    columns: list[list[int]] = []
    for index in sorted(upended, key=lambda i: page.words[i].bbox.center[0]):
        middle = page.words[index].bbox.center[0]
        last = page.words[columns[-1][-1]].bbox if columns else None
        if last and abs(last.center[0] - middle) < last.width / 2:
            columns[-1].append(index)
        else:
            columns.append([index])
    for column in columns:
        column.sort(key=lambda i: -page.words[i].bbox.top)
    return columns


def skew_of(words: Sequence[Word]) -> float:
    """How far the page's lines fall per page width, in page heights.

    The median slope from one word to the next that was read beside it; 0 where too few
    words tell.
    """
    slopes = []
    for one, other in pairwise(words):
        a, b = one.bbox, other.bbox
        beside = 0 <= b.left - a.right < 2 * max(a.height, b.height)
        alike = min(a.height, b.height) > 0.8 * max(a.height, b.height)
        if beside and alike and abs(a.center[1] - b.center[1]) < a.height / 2:
            across = b.center[0] - a.center[0]
            if across > 0:
                slopes.append((b.center[1] - a.center[1]) / across)
    if len(slopes) < 12:
        return 0.0
    slope = median(slopes)
    return slope if abs(slope) <= STEEPEST else 0.0


def band(middle: float) -> int:
    return int(middle / BAND)


def best_line(end: OpenLine, bands: dict[int, list[OpenLine]]) -> OpenLine | None:
    """The open line whose end the word continues best, if any."""
    reach = min(end.height / 2 + 0.01, REACH)
    best, best_miss = None, 1.0
    for number in range(band(end.middle - reach), band(end.middle + reach) + 1):
        for line in bands.get(number, ()):
            miss = misfit(end, line)
            if miss < best_miss:
                best, best_miss = line, miss
    return best


def misfit(end: OpenLine, line: OpenLine) -> float:
    """How badly a word fits a line's end; 1 and above do not fit.

    Words of one height share their middle; a larger and a smaller one may share the
    baseline instead.
    """
    low, high = sorted((end.height, line.height))
    by_middle = 2 * abs(end.middle - line.middle) / low
    by_bottom = 3 * abs(end.bottom - line.bottom) / low
    if low > 0.7 * high:
        return by_middle
    return min(by_middle, by_bottom)


def middles(line: OpenLine, page: PageWords, slope: float) -> list[float]:
    centers = (page.words[i].bbox.center for i in line.words)
    return [y - slope * x for x, y in centers]


def line_of(page: PageWords, indexes: Sequence[int]) -> Line:
    words = [page.words[i] for i in indexes]
    return Line(
        page=page.page,
        words=tuple(indexes),
        text=text_of(words),
        bbox=BoundingBox.around(word.bbox for word in words),
    )
