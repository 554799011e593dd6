"""Holding two long streams against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def missing_from(items: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """The items that are not among the known. Both are in order; nothing is kept."""
    others = iter(known)
    last = next(others, None)
    for item in items:
        while last is not None and last < item:
            last = next(others, None)
        if item != last:
            yield item
