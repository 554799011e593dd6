"""What every store of blobs can do, and how it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

PREFIX = "sha256/"


class BlobMissing(Exception):
    """No blob under this key; restore it from a backup."""


class BlobDamaged(Exception):
    """The bytes under a key no longer have the key's hash; restore from a backup."""


class BlobTooLarge(Exception):
    """More bytes came than the caller allows."""


class BlobUnavailable(Exception):
    """The store does not answer, or refuses; nothing is lost, try again later.

    code: what the store answered, or the class of the error on the way to it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"the blob storage cannot be used at the moment: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Blob:
    """content_hash: SHA-256 in hex; size: bytes; key: name in the storage."""

    content_hash: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A blob as a listing has it. modified: seconds since 1970."""

    key: str
    size: int
    modified: float

    @property
    def content_hash(self) -> str:
        return hash_of(self.key)


def key_of(content_hash: str) -> str:
    return f"{PREFIX}{content_hash[:2]}/{content_hash[2:4]}/{content_hash}"


def hash_of(key: str) -> str:
    return key.rpartition("/")[2]


class Store(Protocol):
    """Blobs under their keys. Whatever does not answer raises BlobUnavailable."""

    @property
    def is_near(self) -> bool:
        """Whether a transaction may stay open while a blob is kept."""

    @property
    def place(self) -> str:
        """Where it is, as people name it: a folder, or a bucket and its server."""

    def incoming(self) -> Path:
        """The local folder where bytes are to arrive that will be kept."""

    def settle(self, path: Path) -> None:
        """All bytes of a file in that folder have come: nobody writes to it any more.

        What can be done before their hash is known is done here.
        """

    def keep(self, path: Path, blob: Blob) -> None:
        """Have the settled file's blob under its key, whole, or not at all.

        The file may become the blob itself. Nothing happens where the key has that many
        bytes already; a torn blob is replaced.
        """

    def reading(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """The bytes as a stream, unchecked. Raises FileNotFoundError."""

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """In bytes. Raises FileNotFoundError."""

    def entries(self, *, after: str = "", prefix: str = PREFIX) -> Iterator[Entry]:
        """All blobs in order of their keys, from the one behind `after` on."""

    def remove(self, keys: Sequence[str]) -> None:
        """Delete blobs; those that are not there are no error."""

    def set_aside(self, key: str) -> None:
        """Free the key of damaged bytes. On disk they stay, under another name."""

    def remove_remains(self, older_than: float) -> int:
        """Delete what broken uploads left that many seconds ago; gives how many."""

    def probe(self) -> None:
        """Return if blobs can be kept here now."""
