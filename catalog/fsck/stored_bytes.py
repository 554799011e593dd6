"""Bytes and rows, in both directions."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.files.storage import Storage, storages
from django.db import connection
from django.utils import timezone

from catalog import blobs
from catalog.fsck.base import PARTS, Finding, Scope, SourceCheck, Step
from catalog.hashing import chunks_of
from catalog.models.derived_artifact import GONE, INLINE

ROOT = "sha256"
FINDS = {
    "blob_missing": "A row points at bytes that are not there. Restore the blob of this"
    " key from a backup.",
    "blob_damaged": "The bytes under this key no longer have its hash. Restore the blob"
    " from a backup.",
    "blob_unreadable": "The storage has these bytes and cannot read them: look at the"
    " disk's log, then restore the blob from a backup.",
    "original_size": "The original has another size than its row says. Restore the row"
    " from a backup.",
}
# Each hash that rows need, with the size that a source's row says.
NEEDED = f"""
SELECT content_hash, max(bytes) FROM (
    SELECT content_hash, bytes FROM source_media
    WHERE source_id = ANY(%(sources)s) AND erased_at IS NULL
    UNION ALL
    SELECT encode(payload_hash, 'hex'), NULL FROM derived_artifact
    WHERE source_id = ANY(%(sources)s) AND payload_uri NOT IN ('{INLINE}', '{GONE}')
) needed GROUP BY content_hash ORDER BY content_hash"""  # noqa: S608 - fixed names
# Of these hashes, those that a row needs; or that an erasure is about to delete.
STILL_NEEDED = f"""
SELECT content_hash FROM source_media WHERE content_hash = ANY(%(hashes)s)
UNION SELECT encode(payload_hash, 'hex') FROM derived_artifact
WHERE payload_hash = ANY(%(raw)s) AND payload_uri NOT IN ('{INLINE}', '{GONE}')"""  # noqa: S608 - fixed names
CLAIMED = f"""{STILL_NEEDED}
UNION SELECT encode(content_hash, 'hex') FROM blob_to_delete
WHERE content_hash = ANY(%(raw)s)"""  # noqa: S608 - fixed names


def _of(hashes: Sequence[str], query: str) -> set[str]:
    with connection.cursor() as cursor:
        raw = [bytes.fromhex(one) for one in hashes]
        cursor.execute(query, {"hashes": list(hashes), "raw": raw})
        return {content_hash for (content_hash,) in cursor.fetchall()}


def fault_of(content_hash: str, size: int | None, scope: Scope) -> str | None:
    """What is wrong with a blob, as a word of FINDS; None: nothing."""
    digest, read = hashlib.sha256(), 0
    try:
        with blobs.opened(content_hash) as stream:
            for chunk in chunks_of(stream):
                digest.update(chunk)
                read += len(chunk)
                scope.pace.spend(len(chunk))
    except blobs.BlobMissing:
        return "blob_missing"
    except blobs.BlobUnavailable:
        if not blobs.store().is_near:
            raise  # the line is down: that says nothing of this blob
        return "blob_unreadable"
    if digest.hexdigest() != content_hash:
        return "blob_damaged"
    return "original_size" if size is not None and read != size else None


def _look(sources: list[uuid.UUID], scope: Scope) -> tuple[int, list[Finding]]:
    with connection.cursor() as cursor:
        cursor.execute(NEEDED, {"sources": sources})
        needed = cursor.fetchall()
    faults = {}
    for content_hash, size in needed:
        if fault := fault_of(content_hash, size, scope):
            faults[content_hash] = fault
    # An erasure may have taken the rows away, and the bytes after them, meanwhile.
    still = _of(list(faults), STILL_NEEDED)
    return len(needed), [
        Finding(fault, blobs.key_of(content_hash), FINDS[fault])
        for content_hash, fault in faults.items()
        if content_hash in still
    ]


BLOBS = SourceCheck("blobs", FINDS, _look)


class UnclaimedBlobs:
    """Bytes that no row names, folder by folder; of a sample, some of the folders."""

    name = "unclaimed"
    finds = {
        "blob_unclaimed": "No row names these bytes: an upload was cut off after they"
        " were stored, or rows were lost. If the other checks find nothing, delete the"
        " file.",
        "stray_file": "A file in this folder is no blob under its key. Look at it, then"
        " move it out of the blob storage.",
    }

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        if scope.source_id is not None:
            return
        storage = storages["blobs"]
        for outer in _folders(storage, ROOT):
            if cursor is not None and outer <= cursor:
                continue
            looked_at = 0
            findings: list[Finding] = []
            for inner in _folders(storage, f"{ROOT}/{outer}"):
                if _drawn(outer + inner, scope):
                    place = f"{ROOT}/{outer}/{inner}"
                    names = storage.listdir(place)[1]
                    looked_at += len(names)
                    findings += self._of(storage, place, names, scope)
            yield Step(outer, looked_at, findings)

    def _of(
        self, storage: Storage, place: str, names: Sequence[str], scope: Scope
    ) -> Iterator[Finding]:
        keys = {name: f"{place}/{name}" for name in names}
        good = [name for name, key in keys.items() if _is_key(name, key)]
        known = _of(good, CLAIMED)
        for name in sorted(set(names) - known):
            if _older(storage, keys[name], timezone.now() - scope.grace):
                check = "blob_unclaimed" if name in good else "stray_file"
                # It may have got its row meanwhile.
                if check == "stray_file":
                    # A name can be a document's.
                    yield Finding(check, place, self.finds[check])
                elif not _of([name], CLAIMED):
                    yield Finding(check, keys[name], self.finds[check])


def _folders(storage: Storage, place: str) -> list[str]:
    try:
        return sorted(storage.listdir(place)[0])
    except FileNotFoundError:
        return []


def _is_key(name: str, key: str) -> bool:
    is_hash = len(name) == 64 and set(name) <= set("0123456789abcdef")
    return is_hash and blobs.key_of(name) == key


def _older(storage: Storage, key: str, before: datetime) -> bool:
    try:
        return storage.get_modified_time(key) < before
    except FileNotFoundError:
        return False


def _drawn(prefix: str, scope: Scope) -> bool:
    if scope.share >= 1:
        return True
    digest = hashlib.sha256(f"{scope.seed}/{prefix}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % PARTS < round(scope.share * PARTS)
