"""Making an artifact again, exactly as it was made, and saying whether the same came
out: fetch the original by its hash, run the exact version fresh, compare, explain.
"""

from __future__ import annotations

from pipeline.reproducing.reproduce import Reproduction, reproduce
from pipeline.reproducing.whole import reproduce_sample

__all__ = ["Reproduction", "reproduce", "reproduce_sample"]
