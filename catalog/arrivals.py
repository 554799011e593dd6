"""Bytes on their way in: one thread reads and hashes them, another has the disk's part.

Neither waits for the other, and the disk flushes a file while its row is prepared.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from catalog.hashing import chunks_of
from catalog.sniffing import HEAD
from catalog.stores.base import Blob, BlobTooLarge, Store, key_of


@dataclass(frozen=True, slots=True)
class Arrival:
    """A copy of what came, where its store can keep it; gone afterwards.

    head: how it begins, as much as tells its type. settled: ends when all of it is in
    the file.
    """

    path: Path
    head: bytes
    blob: Blob
    store: Store
    disk: Executor
    settled: Future[None]

    def keep(self) -> Blob:
        """Have it stored; nothing happens if it is there already."""
        self.settled.result()
        self.store.keep(self.path, self.blob)
        return self.blob

    def keep_meanwhile(self) -> Callable[[], Blob]:
        """Keep it while the caller does something else, like writing its row.

        Before that is committed the caller calls what it is given, which waits, and
        raises what went wrong. A distant store is done at once.
        """
        if self.store.is_near:
            return self.disk.submit(self.keep).result
        blob = self.keep()
        return lambda: blob


@contextmanager
def received(
    stream: IO[bytes], store: Store, *, limit: int | None = None
) -> Iterator[Arrival]:
    """Copy a stream to where the store can keep it, hashing on the way.

    Raises BlobTooLarge as soon as limit bytes are passed.
    """
    with (
        tempfile.NamedTemporaryFile(dir=store.incoming(), buffering=0) as copy,
        ThreadPoolExecutor(1) as disk,
    ):
        path = Path(copy.name)
        digest, size, head, held = hashlib.sha256(), 0, b"", b""
        writing = disk.submit(_write_all, copy, held)
        for chunk in chunks_of(stream):
            size += len(chunk)
            if limit is not None and size > limit:
                raise BlobTooLarge(f"larger than the {limit} bytes allowed")
            # No more than two pieces are in memory, however slow the disk is.
            writing.result()
            writing = disk.submit(_write_all, copy, chunk)
            digest.update(held)
            held = chunk
            head += chunk[: HEAD - len(head)]
        settled = disk.submit(_settle, writing, path, store)
        digest.update(held)
        content_hash = digest.hexdigest()
        blob = Blob(content_hash, size, key_of(content_hash))
        yield Arrival(path, head, blob, store, disk, settled)


def _write_all(file: IO[bytes], chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) :]


def _settle(writing: Future[None], path: Path, store: Store) -> None:
    writing.result()
    store.settle(path)
