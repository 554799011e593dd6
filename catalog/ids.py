"""Time-ordered ids: neighbours in time are neighbours in every index."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()
