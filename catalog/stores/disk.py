"""Blobs in a folder of a local file system.

Bytes arrive in the folder `incoming`, under no key. When all are there and on the
disk, a hard link makes them visible under their key, whole, in one step.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.core.files.storage import FileSystemStorage

from catalog import scratch
from catalog.hashing import CHUNK
from catalog.stores.base import PREFIX, Blob, BlobUnavailable, Entry

INCOMING = "incoming"
# Another file system, or one without hard links.
NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP})
READ_ONLY = 0o440


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise BlobUnavailable(name) from error


class DiskStore(FileSystemStorage):
    """See catalog.stores.base.Store."""

    is_near = True

    @property
    def place(self) -> str:
        return str(self.location)

    def incoming(self) -> Path:
        folder = Path(self.path(INCOMING))
        with _answering():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def settle(self, path: Path) -> None:
        with _answering():
            path.chmod(READ_ONLY)
            flush(path)

    def keep(self, path: Path, blob: Blob) -> None:
        target = Path(self.path(blob.key))
        with _answering():
            if _has_size(target, blob.size):
                flush(target.parent)  # whoever linked it may not have come so far
                return
            # All folders are made before the first flush of one and flushed after the
            # last name: a journal then has one commit for all the names.
            changed = [target.parent, *_make_folder(target.parent)]
            try:
                self._link(path, target, blob.size)
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                self._copy(path, target)
            for folder in changed:
                flush(folder)

    def _link(self, path: Path, target: Path, size: int) -> None:
        try:
            target.hardlink_to(path)
        except FileExistsError:
            if _has_size(target, size):
                return  # another upload of the same bytes was first
            hidden = self.incoming() / f"whole-{os.getpid()}-{path.name}"
            hidden.hardlink_to(path)
            hidden.replace(target)

    def _copy(self, path: Path, target: Path) -> None:
        handle, name = tempfile.mkstemp(dir=self.incoming())
        hidden = Path(name)
        try:
            with os.fdopen(handle, "wb") as out, path.open("rb") as stream:
                shutil.copyfileobj(stream, out, CHUNK)
                out.flush()
                os.fsync(out.fileno())
            hidden.chmod(READ_ONLY)
            hidden.replace(target)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise

    @contextmanager
    def reading(self, key: str) -> Iterator[IO[bytes]]:
        with _answering():
            stream = Path(self.path(key)).open("rb")  # noqa: SIM115 - closed below
        with stream:
            yield stream

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        with _answering():
            return Path(self.path(key)).stat().st_size

    def entries(self, *, after: str = "", prefix: str = PREFIX) -> Iterator[Entry]:
        root = Path(self.location)
        with _answering():
            yield from _walk(root, PREFIX.rstrip("/"), after, prefix)

    def remove(self, keys: Sequence[str]) -> None:
        # Folders stay, also empty ones: another process may be about to fill them.
        with _answering():
            for key in keys:
                Path(self.path(key)).unlink(missing_ok=True)

    def set_aside(self, key: str) -> None:
        path = Path(self.path(key))
        with _answering(), suppress(FileNotFoundError):
            path.replace(path.with_name(f"{path.name}.damaged-{time.time_ns()}"))

    def remove_remains(self, older_than: float) -> int:
        return scratch.remove_remains(Path(self.path(INCOMING)), older_than=older_than)

    def probe(self) -> None:
        with _answering(), tempfile.TemporaryFile(dir=self.incoming()) as file:
            file.write(b"ready")


def _walk(folder: Path, key: str, after: str, prefix: str) -> Iterator[Entry]:
    """Files under a folder in order of their keys; one folder's names in memory."""
    try:
        with os.scandir(folder / key) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        name = f"{key}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            # A folder that ends before `after`, or has nothing to do with prefix.
            passed = f"{name}/" < after and not after.startswith(f"{name}/")
            if not passed and _may_hold(f"{name}/", prefix):
                yield from _walk(folder, name, after, prefix)
        elif name > after and name.startswith(prefix):
            with suppress(FileNotFoundError):  # deleted meanwhile
                status = entry.stat()
                yield Entry(name, status.st_size, status.st_mtime)


def _may_hold(folder: str, prefix: str) -> bool:
    return folder.startswith(prefix) or prefix.startswith(folder)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder; gives those above it that have a new name in them."""
    if folder.is_dir():
        return []
    above = _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    return [folder.parent, *above]


def flush(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
