"""Comparing what two versions say of one document: typed, slot by slot.

slots.py and document.py are pure; services.py stores, judging.py asks what people know.
"""

from __future__ import annotations

from pipeline.comparing.changes import SlotChange, slot_changes
from pipeline.comparing.judging import Judgement, judgements
from pipeline.comparing.services import COMPARATOR, compare_generations

__all__ = [
    "COMPARATOR",
    "Judgement",
    "SlotChange",
    "compare_generations",
    "judgements",
    "slot_changes",
]
