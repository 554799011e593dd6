"""What only a bucket can do wrong: the server, and the way to it."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import storages
from pytest_django import Settings

from catalog import blobs
from catalog.stores import s3
from tests import s3_server

PART = 5 * 1024 * 1024
LARGE = os.urandom(1024) * (2 * PART // 1024 + 7)
SMALL = b"one page"
YEARS = 365 * 86400


@pytest.fixture
def faults(
    s3_url: str, s3_bucket: dict[str, Any], settings: Settings
) -> Iterator[s3_server.Faults]:
    with s3_server.faulty(s3_url) as (url, faults):
        entry = s3_server.storage(url, s3_bucket["OPTIONS"]["bucket_name"])
        settings.STORAGES = {**settings.STORAGES, "blobs": entry}
        yield faults


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PART", PART)


def store() -> s3.S3Store:
    found = storages["blobs"]
    assert isinstance(found, s3.S3Store)
    return found


def uploads() -> list[Any]:
    answer = store().client.list_multipart_uploads(Bucket=store().bucket_name)
    return list(answer.get("Uploads", ()))


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_bytes_altered_on_the_way_are_not_kept(
    faults: s3_server.Faults, data: bytes
) -> None:
    faults.alter = True
    with pytest.raises(blobs.BlobUnavailable, match="AlteredOnTheWay"):
        blobs.keep_bytes(data)
    assert not list(blobs.entries())

    faults.alter = False
    assert blobs.read_verified(blobs.keep_bytes(data).content_hash) == data


def test_the_server_is_told_the_hash_that_it_must_find(
    s3_bucket: dict[str, Any],
) -> None:
    blob = blobs.keep_bytes(SMALL)

    head = store().client.head_object(
        Bucket=store().bucket_name, Key=blob.key, ChecksumMode="ENABLED"
    )
    wanted = base64.b64encode(hashlib.sha256(SMALL).digest()).decode()
    assert head["ChecksumSHA256"] == wanted


def test_an_answer_that_breaks_off_is_no_damage(faults: s3_server.Faults) -> None:
    blob = blobs.keep_bytes(LARGE)
    faults.cut = True
    with pytest.raises(blobs.BlobUnavailable):
        blobs.read_verified(blob.content_hash)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_a_server_without_conditions_will_do(
    faults: s3_server.Faults, data: bytes
) -> None:
    faults.unconditional = True
    blob = blobs.keep_bytes(data)
    assert blobs.read_verified(blob.content_hash) == data
    assert not uploads()


def test_an_upload_that_fails_leaves_no_parts(
    s3_bucket: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = store().client
    send = client.upload_part

    def breaks_at_the_second(**given: Any) -> Any:
        if given["PartNumber"] == 2:
            assert uploads()
            raise ClientError({"Error": {"Code": "SlowDown"}}, "UploadPart")
        return send(**given)

    monkeypatch.setattr(client, "upload_part", breaks_at_the_second)
    with pytest.raises(blobs.BlobUnavailable, match="SlowDown"):
        blobs.keep_bytes(LARGE)

    assert not uploads()
    assert not list(blobs.entries())


def test_parts_of_a_killed_upload_go_when_they_are_old(
    s3_bucket: dict[str, Any],
) -> None:
    named = {"Bucket": store().bucket_name, "Key": blobs.key_of("ab" * 32)}
    upload = store().client.create_multipart_upload(**named)
    store().client.upload_part(
        **named, UploadId=upload["UploadId"], PartNumber=1, Body=b"a part"
    )

    assert not list(blobs.entries())
    # The server of the tests dates every upload in 2010.
    age = time.time() - uploads()[0]["Initiated"].timestamp()
    assert blobs.remove_remains(older_than=age + YEARS) == 0
    assert blobs.remove_remains(older_than=age - YEARS) == 1
    assert not uploads()


def test_without_its_bucket_no_blob_counts_as_missing(
    s3_bucket: dict[str, Any], settings: Settings
) -> None:
    options = {**s3_bucket["OPTIONS"], "bucket_name": "nowhere"}
    entry = {**s3_bucket, "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "blobs": entry}
    for use in (blobs.exists, blobs.read_verified):
        with pytest.raises(blobs.BlobUnavailable, match="NoSuchBucket"):
            use("ab" * 32)


def test_a_forked_process_opens_lines_of_its_own(s3_bucket: dict[str, Any]) -> None:
    mine = store().client
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"own" if store().client is not mine else b"shared")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"own"
