from __future__ import annotations


class GateRefused(Exception):
    """Nothing was changed; the message says why and what to do."""
