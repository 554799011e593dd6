"""An S3 server in a process of its own, and one that stands before it and breaks.

moto speaks the protocol over a socket. It checks no checksums, so the faults of the
way are played by a proxy.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import boto3

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh server, ended with the block."""
    port = free_port()
    server = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the S3 server did not come up")


def new_bucket(url: str) -> str:
    name = f"blobs-{uuid.uuid4().hex}"
    client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_bucket(Bucket=name)
    return name


def storage(url: str, bucket: str) -> dict[str, Any]:
    """The entry of STORAGES."""
    return {
        "BACKEND": "catalog.stores.s3.S3Store",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": url},
    }


HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "date", "server"})


class Faults:
    """What the proxy does to what passes; change it while it runs.

    alter: flip a bit in what is put, and know no checksums. cut: break off answers in
    the middle. unconditional: refuse If-None-Match as unknown.
    """

    alter = cut = unconditional = False


@contextmanager
def faulty(url: str) -> Iterator[tuple[str, Faults]]:
    """A proxy before the server at url, and its faults: none at first."""
    faults, to = Faults(), urlsplit(url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {k.lower(): v for k, v in self.headers.items()}
            headers.pop("expect", "")
            if faults.unconditional and "if-none-match" in headers:
                self.send_error(501)
                return
            if faults.alter and body and self.command == "PUT":
                body = bytes([body[0] ^ 1]) + body[1:]
                headers = {k: v for k, v in headers.items() if "checksum" not in k}
            way = http.client.HTTPConnection(to)
            way.request(self.command, self.path, body, headers)
            answer = way.getresponse()
            data = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if faults.cut else data)
            way.close()

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}", faults
    finally:
        proxy.shutdown()
        proxy.server_close()
