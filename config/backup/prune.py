"""Deleting old backups, and the blobs that only they had."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.stores.base import key_of
from config.backup import BackupError
from config.backup.archive import Archive, check_files, lines_of
from config.backup.order import missing_from


@dataclass(frozen=True, slots=True)
class Pruned:
    backups: int
    blobs: int


def prune(folder: Path, *, keep: int) -> Pruned:
    """Keep so many of the newest backups. What was erased is gone from here then, too.

    Deletes nothing where one that stays is damaged. Raises BackupError.
    """
    if keep < 1:
        raise BackupError("One backup at least must stay.")
    archive = Archive(folder)
    with archive.alone():
        names = archive.names()
        old, stay = names[:-keep], names[-keep:]
        for name in stay:
            check_files(archive.path_of(name))
        for name in old:
            archive.remove(name)
        blobs = 0
        for content_hash in missing_from(_stored(archive), _named(archive, stay)):
            archive.store.remove([key_of(content_hash)])
            blobs += 1
    return Pruned(len(old), blobs)


def _stored(archive: Archive) -> Iterator[str]:
    for entry in archive.store.entries():
        yield entry.content_hash


def _named(archive: Archive, names: list[str]) -> Iterator[str]:
    lists = [_hashes(archive.path_of(name)) for name in names]
    return heapq.merge(*lists)


def _hashes(path: Path) -> Iterator[str]:
    for line in lines_of(path):
        yield line.content_hash
