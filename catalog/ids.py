"""Time-ordered ids: neighbours in time are neighbours in every index."""

from __future__ import annotations

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()


def first_id_at(moment: datetime) -> uuid.UUID:
    """None that was made at that moment or later is smaller (RFC 9562, 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80)
