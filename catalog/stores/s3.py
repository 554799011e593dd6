"""Blobs in an S3 bucket.

The server gets the SHA-256 of what it must receive and refuses anything else; an
object appears when it is complete. `If-None-Match: *` has the first writer win where
the server honours it; elsewhere the second writes the same bytes again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from catalog import scratch
from catalog.hashing import CHUNK
from catalog.stores.base import PREFIX, Blob, BlobUnavailable, Entry

# Larger files go up in parts of this many bytes, one at a time in memory. S3 takes
# 10,000 parts: 160 GB.
PART = 16 * 1024 * 1024
MOST_AT_ONCE = 1000  # keys that one delete request may name
NOT_THERE = frozenset({"404", "NoSuchKey", "NoSuchUpload"})
ALREADY_THERE = frozenset({"412", "PreconditionFailed"})
NO_CONDITIONS = frozenset({"501", "NotImplemented"})
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=20,
)


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


@contextmanager
def _answering() -> Iterator[None]:
    """Raises FileNotFoundError, BlobUnavailable."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in NOT_THERE:
            raise FileNotFoundError from error
        raise BlobUnavailable(code_of(error)) from error
    except BotoCoreError as error:
        raise BlobUnavailable(type(error).__name__) from error


class S3Store(S3Storage):
    """See catalog.stores.base.Store."""

    is_near = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._process, self._client, self._making = 0, None, threading.Lock()

    def get_default_settings(self) -> dict[str, Any]:
        return {**super().get_default_settings(), "client_config": PATIENCE}

    @property
    def client(self) -> Any:
        """One for all threads, which share its lines; making one takes a while.

        A forked child gets its own: it must not talk over its parent's sockets.
        """
        with self._making:
            if self._process != os.getpid():
                self._connections = threading.local()
                self._client = self.connection.meta.client
                self._process = os.getpid()
            return self._client

    @property
    def place(self) -> str:
        server = self.client.meta.endpoint_url
        return f"bucket {self.bucket_name} at {server}"

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": key}

    def incoming(self) -> Path:
        return scratch.folder()

    def settle(self, path: Path) -> None:
        """The copy in the bucket is the one that lasts."""

    def keep(self, path: Path, blob: Blob) -> None:
        if blob.size > PART and self._has_size(blob):
            return
        with _answering():
            try:
                self._put(path, blob, {"IfNoneMatch": "*"})
            except ClientError as error:
                code = code_of(error)
                if code not in ALREADY_THERE | NO_CONDITIONS:
                    raise
                # There already; or torn by somebody else; or a server without this.
                if code in NO_CONDITIONS or not self._has_size(blob):
                    self._put(path, blob, {})

    def _has_size(self, blob: Blob) -> bool:
        try:
            return self.size(blob.key) == blob.size
        except FileNotFoundError:
            return False

    def _put(self, path: Path, blob: Blob, condition: dict[str, str]) -> None:
        if blob.size > PART:
            checked = self._put_in_parts(path, blob, condition)
        else:
            wanted = base64.b64encode(bytes.fromhex(blob.content_hash)).decode()
            with path.open("rb") as stream:
                answer = self.client.put_object(
                    **self._named(blob.key),
                    Body=stream,
                    ContentLength=blob.size,
                    ContentType=self.default_content_type,
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=wanted,
                    **condition,
                )
            checked = answer.get("ChecksumSHA256") == wanted
        if not checked:
            self._read_back(blob)

    def _put_in_parts(self, path: Path, blob: Blob, condition: dict[str, str]) -> bool:
        """Whether the server checked every part; on failure none of them stays."""
        upload = self.client.create_multipart_upload(
            **self._named(blob.key),
            ContentType=self.default_content_type,
            ChecksumAlgorithm="SHA256",
        )
        named = {**self._named(blob.key), "UploadId": upload["UploadId"]}
        try:
            parts, checked = self._send_parts(path, blob, named)
            self.client.complete_multipart_upload(
                **named, MultipartUpload={"Parts": parts}, **condition
            )
        except BaseException:
            self._abort(named)
            raise
        return checked

    def _send_parts(
        self, path: Path, blob: Blob, named: dict[str, str]
    ) -> tuple[list[dict[str, Any]], bool]:
        parts: list[dict[str, Any]] = []
        whole, checked = hashlib.sha256(), True
        with path.open("rb") as stream:
            while data := stream.read(PART):
                whole.update(data)
                wanted = base64.b64encode(hashlib.sha256(data).digest()).decode()
                number = len(parts) + 1
                answer = self.client.upload_part(
                    **named,
                    PartNumber=number,
                    Body=data,
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=wanted,
                )
                part = {"PartNumber": number, "ETag": answer["ETag"]}
                if answer.get("ChecksumSHA256") == wanted:
                    part["ChecksumSHA256"] = wanted
                checked = checked and "ChecksumSHA256" in part
                parts.append(part)
        if whole.hexdigest() != blob.content_hash:
            raise BlobUnavailable("FileChanged")
        return parts, checked

    def _abort(self, named: dict[str, str]) -> None:
        try:
            self.client.abort_multipart_upload(**named)
        except (ClientError, BotoCoreError):
            return  # remove_remains will find it; the first error is the one to tell

    def _read_back(self, blob: Blob) -> None:
        """What a server without checksums has. Raises BlobUnavailable: other bytes."""
        with self.reading(blob.key) as stream:
            found = hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type]
        if found.hexdigest() != blob.content_hash:
            self.remove([blob.key])
            raise BlobUnavailable("AlteredOnTheWay")

    @contextmanager
    def reading(self, key: str) -> Iterator[IO[bytes]]:
        with _answering():
            body = self.client.get_object(**self._named(key))["Body"]
        with io.BufferedReader(_Body(body), CHUNK) as stream:
            yield stream

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except FileNotFoundError:
            self.probe()  # without its bucket a blob is not known to be missing
            return False
        return True

    def size(self, key: str) -> int:
        with _answering():
            return int(self.client.head_object(**self._named(key))["ContentLength"])

    def entries(self, *, after: str = "", prefix: str = PREFIX) -> Iterator[Entry]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=prefix, StartAfter=after
        )
        with _answering():
            for page in pages:
                for found in page.get("Contents", ()):
                    modified = found["LastModified"].timestamp()
                    yield Entry(found["Key"], found["Size"], modified)

    def remove(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), MOST_AT_ONCE):
            named = [{"Key": key} for key in keys[start : start + MOST_AT_ONCE]]
            with _answering():
                answer = self.client.delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": named, "Quiet": True}
                )
            if refused := answer.get("Errors"):
                raise BlobUnavailable(str(refused[0].get("Code", "unknown")))

    def set_aside(self, key: str) -> None:
        self.remove([key])

    def remove_remains(self, older_than: float) -> int:
        """Aborts uploads in parts that nobody completed. Their parts cost money."""
        before, removed = time.time() - older_than, 0
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket_name, Prefix=PREFIX
        )
        with _answering():
            for page in pages:
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"].timestamp() < before:
                        named = self._named(upload["Key"])
                        self._abort({**named, "UploadId": upload["UploadId"]})
                        removed += 1
        return removed

    def probe(self) -> None:
        try:
            with _answering():
                self.client.head_bucket(Bucket=self.bucket_name)
        except FileNotFoundError as error:
            raise BlobUnavailable("NoSuchBucket") from error


class _Body(io.RawIOBase):
    """An answer's body as it comes; a broken line is told as BlobUnavailable."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _answering():
            data = self.body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.body.close()
        super().close()
