"""Content-addressed blobs: the door to the store, whichever it is.

A blob's key is its SHA-256, so it is written once and can be checked on every read.
Stores (catalog/stores) make it visible whole or not at all. Any of these functions may
raise BlobUnavailable, where the store does not answer: try again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from django.core.files.storage import storages

from catalog import arrivals, scratch
from catalog.arrivals import Arrival
from catalog.hashing import chunks_of
from catalog.stores.base import (
    Blob,
    BlobDamaged,
    BlobMissing,
    BlobTooLarge,
    BlobUnavailable,
    Entry,
    Store,
    hash_of,
    key_of,
)

__all__ = [
    "Arrival",
    "Blob",
    "BlobDamaged",
    "BlobMissing",
    "BlobTooLarge",
    "BlobUnavailable",
    "Entry",
    "hash_of",
    "key_of",
]


def store() -> Store:
    return cast(Store, storages["blobs"])


def received(
    stream: IO[bytes], *, limit: int | None = None
) -> AbstractContextManager[Arrival]:
    """A copy of a stream that can be kept; gone afterwards. Raises BlobTooLarge."""
    return arrivals.received(stream, store(), limit=limit)


def keep_new_file(path: Path) -> Blob:
    """Store a copy of a file that may change afterwards."""
    with path.open("rb") as stream, received(stream) as arrival:
        return arrival.keep()


def keep_bytes(data: bytes) -> Blob:
    with received(io.BytesIO(data)) as arrival:
        return arrival.keep()


def remove_remains(older_than: float = scratch.LONGEST_SECONDS) -> int:
    """Delete what killed processes left on its way in; gives how many pieces."""
    removed = scratch.remove_remains(scratch.folder(), older_than=older_than)
    return removed + store().remove_remains(older_than)


def set_aside(content_hash: str) -> bool:
    """Take damaged bytes off their key, so that the right ones can be stored again.

    On disk they are kept beside it under another name. False: they are not damaged, or
    somebody was quicker.
    """
    try:
        for _ in chunks_verified(content_hash):
            pass
    except BlobMissing:
        return False
    except BlobDamaged:
        store().set_aside(key_of(content_hash))
        return True
    return False


def exists(content_hash: str) -> bool:
    return store().exists(key_of(content_hash))


def size(content_hash: str) -> int:
    """In bytes. Raises BlobMissing."""
    try:
        return store().size(key_of(content_hash))
    except FileNotFoundError as error:
        raise BlobMissing(content_hash) from error


def entries(*, after: str = "") -> Iterator[Entry]:
    """All blobs in order of their hashes, beginning behind the hash `after`."""
    yield from store().entries(after=key_of(after) if after else "")


def delete(content_hash: str) -> None:
    """Delete the bytes, if they are there. Only inside of blob_gate.deleting()."""
    delete_all([content_hash])


def delete_all(content_hashes: Sequence[str]) -> None:
    """As delete, in few requests."""
    store().remove([key_of(content_hash) for content_hash in content_hashes])


@contextmanager
def opened(content_hash: str) -> Iterator[IO[bytes]]:
    """The blob for reading, unchecked. Raises BlobMissing."""
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(store().reading(key_of(content_hash)))
        except FileNotFoundError as error:
            raise BlobMissing(content_hash) from error
        yield stream


def chunks_verified(content_hash: str) -> Iterator[bytes]:
    """The blob in pieces; the last one comes only when the hash is right.

    Raises BlobMissing at the first piece, BlobDamaged in place of the last.
    """
    digest = hashlib.sha256()
    held = b""
    with opened(content_hash) as stream:
        for chunk in chunks_of(stream):
            digest.update(chunk)
            if held:
                yield held
            held = chunk
    if digest.hexdigest() != content_hash:
        raise BlobDamaged(content_hash)
    yield held


def read_verified(content_hash: str) -> bytes:
    """All bytes of a small blob. Raises BlobMissing, BlobDamaged."""
    return b"".join(chunks_verified(content_hash))


def copy_verified(content_hash: str, target: Path) -> int:
    """Write the blob to a local file, checked; gives its size in bytes.

    Raises BlobMissing, BlobDamaged; then there is no file.
    """
    written = 0
    try:
        with target.open("wb") as out:
            for chunk in chunks_verified(content_hash):
                out.write(chunk)
                written += len(chunk)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return written
