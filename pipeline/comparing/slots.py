"""Two readings of one document, slot by slot. Pure: values in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.claims import LINE_SLOT
from pipeline.comparing.grounding import Grounding, grounding_of
from pipeline.comparing.lines import lines_of, match_lines
from pipeline.comparing.truth import Truth, is_right
from pipeline.comparing.values import Value, same
from pipeline.words import PageWords


class Word(StrEnum):
    """What became of a slot."""

    IDENTICAL = "identical"  # the same text
    EQUAL = "equal"  # the same value, spelt in another way
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    BETTER = "better"  # the old one was wrong, the new one is right
    WORSE = "worse"
    UNGROUNDED = "ungrounded"  # the same value, but its box lost it


SAME = frozenset({Word.IDENTICAL, Word.EQUAL})
# The value itself is another one.
OTHER_VALUE = frozenset(Word) - SAME - {Word.UNGROUNDED}


@dataclass(frozen=True, slots=True)
class Pair:
    """A slot of the old reading and that of the new one which is the same thing.

    slot names it: as the new reading does, or where its line is gone, as the old one
    did with a mark before it, since another line may have that number now. old_slot and
    new_slot: "" where it has no place in that reading.
    """

    slot: str
    old: Value | None
    new: Value | None
    old_slot: str
    new_slot: str


@dataclass(frozen=True, slots=True)
class SlotResult:
    pair: Pair
    word: Word
    grounding: Grounding | None
    old_right: bool | None
    new_right: bool | None


@dataclass(frozen=True, slots=True)
class SlotsCompared:
    """line_matches: {old prefix: new prefix} of all lines that both have."""

    slots: Sequence[SlotResult]
    line_matches: Mapping[str, str] = field(default_factory=dict)


GONE_LINE = "old "


def compare_values(
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    *,
    truth: Truth | None = None,
    pages: Sequence[PageWords] = (),
) -> SlotsCompared:
    """old, new: by slot. pages: the words that the new boxes are looked at with."""
    matches = match_lines(lines_of(old), lines_of(new))
    truth = truth or Truth()
    old_truth, new_truth = truth.about(old), truth.about(new)
    slots = []
    for pair in pairs_of(old, new, matches):
        # What is true of a slot that one side lacks is known by the other one's.
        true_old = old_truth.get(pair.old_slot) or new_truth.get(pair.new_slot)
        true_new = new_truth.get(pair.new_slot) or old_truth.get(pair.old_slot)
        rights = is_right(pair.old, true_old), is_right(pair.new, true_new)
        slots.append(_result(pair, rights, pages))
    return SlotsCompared(slots, matches)


def pairs_of(
    old: Mapping[str, Value], new: Mapping[str, Value], matches: Mapping[str, str]
) -> Iterator[Pair]:
    """Every slot of either reading once, in the order of the new one's.

    An empty value says nothing: its slot is there, and the value is None.
    """
    renumbered = {_moved(slot, matches): slot for slot in old}
    for slot in dict.fromkeys([*new, *renumbered]):
        old_slot = renumbered.get(slot, "")
        gone = slot.startswith(GONE_LINE)
        yield Pair(
            slot=slot,
            old=_said(old.get(old_slot)),
            new=_said(new.get(slot)),
            old_slot=old_slot,
            new_slot="" if gone else slot,
        )


def _said(value: Value | None) -> Value | None:
    return value if value is not None and value.text else None


def _moved(slot: str, matches: Mapping[str, str]) -> str:
    """An old slot as the new reading numbers its lines."""
    match = LINE_SLOT.fullmatch(slot)
    if match is None:
        return slot
    there = matches.get(match["prefix"])
    return f"{there}.{match['column']}" if there else f"{GONE_LINE}{slot}"


def _result(
    pair: Pair, rights: tuple[bool | None, bool | None], pages: Sequence[PageWords]
) -> SlotResult:
    grounding = None
    if pair.old is not None and pair.new is not None:
        grounding = grounding_of(pair.old, pair.new, pages)
    return SlotResult(pair, _word(pair, rights, grounding), grounding, *rights)


def _word(
    pair: Pair, rights: tuple[bool | None, bool | None], grounding: Grounding | None
) -> Word:
    old, new = pair.old, pair.new
    if old is None and new is None:
        return Word.IDENTICAL
    if old is not None and new is not None and same(old, new):
        if grounding is not None and not grounding.stays:
            return Word.UNGROUNDED
        return Word.IDENTICAL if old.text == new.text else Word.EQUAL
    if rights == (False, True):
        return Word.BETTER
    if rights == (True, False):
        return Word.WORSE
    if old is None:
        return Word.ADDED
    return Word.REMOVED if new is None else Word.CHANGED
