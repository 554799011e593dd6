"""What both stores promise: the same tests for the folder and the bucket."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.core.files.storage import storages
from pytest_django import Settings

from catalog import blobs
from catalog.stores import s3
from catalog.stores.disk import DiskStore
from catalog.stores.s3 import S3Store

pytestmark = pytest.mark.usefixtures("blob_store", "small_parts")

SMALL = b"one page"
PART = 5 * 1024 * 1024  # the least that S3 allows
LARGE = os.urandom(1024) * (2 * PART // 1024 + 7)
ABSENT = "ab" * 32


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def small_parts(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    """And a home that no other test leaves anything in."""
    settings.HOME = tmp_path / "home"
    monkeypatch.setattr(s3, "PART", PART)


def keys() -> list[str]:
    return [entry.key for entry in blobs.entries()]


def put_raw(key: str, data: bytes) -> None:
    """As somebody would who knows nothing of the rules."""
    store = storages["blobs"]
    if isinstance(store, S3Store):
        store.client.put_object(Bucket=store.bucket_name, Key=key, Body=data)
        return
    path = Path(store.path(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def remains() -> list[Any]:
    """What is on its way, by a look past our own functions."""
    store = storages["blobs"]
    here = list((Path(current.HOME) / "scratch").glob("tmp*"))
    if isinstance(store, DiskStore):
        return [*here, *store.incoming().iterdir()]
    assert isinstance(store, S3Store)
    answer = store.client.list_multipart_uploads(Bucket=store.bucket_name)
    return [*here, *answer.get("Uploads", ())]


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_what_was_kept_comes_back(data: bytes, tmp_path: Path) -> None:
    blob = blobs.keep_bytes(data)

    assert blob == blobs.Blob(hash_of(data), len(data), blobs.key_of(hash_of(data)))
    assert blobs.exists(blob.content_hash)
    assert blobs.size(blob.content_hash) == len(data)
    assert blobs.read_verified(blob.content_hash) == data
    assert blobs.copy_verified(blob.content_hash, tmp_path / "copy") == len(data)
    assert (tmp_path / "copy").read_bytes() == data
    assert keys() == [blob.key]
    assert not remains()


def test_a_file_stays_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "page"
    file.write_bytes(SMALL)

    blob = blobs.keep_new_file(file)
    file.write_bytes(b"the next page")

    assert blobs.read_verified(blob.content_hash) == SMALL


def test_bytes_are_written_once() -> None:
    blob = blobs.keep_bytes(SMALL)
    (first,) = blobs.entries()
    blobs.keep_bytes(SMALL)

    assert list(blobs.entries()) == [first]
    store = storages["blobs"]
    if isinstance(store, DiskStore):
        assert Path(store.path(blob.key)).stat().st_mode & 0o777 == 0o440


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_the_same_bytes_from_many_at_once(data: bytes) -> None:
    with ThreadPoolExecutor(6) as pool:
        kept = set(pool.map(lambda _: blobs.keep_bytes(data), range(6)))

    assert len(kept) == 1
    assert keys() == [blobs.key_of(hash_of(data))]
    assert blobs.read_verified(hash_of(data)) == data
    assert not remains()


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_a_torn_blob_is_replaced(data: bytes) -> None:
    put_raw(blobs.key_of(hash_of(data)), data[:-1])

    blobs.keep_bytes(data)

    assert blobs.read_verified(hash_of(data)) == data


class BreaksOff(io.BytesIO):
    """Some bytes, then the line goes down."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError("the line went down")
        return data


def test_a_line_that_goes_down_leaves_nothing() -> None:
    stream = BreaksOff(LARGE)
    with pytest.raises(OSError, match="line"), blobs.received(stream) as arrival:
        arrival.keep()

    assert not keys()
    assert not remains()


SLOW_UPLOAD = """
import io, json, sys, time
from django.conf import settings
settings.configure(STORAGES=json.loads(sys.argv[1]), HOME=sys.argv[2])
from catalog import blobs

class Slow(io.BytesIO):
    def read(self, size=-1):
        print("reading", flush=True)
        time.sleep(60 if self.tell() else 0)
        return super().read(size)

with blobs.received(Slow(bytes(4_000_000))) as arrival:
    arrival.keep()
"""


def test_a_killed_upload_leaves_nothing_to_see(blob_store: dict[str, Any]) -> None:
    arguments = ["-c", SLOW_UPLOAD, json.dumps({"blobs": blob_store})]
    arguments.append(str(current.HOME))
    with subprocess.Popen(  # noqa: S603 - code of these tests
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "reading\n"
        assert child.stdout.readline() == "reading\n"
        child.kill()

    assert not keys()
    assert remains()
    assert blobs.remove_remains(older_than=3600) == 0, "it might still be on its way"
    assert blobs.remove_remains(older_than=-1) > 0
    assert not remains()


def test_damage_is_found_on_reading(tmp_path: Path) -> None:
    blob = blobs.keep_bytes(SMALL)
    put_raw(blob.key, b"one pagE")

    with pytest.raises(blobs.BlobDamaged):
        blobs.read_verified(blob.content_hash)
    with pytest.raises(blobs.BlobDamaged):
        blobs.copy_verified(blob.content_hash, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_the_last_piece_of_a_damaged_blob_never_comes() -> None:
    blob = blobs.keep_bytes(LARGE)
    put_raw(blob.key, LARGE[:-1] + b"!")

    got: list[bytes] = []
    with pytest.raises(blobs.BlobDamaged):
        got.extend(blobs.chunks_verified(blob.content_hash))
    assert len(b"".join(got)) < len(LARGE)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    assert not blobs.exists(ABSENT)
    with pytest.raises(blobs.BlobMissing):
        blobs.read_verified(ABSENT)
    with pytest.raises(blobs.BlobMissing):
        blobs.size(ABSENT)
    with pytest.raises(blobs.BlobMissing):
        blobs.copy_verified(ABSENT, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_listing_is_in_order_and_goes_on_where_it_stopped() -> None:
    kept = [blobs.keep_bytes(b"%d" % number) for number in range(20)]
    hashes = sorted(blob.content_hash for blob in kept)

    listed = list(blobs.entries())

    assert [entry.content_hash for entry in listed] == hashes
    assert {entry.size for entry in listed} == {1, 2}
    behind = [entry.content_hash for entry in blobs.entries(after=hashes[6])]
    assert behind == hashes[7:]
    prefix = f"sha256/{hashes[3][:2]}"
    part = [entry.content_hash for entry in blobs.store().entries(prefix=prefix)]
    assert part == [h for h in hashes if h[:2] == hashes[3][:2]]


def test_what_is_deleted_is_gone_and_no_error_twice() -> None:
    one, other = blobs.keep_bytes(b"one"), blobs.keep_bytes(b"other")

    blobs.delete_all([one.content_hash, ABSENT])
    blobs.delete(one.content_hash)

    assert keys() == [other.key]
    assert blobs.keep_bytes(b"one") == one
    assert blobs.read_verified(one.content_hash) == b"one"


def test_a_large_blob_is_never_whole_in_memory(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as out:
        for number in range(64):
            out.write(bytes([number]) * 1024 * 1024)
    tracemalloc.start()
    try:
        blob = blobs.keep_new_file(large)
        assert sum(map(len, blobs.chunks_verified(blob.content_hash))) == blob.size
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


def test_it_can_be_asked_whether_it_works() -> None:
    blobs.store().probe()


def test_a_store_that_does_not_answer_says_so(
    blob_store: dict[str, Any], settings: Settings, tmp_path: Path
) -> None:
    blob = blobs.keep_bytes(SMALL)
    (tmp_path / "file").touch()
    elsewhere = {"location": tmp_path / "file", "endpoint_url": "http://127.0.0.1:9"}
    options = {k: elsewhere.get(k, v) for k, v in blob_store["OPTIONS"].items()}
    broken = {**blob_store, "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "blobs": broken}

    for use in (
        lambda: blobs.keep_bytes(SMALL),
        lambda: blobs.exists(blob.content_hash),
        lambda: blobs.read_verified(blob.content_hash),
        lambda: list(blobs.entries()),
        lambda: blobs.delete(blob.content_hash),
        blobs.store().probe,
    ):
        with pytest.raises(blobs.BlobUnavailable):
            use()
