"""How well a document could be read, as a band on which figures are split.

By the mean confidence over all letters that the ocr step reported of the reading that
was current. Words that a PDF holds itself have confidence 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Lower bounds, from the best band down.
BANDS = (("clear", 0.97), ("fair", 0.9), ("poor", 0.0))
# There were no words, or the step did not say.
UNKNOWN = "unknown"


def band(steps: Sequence[Mapping[str, Any]]) -> str:
    """steps: entries of Generation.steps."""
    for entry in steps:
        found = entry.get("quality", {}).get("char_conf_mean")
        if entry.get("step") == "ocr" and isinstance(found, int | float):
            return next(name for name, least in BANDS if found >= least)
    return UNKNOWN
