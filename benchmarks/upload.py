"""From the upload of a one-page born-digital PDF to its fields on the page.

    python -m benchmarks.upload [--documents 30]

Starts a server of its own (script/server's processes, an empty home, a free port), logs
in over HTTP, uploads one document after the other and asks for the source page until
the total stands on it. Nothing else runs on the server meanwhile.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

PASSWORD = "benchmark only"  # noqa: S105 - of a server that lives for a minute


def invoice(number: int) -> tuple[bytes, str]:
    """A PDF and the total that stands on it, different for each number."""
    net = 100 + number
    total = f"{net * 1.2:.2f}"
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    for x, y, text in (
        (60, 60, "Tidewater Paper Ltd"),
        (60, 140, "INVOICE"),
        (60, 170, f"Invoice number: TW-{20000 + number}"),
        (60, 186, "Invoice date: 12 March 2026"),
        (60, 250, "Description"),
        (300, 250, "Quantity"),
        (380, 250, "Unit price"),
        (480, 250, "Amount"),
        (60, 270, "Writing paper, ream"),
        (300, 270, "1"),
        (380, 270, f"{net:.2f}"),
        (480, 270, f"{net:.2f}"),
        (380, 330, "Net total"),
        (480, 330, f"{net:.2f}"),
        (380, 346, "VAT 20 %"),
        (480, 346, f"{net * 0.2:.2f}"),
        (380, 362, "Total EUR"),
        (480, 362, total),
    ):
        canvas.drawString(x, A4[1] - y, text)
    canvas.save()
    return out.getvalue(), total


class Client:
    """A browser's share of the work: cookies, forms, patience."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=30) as answer:
            return str(answer.read().decode())

    def token(self) -> str:
        return next((c.value or "" for c in self.cookies if c.name == "csrftoken"), "")

    def post(self, path: str, body: bytes, content_type: str) -> str:
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.base + path,
            body,
            {
                "Content-Type": content_type,
                "X-CSRFToken": self.token(),
                "Referer": self.base + path,
            },
        )
        with self.opener.open(request, timeout=30) as answer:
            return str(answer.geturl())

    def log_in(self) -> None:
        self.get("/login/")
        fields = {"username": "bench", "password": PASSWORD}
        body = urllib.parse.urlencode(fields).encode()
        self.post("/login/", body, "application/x-www-form-urlencoded")

    def upload(self, name: str, data: bytes, tenant: str) -> str:
        """Upload as the plain form does; gives the address that the answer leads to."""
        self.get("/upload/")
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="tenant"\r\n\r\n'
            f"{tenant}",
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n',
        ]
        body = "\r\n".join(parts).encode() + data + f"\r\n--{mark}--\r\n".encode()
        return self.post("/upload/", body, f"multipart/form-data; boundary={mark}")


def seconds_until_fields(client: Client, number: int, tenant: str) -> float:
    data, total = invoice(number)
    begin = time.perf_counter()
    address = client.upload(f"bench-{number}.pdf", data, tenant)
    path = urllib.parse.urlparse(address).path
    while time.perf_counter() - begin < 60:
        if total in client.get(path):
            return time.perf_counter() - begin
        time.sleep(0.02)
    raise SystemExit(f"the total of document {number} never came up on {path}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palimpsest-bench-") as home:
        measure(Path(home), options.documents)


def measure(home: Path, documents: int) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "PALIMPSEST_HOME": str(home),
        "PALIMPSEST_DEMO": "0",
        "PORT": str(port),
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen(
        [sys.executable, "-m", "config.supervisor"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        client = Client(f"http://127.0.0.1:{port}")
        wait_for(client)
        first = home / "first.pdf"
        first.write_bytes(invoice(0)[0])
        for command in (
            [
                "createsuperuser",
                "--noinput",
                "--username",
                "bench",
                "--email",
                "b@b.example",
            ],
            ["process", str(first)],
        ):
            subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "manage.py", *command],
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        client.log_in()
        tenant = tenant_on(client.get("/upload/"))
        seconds_until_fields(client, 1, tenant)  # the worker's first document
        times = [seconds_until_fields(client, n + 2, tenant) for n in range(documents)]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    cuts = statistics.quantiles(times, n=20)
    print(
        f"{documents} one-page PDFs, one after the other, upload to fields on the page"
    )
    print(
        f"p50 {statistics.median(times):.2f} s   p95 {cuts[18]:.2f} s"
        f"   max {max(times):.2f} s"
    )


def wait_for(client: Client) -> None:
    for _ in range(600):
        try:
            client.get("/healthz")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not come up")


def tenant_on(page: str) -> str:
    """The value of the tenant field on the upload form: there is only one tenant."""
    field = page[page.index('name="tenant"') :]
    start = field.index('value="') + len('value="')
    return field[start : field.index('"', start)]


if __name__ == "__main__":
    main()
