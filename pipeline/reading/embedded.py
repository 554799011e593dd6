"""Whether the words that a PDF page carries are what can be seen on it.

The picture looked at is our own drawing of the page, never the original.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.words import PageWords, Word

_LOOK_SIDE = 600  # pixels; letters need not be legible here
_DIFFERS = 40  # grey steps from the paper that count as ink
_LEAST_INK = 0.00005  # share of the page; less is dust
_MOST_GARBAGE = 0.2  # share of letters without a meaning
_LEAST_VISIBLE = 0.5  # share of words that stand on something visible
_FEW_WORDS = 15
_MOST_UNCOVERED = 0.8  # share of ink away from words, on a page of few words
# No letters: not assigned, for private use, half of a pair, or a control sign.
_MEANINGLESS = {"Cn", "Co", "Cs", "Cc"}


@dataclass(frozen=True, slots=True)
class PageLook:
    """ink: share of the page that is not paper; uncovered: share of that ink outside
    of the words' boxes; visible: share of words with something to be seen under them.
    """

    ink: float
    uncovered: float
    visible: float


def needs_ocr(words: PageWords, look: PageLook) -> bool:
    """Whether the page has to be read from its picture."""
    if not words.words:
        return look.ink >= _LEAST_INK
    if not trustworthy(words, look):
        return True
    few = len(words.words) < _FEW_WORDS
    return few and look.ink >= _LEAST_INK and look.uncovered > _MOST_UNCOVERED


def trustworthy(words: PageWords, look: PageLook) -> bool:
    """Whether the words have letters with a meaning, and stand where ink is."""
    garbage = garbage_share(words.words) > _MOST_GARBAGE
    return not garbage and look.visible >= _LEAST_VISIBLE


def garbage_share(words: tuple[Word, ...]) -> float:
    """Share of letters that no font mapped to a character, 0..1."""
    letters = "".join(word.text for word in words)
    bad = sum(
        letter == "\ufffd" or unicodedata.category(letter) in _MEANINGLESS
        for letter in letters
    )
    return bad / len(letters) if letters else 0.0


def look_at(picture: Path, words: PageWords) -> PageLook:
    """How the words sit on the page picture that normalize drew (a JPEG)."""
    with Image.open(picture, formats=("JPEG",)) as opened:
        opened.draft("L", (_LOOK_SIDE, _LOOK_SIDE))
        grey = np.asarray(opened.convert("L"), dtype=np.int16)
    ink = np.abs(grey - np.percentile(grey, 90)) > _DIFFERS
    covered = np.zeros_like(ink)
    visible = 0
    for word in words.words:
        area = _area(word, grey.shape)
        covered[area] = True
        visible += bool(np.ptp(grey[area]) > _DIFFERS)
    inked = int(ink.sum())
    return PageLook(
        ink=inked / ink.size,
        uncovered=float((ink & ~covered).sum()) / inked if inked else 0.0,
        visible=visible / len(words.words) if words.words else 1.0,
    )


def _area(word: Word, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The word's pixels and one around them, at least one pixel."""
    rows, columns = shape[0], shape[1]
    top = max(int(word.bbox.top * rows) - 1, 0)
    left = max(int(word.bbox.left * columns) - 1, 0)
    bottom = min(int(np.ceil(word.bbox.bottom * rows)) + 1, rows)
    right = min(int(np.ceil(word.bbox.right * columns)) + 1, columns)
    top, left = min(top, rows - 1), min(left, columns - 1)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))
