"""From a recognised line with the columns of its letters to words with boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

import numpy as np
import numpy.typing as npt

# A crop this much taller than wide was read from top to bottom by the recogniser.
_TALL = 1.5
# Columns between two letters' middles (a column is a sixth of the line's height) that
# part two words although no space was read.
_WIDE_GAP = 6
# Letters that say alike how the page lies: so many, and so large a share, turn it.
_FEWEST_LETTERS = 30
_LARGEST_MINORITY = 0.2
_FULL_WIDTH = range(0xFF01, 0xFF5F)


@dataclass(frozen=True, slots=True)
class Letter:
    """One recognised letter, and its column in the recogniser's output."""

    text: str
    column: int
    confidence: float


@dataclass(frozen=True, slots=True)
class PixelWord:
    """A word and the rectangle around it in pixels: left, top, right, bottom."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class Lie:
    """How a line lies: stands says that it runs up or down the page, turned that its
    crop (of a standing line: turned to the left before) had to be turned by 180
    degrees; None where that is not sure.
    """

    letters: int
    stands: bool
    turned: bool | None


def stands(quad: npt.NDArray[np.float32]) -> bool:
    """Whether a line's crop is so tall that it was turned before it was read."""
    wide, high = _sides(quad)
    return high >= _TALL * wide


def turns_of(lies: Sequence[Lie]) -> int:
    """Clockwise quarter turns that set a page of these lines upright; 0 if in doubt."""
    standing = _agreed([(lie.letters, lie.stands) for lie in lies])
    if standing is None:
        return 0
    turned = _agreed(
        [
            (lie.letters, lie.turned)
            for lie in lies
            if lie.stands == standing and lie.turned is not None
        ]
    )
    if turned is None:
        return 0
    if standing:
        return 1 if turned else 3
    return 2 if turned else 0


def _agreed(votes: Sequence[tuple[int, bool]]) -> bool | None:
    """What nearly all letters say, or None."""
    total = sum(letters for letters, _ in votes)
    yes = sum(letters for letters, vote in votes if vote)
    if total < _FEWEST_LETTERS or min(yes, total - yes) > _LARGEST_MINORITY * total:
        return None
    return yes > total - yes


def words_of_line(
    letters: Sequence[Letter],
    columns: float,
    quad: npt.NDArray[np.float32],
    *,
    upside_down: bool = False,
) -> list[PixelWord]:
    """The line's words, left to right as read.

    columns is how many columns the line's crop is wide; quad holds its corners in
    pixels, top left first and clockwise. upside_down says that the crop was turned by
    180 degrees before it was read. Letters may hold spaces.
    """
    half = _half_letter(letters)
    words = []
    for group in _groups(letters):
        start = max((group[0].column + 0.5 - half) / columns, 0.0)
        end = min((group[-1].column + 0.5 + half) / columns, 1.0)
        if upside_down:
            start, end = 1 - end, 1 - start
        words.append(
            PixelWord(
                text=_plain("".join(letter.text for letter in group)),
                box=_rectangle(quad, start, max(start, end)),
                confidence=fmean(letter.confidence for letter in group),
            )
        )
    return words


def _groups(letters: Sequence[Letter]) -> list[list[Letter]]:
    """Letters of each word: parted by spaces, wide gaps, and after "label:"."""
    groups: list[list[Letter]] = [[]]
    previous = before = ""
    last_column = 0
    for letter in letters:
        if letter.text.isspace():
            groups.append([])
            previous = before = ""
            continue
        wide = bool(previous) and letter.column - last_column >= _WIDE_GAP
        labelled = previous in (":", "\uff1a") and _ends_label(before, letter.text)
        if wide or labelled:
            groups.append([])
        groups[-1].append(letter)
        before, previous, last_column = previous, letter.text, letter.column
    return [group for group in groups if group]


def _ends_label(before: str, after: str) -> bool:
    """Whether a colon between these two ends a label: "No:17", but not "10:12"."""
    return after.isalnum() and bool(before) and not before.isdigit()


def _half_letter(letters: Sequence[Letter]) -> float:
    """Half a letter's width in columns, from the middles of neighbouring letters."""
    columns = [letter.column for letter in letters]
    steps = [b - a for a, b in pairwise(columns) if b > a]
    return median(steps) / 2 if steps else 1.5


def _plain(text: str) -> str:
    """Full-width signs and letters as their ASCII counterparts."""
    return "".join(
        chr(ord(sign) - 0xFEE0) if ord(sign) in _FULL_WIDTH else sign for sign in text
    )


def _rectangle(
    quad: npt.NDArray[np.float32], start: float, end: float
) -> tuple[float, float, float, float]:
    """The upright rectangle around the part of the quad between two fractions."""
    top_left, top_right, bottom_right, bottom_left = quad
    if stands(quad):
        edges = ((top_left, bottom_left), (top_right, bottom_right))
    else:
        edges = ((top_left, top_right), (bottom_left, bottom_right))
    corners = np.array([a + (b - a) * part for a, b in edges for part in (start, end)])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _sides(quad: npt.NDArray[np.float32]) -> tuple[float, float]:
    """How wide and how high a line is, in pixels."""
    top_left, top_right, bottom_right, bottom_left = quad
    wide = max(_length(top_right - top_left), _length(bottom_right - bottom_left))
    high = max(_length(bottom_left - top_left), _length(bottom_right - top_right))
    return wide, high


def _length(vector: npt.NDArray[np.float32]) -> float:
    return float(np.hypot(*vector))
