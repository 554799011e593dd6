"""The folder that backups lie in.

    sha256/ab/cd/...        the blobs of all of them, each once, never written again
    backups/NAME/           one backup: manifest.json, database.dump, blobs.txt
    backups/NAME.partial/   one that is being made, or was broken off

NAME is the time it was begun, in UTC, so that names sort by age. A backup has its
name when it is whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from catalog.hashing import sha256_of_file
from catalog.stores.disk import DiskStore, flush
from config.backup import BackupError

FORMAT = 1
PARTIAL = ".partial"
DUMP, BLOBS, MANIFEST = "database.dump", "blobs.txt", "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup. Times are ISO 8601 in UTC, hashes SHA-256 in hex.

    tables, ledger, migrations: see facts.Facts. lost: hashes of blobs that rows name
    and that were missing or damaged when the backup was made.
    """

    name: str
    begun_at: str
    finished_at: str
    postgres: int
    tables: dict[str, int]
    ledger: tuple[int, str] | None
    migrations: list[str]
    dump_hash: str
    blobs_hash: str
    blob_count: int
    blob_bytes: int
    lost: list[str] = field(default_factory=list)
    format: int = FORMAT

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Raises BackupError."""
        try:
            data: dict[str, Any] = json.loads(path.read_text())
            if data.get("format") != FORMAT:
                raise BackupError(f"{path} is of another format: use its own version.")
            data["ledger"] = tuple(data["ledger"]) if data["ledger"] else None
            return cls(**data)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BackupError(f"{path} cannot be read: {error}") from error

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        flush(path)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of blobs.txt: a blob's hash and its size in bytes."""

    content_hash: str
    size: int


class Archive:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.backups = self.folder / "backups"
        self.store = DiskStore(location=str(self.folder))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else writes here. Raises BackupError."""
        try:
            self.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BackupError(
                f"{self.folder} cannot be written: {error.strerror}."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise BackupError(f"Another backup writes to {self.folder} now.") from None
        finally:
            os.close(lock)

    def names(self) -> list[str]:
        """Of the whole backups, oldest first."""
        if not self.backups.is_dir():
            return []
        found = [path.name for path in self.backups.iterdir() if path.is_dir()]
        return sorted(name for name in found if not name.endswith(PARTIAL))

    def path_of(self, name: str = "") -> Path:
        """Of the backup of that name, or of the newest. Raises BackupError."""
        names = self.names()
        if not names:
            raise BackupError(f"There is no backup in {self.folder}.")
        if name and name not in names:
            known = ", ".join(names[-5:])
            raise BackupError(f"There is no backup {name}; the newest are {known}.")
        return self.backups / (name or names[-1])

    def begin(self, name: str) -> Path:
        """The folder to make a backup in; what was broken off before is deleted."""
        for path in self.backups.glob(f"*{PARTIAL}"):
            shutil.rmtree(path)
        self.store.remove_remains(older_than=-1)
        partial = self.backups / f"{name}{PARTIAL}"
        partial.mkdir(mode=0o700)
        return partial

    def remove(self, name: str) -> None:
        """Delete a backup, all but its blobs; begin() ends what was broken off."""
        path = self.path_of(name)
        shutil.rmtree(path.rename(path.with_name(f"{name}{PARTIAL}")))

    def finish(self, partial: Path) -> Path:
        """Give a whole backup its name."""
        for path in (*partial.iterdir(), partial):
            flush(path)
        whole = partial.with_name(partial.name.removesuffix(PARTIAL))
        partial.rename(whole)
        flush(self.backups)
        return whole


def lines_of(path: Path) -> Iterator[Line]:
    """Of the backup's blobs.txt, in order of the hashes."""
    with (path / BLOBS).open() as file:
        for line in file:
            content_hash, size = line.split()
            yield Line(content_hash, int(size))


def check_files(path: Path) -> Manifest:
    """The manifest, if dump and list are those that it names. Raises BackupError."""
    manifest = Manifest.read(path / MANIFEST)
    for name, wanted in ((DUMP, manifest.dump_hash), (BLOBS, manifest.blobs_hash)):
        if not (path / name).is_file() or sha256_of_file(path / name) != wanted:
            raise BackupError(
                f"{path / name} is missing or damaged: use an older backup."
            )
    return manifest
