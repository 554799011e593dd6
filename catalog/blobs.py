"""Content-addressed blobs: the door to the store, whichever it is.

A blob's key is its SHA-256, so it is written once and can be checked on every read.
Stores (catalog/stores) make it visible whole or not at all. Any of these functions may
raise BlobUnavailable, where the store does not answer: try again.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from django.core.files.storage import storages

from catalog import scratch
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


@contextmanager
def received(
    stream: IO[bytes], *, limit: int | None = None, into: Store | None = None
) -> Iterator[tuple[Path, Blob]]:
    """Copy a stream to where keep_file finds it, hashing on the way; gone afterwards.

    into: another store than ours. Raises BlobTooLarge as soon as limit bytes are
    passed.
    """
    digest, size = hashlib.sha256(), 0
    folder = (into or store()).incoming()
    with tempfile.NamedTemporaryFile(dir=folder, buffering=0) as copy:
        for chunk in chunks_of(stream):
            size += len(chunk)
            if limit is not None and size > limit:
                raise BlobTooLarge(f"larger than the {limit} bytes allowed")
            digest.update(chunk)
            _write_all(copy, chunk)
        content_hash = digest.hexdigest()
        yield Path(copy.name), Blob(content_hash, size, key_of(content_hash))


def _write_all(file: IO[bytes], chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) :]


def keep_file(path: Path, blob: Blob) -> Blob:
    """Store what `received` gave; nothing happens if it is there already."""
    store().keep(path, blob)
    return blob


@contextmanager
def kept_meanwhile(path: Path, blob: Blob) -> Iterator[Callable[[], object]]:
    """Keep a file while the block does something else, like writing its row.

    Before the block commits it calls what it is given, which waits, and raises what
    went wrong. A distant store is done before the block begins.
    """
    if not store().is_near:
        keep_file(path, blob)
        yield lambda: None
        return
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(keep_file, path, blob).result


def keep_new_file(path: Path) -> Blob:
    """Store a copy of a file that may change afterwards."""
    with path.open("rb") as stream, received(stream) as (copy, blob):
        return keep_file(copy, blob)


def keep_bytes(data: bytes) -> Blob:
    with received(io.BytesIO(data)) as (copy, blob):
        return keep_file(copy, blob)


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
