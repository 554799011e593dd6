"""The real supervisor in a scratch home: what is asked of it, and what came of it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from config import postgres
from config.service import MARK, is_running
from tests.config.processes import wait_until

PATIENCE = 120
# As a row of the table `run`, found by the upload's bytes.
RUN = """
SELECT run.run_id, run.state, run.attempts FROM run
JOIN source_media USING (source_id) WHERE source_media.content_hash = %s
"""
ALICE = """
import django; django.setup()
from rest_framework.authtoken.models import Token
from tests.factories import make_tenant, make_user
print(Token.objects.create(user=make_user("alice", make_tenant("harbour"))).key)
"""
IN_BULK = """
import sys, django; django.setup()
from pathlib import Path
from pipeline import services
from tests.factories import make_source, make_tenant
data = Path(sys.argv[1]).read_bytes()
source = make_source(make_tenant("harbour"), data=data, name="bulk")
services.ensure(source=source, version=services.active_version(), lane="batch")
print(source.content_hash)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {
        "PALIMPSEST_HOME": str(home),
        "PALIMPSEST_DEMO": "0",
        "STATIC_ROOT": str(home / "static"),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "BATCH_WORKERS": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # Other tests let commits be lost; here they must outlive their server.
        "PALIMPSEST_POSTGRES_OPTIONS": "fsync=off full_page_writes=off",
    }


def all_gone(processes: list[psutil.Process]) -> bool:
    return wait_until(lambda: not any(map(is_running, processes)))


def processes_of(home: Path) -> list[psutil.Process]:
    """All that run for a home, whoever their parent is by now."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            told = process.environ().get("PALIMPSEST_HOME") == str(home)
            # The database's own have a short environment, and stand in its files.
            if told or Path(process.cwd()).is_relative_to(home):
                found.append(process)
    return list(filter(is_running, found))


class House:
    def __init__(self, home: Path) -> None:
        self.home, self.environment = home, environment_of(home)
        self.lines: list[str] = []
        self.start()
        self.token = self._told_by(ALICE)

    def start(self) -> None:
        since = len(self.lines)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.said("Ready after", since), self.lines

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def said(self, part: str, since: int = 0) -> bool:
        """Whether it says so while it runs."""

        def is_over() -> bool:
            return part in self._text(since) or self.process.poll() is not None

        return wait_until(is_over, PATIENCE) and part in self._text(since)

    def _text(self, since: int) -> str:
        return "".join(self.lines[since:])

    def _told_by(self, code: str, *arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        told = subprocess.run(  # noqa: S603 - code of these tests
            command, env=self.environment, capture_output=True
        )
        assert told.returncode == 0, told.stderr.decode()
        return told.stdout.decode().split()[-1]

    def root_of(self, service: str) -> psutil.Process:
        """What the leash of a service holds: gunicorn's master, the cluster."""
        for leash in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if leash.environ().get(MARK, "").endswith(f":{service}"):
                    return leash.children()[0]
        raise AssertionError(f"no {service}")

    def postmaster(self) -> psutil.Process:
        file = self.home / "postgres/postmaster.pid"
        return psutil.Process(int(file.read_text().splitlines()[0]))

    def get(self, path: str) -> tuple[int, str]:
        connection = self.connect()
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def connect(self) -> http.client.HTTPConnection:
        port = int(self.environment["PORT"])
        return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def is_ready(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get("/readyz")[0] == 200
        return False

    def begin_upload(
        self, data: bytes, *, share: float = 1
    ) -> tuple[http.client.HTTPConnection, bytes]:
        """Sends the headers and a share of the body; the rest is given back."""
        edge = "edge-of-a-part"
        part = f"--{edge}\r\nContent-Disposition: form-data; name="
        head = f'{part}"tenant"\r\n\r\nharbour\r\n{part}"file"; filename="a"\r\n'
        head += "Content-Type: application/octet-stream\r\n\r\n"
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        connection = self.connect()
        connection.putrequest("POST", "/api/v1/sources/")
        connection.putheader("Authorization", f"Token {self.token}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={edge}")
        connection.putheader("Content-Length", str(len(body)))
        cut = int(len(body) * share)
        connection.endheaders(body[:cut])
        return connection, body[cut:]

    def upload(self, data: bytes) -> dict[str, Any]:
        response = self.begin_upload(data)[0].getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        assert response.status in (200, 201), answer
        return answer

    def ask(self, lane: str, data: bytes) -> str:
        """Has a document read; its content hash."""
        if lane == "interactive":
            return str(self.upload(data)["content_hash"])
        file = self.home / "bulk"
        file.write_bytes(data)
        return self._told_by(IN_BULK, str(file))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(postgres.database_url(self.home)) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def is_at(self, content_hash: str, state: str) -> bool:
        return any(row[1] == state for row in self.rows(RUN, content_hash))

    def attempts(self, content_hash: str) -> int:
        ((_, _, attempts),) = self.rows(RUN, content_hash)
        return int(attempts)

    def end_leases(self) -> None:
        """As if the minute had passed after which a dead worker's run is free."""
        self.rows(
            "UPDATE run SET lease_until = now() WHERE state = 'running' RETURNING 1"
        )

    def assert_read_once(self, content_hash: str) -> None:
        """One source, one run, one generation and one event, when the run has ended."""
        assert wait_until(lambda: self.is_at(content_hash, "finished"), PATIENCE)
        ((run, _, _),) = self.rows(RUN, content_hash)
        generations = "SELECT count(*) FROM generation JOIN run USING (source_id)"
        assert self.rows(f"{generations} WHERE run_id = %s", run) == [(1,)]
        events = "SELECT count(*) FROM processing_event WHERE run_id = %s"
        assert self.rows(events, run) == [(1,)]

    def stop(self) -> None:
        """As by Ctrl-C; nothing of it may be left."""
        family = processes_of(self.home)
        assert self.postmaster() in family
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=PATIENCE) == 0
        assert all_gone(family)
        assert not processes_of(self.home)
        assert not postgres.is_running(self.home)
