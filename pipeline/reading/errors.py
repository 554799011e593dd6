"""Why a document cannot be read, as words that travel out of the sandbox."""

from __future__ import annotations

from enum import StrEnum


class UnreadableReason(StrEnum):
    EMPTY_FILE = "empty_file"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TIMED_OUT = "timed_out"
    TOO_MUCH_MEMORY = "too_much_memory"
    TOOL_MISSING = "tool_missing"
    INTERNAL_ERROR = "internal_error"


class UnreadableError(Exception):
    """A file cannot be read; carries a reason and never any text of the file."""

    def __init__(self, reason: UnreadableReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
