"""Long lists of labels, written as text so that they can be read."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The entries of a text that parts them with bars; line breaks are blanks."""
    return tuple(" ".join(entry.split()) for entry in text.split("|"))
