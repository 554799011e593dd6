"""Grounding: every claim gets the box whose words say what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, Extraction, ValueType
from pipeline.extracting.values import letters, stands_in
from pipeline.words import PageWords, Word, text_of

NOWHERE = 0.3  # what is left of the confidence of a value that stands nowhere
LOOSE = 90  # of 100; addresses are joined from lines, so order and marks may differ
LONGEST = 14  # words that a value is looked for in


@dataclass(frozen=True, slots=True)
class Grounded:
    """The extraction with regions, and how many claims have one and how many none."""

    extraction: Extraction
    grounded: int
    ungrounded: int


def ground(extraction: Extraction, pages: Sequence[PageWords]) -> Grounded:
    """Check each claim's region by the words under it; look for the value if wrong.

    A value that stands nowhere loses its region and most of its confidence.
    """
    claims = tuple(ground_claim(claim, pages) for claim in extraction.claims)
    grounded = sum(claim.region is not None for claim in claims)
    return Grounded(
        replace(extraction, claims=claims), grounded, len(claims) - grounded
    )


def ground_claim(claim: Claim, pages: Sequence[PageWords]) -> Claim:
    others = tuple(ground_claim(other, pages) for other in claim.candidates)
    region = claim.region
    if region is None or not says(claim, text_under(region, pages)):
        region = find(claim, pages)
    if region is None:
        lowered = claim.confidence * NOWHERE
        return replace(claim, region=None, confidence=lowered, candidates=others)
    return replace(claim, region=region, candidates=others)


def text_under(region: Region, pages: Sequence[PageWords]) -> str:
    """The words whose middle is in the region, in reading order."""
    page = next((page for page in pages if page.page == region.page), None)
    if page is None:
        return ""
    return text_of([w for w in page.words if region.bbox.holds_center_of(w.bbox)])


def says(claim: Claim, text: str) -> bool:
    """Whether the text normalises to the claim's value."""
    if stands_in(claim.value_type, claim.value, text):
        return True
    if claim.value_type is not ValueType.ADDRESS:
        return False
    wanted, there = letters(claim.value), letters(text)
    return bool(there) and fuzz.ratio(wanted, there) >= LOOSE


def find(claim: Claim, pages: Sequence[PageWords]) -> Region | None:
    """The run of words that says the value and is nearest to the claim's region."""
    found = [
        Region(page.page, BoundingBox.around(word.bbox for word in run))
        for page in pages
        for run in _runs(claim, page.words)
    ]
    if not found:
        return None
    if claim.region is None:
        return found[0]
    near = claim.region

    def distance(region: Region) -> tuple[bool, float]:
        (x0, y0), (x1, y1) = region.bbox.center, near.bbox.center
        return region.page != near.page, abs(x0 - x1) + abs(y0 - y1)

    return min(found, key=distance)


def _runs(claim: Claim, words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    wanted = letters(claim.value)
    texty = claim.value_type in (
        ValueType.ID,
        ValueType.NAME,
        ValueType.TEXT,
        ValueType.ADDRESS,
    )
    for start in range(len(words)):
        if texty and not _begins(wanted, words[start].text):
            continue
        longest = len(wanted) + 1 if texty else 4
        for length in range(1, min(longest, LONGEST) + 1):
            run = words[start : start + length]
            if len(run) < length:
                break
            if says(claim, text_of(run)):
                yield run
                break


def _begins(wanted: str, text: str) -> bool:
    """Whether a value may begin in a word; the word may hold a label before it."""
    there = letters(text)
    if not there:
        return False
    return wanted.startswith(there) or wanted in there or there[-3:] in wanted[:12]
