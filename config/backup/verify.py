"""Proving a backup without restoring it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from catalog.stores.base import BlobUnavailable, key_of
from catalog.stores.disk import DiskStore
from config.backup.archive import Archive, Line, Manifest, check_files, lines_of


def verify_backup(
    folder: Path, *, name: str = "", workers: int
) -> tuple[Manifest, list[Path]]:
    """The manifest, and the files of blobs that are missing or not what they were.

    Reads every byte of it. Raises BackupError where dump or list are damaged.
    """
    archive = Archive(folder)
    path = archive.path_of(name)
    manifest = check_files(path)
    return manifest, list(_damaged(archive.store, path, workers))


def _damaged(store: DiskStore, path: Path, workers: int) -> Iterator[Path]:
    lines = lines_of(path)
    with ThreadPoolExecutor(workers) as pool:
        while piece := list(islice(lines, 1000)):
            whole = pool.map(lambda line: _is_whole(store, line), piece)
            for line, good in zip(piece, whole, strict=True):
                if not good:
                    yield Path(store.path(key_of(line.content_hash)))


def _is_whole(store: DiskStore, line: Line) -> bool:
    try:
        with store.reading(key_of(line.content_hash)) as stream:
            found = hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type]
    except (FileNotFoundError, BlobUnavailable):
        return False
    return found.hexdigest() == line.content_hash
