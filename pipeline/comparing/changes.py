"""A comparison's differences as rows, for whoever shows or asks about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.models import Comparison
from pipeline.claims import LINE_SLOT
from pipeline.comparing.slots import GONE_LINE, Word


@dataclass(frozen=True, slots=True)
class SlotChange:
    """old_slot, new_slot: where to look in each generation, "" for nowhere."""

    kind: str
    word: str
    old_slot: str
    new_slot: str


def slot_changes(comparison: Comparison) -> Iterator[SlotChange]:
    """Its differences, with the slot's name in either generation."""
    numbers = {new: old for old, new in (comparison.line_matches or {}).items()}
    for key, word in comparison.differences.items():
        kind, _, slot = key.partition(":")
        old = _old_slot(slot, numbers)
        gone = word == Word.REMOVED or slot.startswith(GONE_LINE)
        added = word == Word.ADDED or not old
        yield SlotChange(kind, word, "" if added else old, "" if gone else slot)


def _old_slot(slot: str, numbers: dict[str, str]) -> str:
    if slot.startswith(GONE_LINE):
        return slot.removeprefix(GONE_LINE)
    match = LINE_SLOT.fullmatch(slot)
    if match is None or not numbers:
        return slot
    old = numbers.get(match["prefix"])
    return f"{old}.{match['column']}" if old else ""
