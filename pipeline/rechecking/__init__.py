"""The verify rules once more, over a reading's values as people answer them."""

from __future__ import annotations

from pipeline.rechecking.grounds import Grounds, grounds_of
from pipeline.rechecking.recheck import (
    CONTRADICTIONS,
    Rechecked,
    Said,
    Statement,
    recheck,
)

__all__ = [
    "CONTRADICTIONS",
    "Grounds",
    "Rechecked",
    "Said",
    "Statement",
    "grounds_of",
    "recheck",
]
