from __future__ import annotations


class ReprocessRefused(Exception):
    """Nothing was changed; the message says why and what to do."""
