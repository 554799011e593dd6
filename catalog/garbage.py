"""Deleting blobs that no row needs.

They come from uploads that died between blob and row, from runs that were given up,
and from erasures. The store's listing is walked a thousand keys at a time; each piece
is held against the rows by their indexes on the hash, so that memory stays the same
however many blobs there are. What no row names and nobody wrote within the grace time
is asked about once more behind the gate, and deleted there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from catalog import blob_gate, blobs
from catalog.needed_blobs import needed_of

T = TypeVar("T")

PIECE = 1000
# Writers wait while so many blobs at most are deleted.
DELETED_AT_ONCE = 100


@dataclass(slots=True)
class Collected:
    """looked: blobs listed; young: within the grace time; bytes: of what was deleted,
    or would be. stopped: a backup began; the rest is for the next time. last: the hash
    that was looked at last where time was up, else empty."""

    looked: int = 0
    young: int = 0
    deleted: int = 0
    bytes: int = 0
    remains: int = 0
    stopped: bool = False
    last: str = ""


def collect_garbage(
    *,
    grace: timedelta,
    dry_run: bool = False,
    after: str = "",
    seconds: float = math.inf,
) -> Collected:
    """Delete what no row needs, from the blob behind the hash `after` on.

    seconds: end when so many are over; the result's `last` is the next call's `after`.
    Raises blobs.BlobUnavailable. Can be broken off and begun again at any time.
    """
    result = Collected()
    before = time.time() - grace.total_seconds()
    ends = time.monotonic() + seconds
    if not dry_run and not after:
        result.remains = blobs.remove_remains()  # these have a grace of their own
    for piece in _pieces(blobs.entries(after=after), PIECE):
        result.looked += len(piece)
        old = {e.content_hash: e.size for e in piece if e.modified < before}
        result.young += len(piece) - len(old)
        needless = sorted(old.keys() - needed_of(old))
        for few in _pieces(needless, DELETED_AT_ONCE):
            try:
                gone = few if dry_run else _deleted(few)
            except blob_gate.DeletionsHeld:
                result.stopped = True
                return result
            result.deleted += len(gone)
            result.bytes += sum(old[content_hash] for content_hash in gone)
        if time.monotonic() > ends:
            result.last = piece[-1].content_hash
            break
    return result


def _deleted(hashes: list[str]) -> list[str]:
    with blob_gate.deleting():
        # Some row may have come to need one since the first look.
        gone = sorted(set(hashes) - needed_of(hashes))
        blobs.delete_all(gone)
    return gone


def _pieces(items: Iterable[T], size: int) -> Iterator[list[T]]:
    walk = iter(items)
    while piece := list(islice(walk, size)):
        yield piece
