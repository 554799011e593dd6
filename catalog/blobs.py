"""Content-addressed blobs behind Django's Storage API.

A blob's key is its SHA-256, so it is written once and can be checked on every read.
On local disk the bytes go to the folder `incoming` first and appear under their key
whole (os.replace); object stores make an upload visible only when it is complete.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

from catalog import scratch
from catalog.hashing import CHUNK, chunks_of, sha256_of_file

INCOMING = "incoming"


class BlobMissing(Exception):
    """No blob under this key; restore it from a backup."""


class BlobDamaged(Exception):
    """The bytes under a key no longer have the key's hash; restore from a backup."""


class BlobTooLarge(Exception):
    """More bytes came than the caller allows."""


@dataclass(frozen=True, slots=True)
class Blob:
    """content_hash: SHA-256 in hex; size: bytes; key: name in the storage."""

    content_hash: str
    size: int
    key: str


def key_of(content_hash: str) -> str:
    return f"sha256/{content_hash[:2]}/{content_hash[2:4]}/{content_hash}"


def _storage() -> Storage:
    return storages["blobs"]


@contextmanager
def received(
    stream: IO[bytes], *, limit: int | None = None
) -> Iterator[tuple[Path, Blob]]:
    """Copy a stream to a scratch file, hashing on the way; gone when the block ends.

    Raises BlobTooLarge as soon as limit bytes are passed.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=scratch.folder()) as copy:
        for chunk in chunks_of(stream):
            size += len(chunk)
            if limit is not None and size > limit:
                raise BlobTooLarge(f"larger than the {limit} bytes allowed")
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        content_hash = digest.hexdigest()
        yield Path(copy.name), Blob(content_hash, size, key_of(content_hash))


def keep_file(path: Path, blob: Blob) -> Blob:
    """Store a hashed file under its key; nothing happens if it is there already."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        _keep_on_disk(storage, path, blob)
    elif not storage.exists(blob.key):
        with path.open("rb") as stream:
            storage.save(blob.key, File(stream))
    return blob


def keep_new_file(path: Path) -> Blob:
    content_hash = sha256_of_file(path)
    blob = Blob(content_hash, path.stat().st_size, key_of(content_hash))
    return keep_file(path, blob)


def keep_bytes(data: bytes) -> Blob:
    content_hash = hashlib.sha256(data).hexdigest()
    blob = Blob(content_hash, len(data), key_of(content_hash))
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        with tempfile.NamedTemporaryFile(dir=scratch.folder()) as copy:
            copy.write(data)
            copy.flush()
            _keep_on_disk(storage, Path(copy.name), blob)
    elif not storage.exists(blob.key):
        storage.save(blob.key, ContentFile(data))
    return blob


def _keep_on_disk(storage: FileSystemStorage, path: Path, blob: Blob) -> None:
    target = Path(storage.path(blob.key))
    if target.exists() and target.stat().st_size == blob.size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming = Path(storage.path(INCOMING))
    incoming.mkdir(parents=True, exist_ok=True)
    handle, hidden = tempfile.mkstemp(dir=incoming)
    try:
        with os.fdopen(handle, "wb") as out, path.open("rb") as stream:
            shutil.copyfileobj(stream, out, CHUNK)
            out.flush()
            os.fsync(out.fileno())
        Path(hidden).chmod(0o440)
        Path(hidden).replace(target)
        _flush_folder(target.parent)
    except BaseException:
        Path(hidden).unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """Have the folder's new entry survive a power cut, as its row will."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_remains() -> int:
    """Delete what killed processes left on its way in; gives how many files."""
    removed = scratch.remove_remains(scratch.folder())
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        removed += scratch.remove_remains(Path(storage.path(INCOMING)))
    return removed


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
        storage, key = _storage(), key_of(content_hash)
        if isinstance(storage, FileSystemStorage):
            path = Path(storage.path(key))
            path.replace(path.with_name(f"{path.name}.damaged-{time.time_ns()}"))
        else:
            storage.delete(key)
        return True
    return False


def exists(content_hash: str) -> bool:
    return _storage().exists(key_of(content_hash))


def delete(content_hash: str) -> None:
    """Delete the bytes, if they are there. Only inside of blob_gate.deleting()."""
    _storage().delete(key_of(content_hash))


@contextmanager
def opened(content_hash: str) -> Iterator[IO[bytes]]:
    """The blob for reading, unchecked. Raises BlobMissing."""
    try:
        stream = _storage().open(key_of(content_hash), "rb")
    except FileNotFoundError as error:
        raise BlobMissing(content_hash) from error
    with stream:
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
    with opened(content_hash) as stream:
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != content_hash:
        raise BlobDamaged(content_hash)
    return data


def copy_verified(content_hash: str, target: Path) -> None:
    """Write the blob to a local file, checked. Raises BlobMissing, BlobDamaged."""
    digest = hashlib.sha256()
    with opened(content_hash) as stream, target.open("wb") as out:
        for chunk in chunks_of(stream):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != content_hash:
        target.unlink()
        raise BlobDamaged(content_hash)
