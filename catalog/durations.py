"""Durations as people write them on a command line."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """Of 24h, 90m, 7d or 30s. Raises ValueError."""
    found = re.fullmatch(r"(\d+)([smhd])", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no duration: write 24h, 90m, 7d or 30s")
    return timedelta(**{UNITS[found[2]]: int(found[1])})
