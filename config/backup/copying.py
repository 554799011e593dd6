"""Copying blobs from one store to another, each checked by its hash on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from catalog import blobs
from catalog.arrivals import received
from catalog.stores.base import Store, key_of

# A store that does not answer is asked again after so many seconds, then given up.
PAUSES = (1.0, 5.0, 15.0)
PIECE = 1000


@dataclass(frozen=True, slots=True)
class Copy:
    """size: bytes, None where the blob was lost: missing or damaged at its origin.
    new: it was not there before."""

    content_hash: str
    size: int | None
    new: bool = True


def copy_blob(content_hash: str, *, origin: Store, target: Store) -> Copy:
    """Copy unless it is there. Raises blobs.BlobUnavailable, OSError (no space)."""
    key = key_of(content_hash)
    try:
        return Copy(content_hash, target.size(key), new=False)
    except FileNotFoundError:
        pass
    try:
        with (
            origin.reading(key) as stream,
            received(stream, target) as arrival,
        ):
            if arrival.blob.content_hash != content_hash:
                return Copy(content_hash, None)
            return Copy(content_hash, arrival.keep().size)
    except FileNotFoundError:
        return Copy(content_hash, None)


def copy_all(
    hashes: Iterable[str], *, origin: Store, target: Store, workers: int
) -> Iterator[Copy]:
    """In the order given, several at once, a thousand ahead.

    Raises blobs.BlobUnavailable, OSError.
    """

    def copy(content_hash: str) -> Copy:
        return _patiently(lambda: copy_blob(content_hash, origin=origin, target=target))

    walk = iter(hashes)
    with ThreadPoolExecutor(workers) as pool:
        while piece := list(islice(walk, PIECE)):
            yield from pool.map(copy, piece)


def _patiently(copy: Callable[[], Copy]) -> Copy:
    for pause in PAUSES:
        try:
            return copy()
        except blobs.BlobUnavailable:
            time.sleep(pause)
    return copy()
