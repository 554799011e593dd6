"""People at the desk over HTTP: decisions a second, and how long each waits.

Clients speak as the page does: the log-in's cookies; the desk of the next case, asked
for as soon as a case is there; the last answer of a case, which says that the person
holds the next one, and sends it where it is not what came ahead. They are threads of
their own processes, and share the machine's cores with what they measure. First each
answers as soon as it may, so that the server is always full; then all together ask for
a steady number of decisions a second.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CSRF = "b" * 32
CLIENT_PROCESSES = 2
WARMING = 4.0  # seconds, not counted: connections opened, plans made
PACE = 105  # decisions a second that all people together ask for in the paced run
TOKEN = re.compile(r'data-token="([^"]+)"')
TASK = re.compile(r'data-task="([^"]+)"')
SLOT = re.compile(r'class="question[^>]*data-slot="([^"]+)"')


@dataclass
class Person:
    """A browser at the desk; answers confirm every field that a desk asks about."""

    port: int
    session: str
    connection: http.client.HTTPConnection | None = None
    task: str = ""
    token: str = ""
    slots: list[str] = field(default_factory=list)
    ahead: dict[str, Any] = field(default_factory=dict)  # the next case, sent before

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Any:
        """The status, the headers and the text."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=60
            )
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "Accept": "application/json" if form and "slot" in form else "text/html",
        }
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": CSRF})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        return answer.status, answer.headers, text

    def start(self) -> bool:
        """Press n in the queue, and open what comes; False where nothing does."""
        _, headers, _ = self.ask("POST", "/review/next/", {"within": ""})
        path = headers.get("Location") or "/"
        if not path.startswith("/review/"):
            self.task = ""
            return False
        status, _, page = self.ask("GET", path)
        return status == 200 and self.see(page)

    def prepare(self) -> None:
        """Have the next case sent before it is needed, as the page does."""
        form = {"token": self.token, "within": ""}
        status, _, text = self.ask("POST", f"/review/{self.task}/ahead/", form)
        self.ahead = json.loads(text) if status == 200 else {}

    def go_on(self, told: dict[str, Any]) -> bool:
        """To the case that the last answer brought; False where none came."""
        if "held" not in told:
            return self.see(told.get("desk", ""))
        seen = self.see(self.ahead["desk"])
        self.token = told["held"]["token"]
        return seen

    def see(self, page: str) -> bool:
        found = TASK.search(page), TOKEN.search(page)
        if found[0] is None or found[1] is None:
            return False
        self.task, self.token = found[0][1], found[1][1]
        self.slots = SLOT.findall(page)
        return True

    def decide(self, slot: str, number: str, **more: str) -> tuple[int, dict[str, Any]]:
        form = {
            "token": self.token,
            "decision_id": number,
            "slot": slot,
            "choice": "confirm",
            "active_ms": "900",
            "drawn": self.ahead.get("stamp", ""),
            **more,
        }
        status, _, text = self.ask("POST", f"/review/{self.task}/decide/", form)
        told = json.loads(text) if text.startswith("{") else {}
        return status, told


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer by the machine's clock, and whether it ended its case."""

    begun: float
    ended: float
    done: bool

    @property
    def seconds(self) -> float:
        return self.ended - self.begun


def work(person: Person, until: float, every: float) -> list[Answered]:
    """every: seconds from one answer to the next, as long as the server keeps up;
    0: each answer at once.
    """
    times = []
    going = person.start()
    if going:
        person.prepare()
    due = time.monotonic() + random.random() * every  # noqa: S311 - people begin apart
    while going and time.monotonic() < until:
        time.sleep(max(0.0, due - time.monotonic()))
        due += every
        slot = person.slots.pop(0)
        begin = time.perf_counter()
        status, told = person.decide(slot, str(uuid.uuid4()))
        ended = time.perf_counter()
        if status != 200:
            raise SystemExit(f"an answer was not taken: {status} {told}")
        times.append(Answered(begin, ended, bool(told["done"])))
        if told["done"]:
            going = person.go_on(told) or person.start()
            if going:
                person.prepare()
    return times


def share(
    port: int, sessions: list[str], seconds: float, every: float = 0.0
) -> list[Answered]:
    """Of one client process."""
    until = time.monotonic() + seconds
    people = [Person(port, session) for session in sessions]
    with ThreadPoolExecutor(len(people)) as pool:
        found = pool.map(lambda person: work(person, until, every), people)
        return [one for times in found for one in times]


def session_of(user: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import (
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def start_server(home: Path) -> tuple[subprocess.Popen[bytes], int]:
    """script/server's processes on the home; gives them when the server answers."""
    from benchmarks.upload import free_port

    port = free_port()
    environment = {
        **os.environ,
        "PALIMPSEST_DEMO": "0",
        "STATIC_ROOT": str(home / "static"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    log = (home / "server.log").open("ab")
    command = [sys.executable, "-m", "config.supervisor"]
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
    for _ in range(1800):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return server, port
        except OSError:
            time.sleep(0.1)
    server.send_signal(signal.SIGTERM)
    raise SystemExit(f"the server did not come up; see {home}/server.log")


class Watcher:
    """Looks at the backends while people work: how many are busy, and with what."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.looks = 0
        self.seen: Counter[str] = Counter()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            while not self.stopping.wait(0.05):
                cursor.execute(
                    "SELECT coalesce(wait_event, 'working') FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND state = 'active'"
                )
                self.looks += 1
                self.seen.update(what for (what,) in cursor.fetchall())
        connection.close()

    def told(self) -> str:
        """On average over all looks."""
        self.stopping.set()
        self.thread.join()
        parts = [f"{n / self.looks:.2f} {what}" for what, n in self.seen.most_common(5)]
        return f"backends of PostgreSQL, on average: {', '.join(parts)}"


def measured(port: int, sessions: list[str], seconds: float, every: float) -> None:
    """Prints what came of it."""
    from benchmarks.queue import quantiles

    watcher = Watcher()
    times = _all_at(port, sessions, seconds, every)
    length = max(one.ended for one in times) - min(one.begun for one in times)
    last = [one.seconds for one in times if one.done]
    rest = [one.seconds for one in times if not one.done]
    print(
        f"{len(times) / length:.0f} decisions a second, p50 / p95 / p99 ms"
        f" {quantiles(last + rest)}; with the next desk {quantiles(last)};"
        f" within a case {quantiles(rest)}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    print(f"  {watcher.told()} (advisory: the ledger's one writer at a time)")


def over_http(*, people: int, seconds: float) -> None:
    """Prints a line for cases of three doubtful fields, and one for cases of one."""
    from django.conf import settings
    from django.db import connections

    from benchmarks import queue_cases
    from benchmarks.queue import let_all_go

    connections.close_all()
    server, port = start_server(settings.HOME)
    print(f"over HTTP, {people} people at once, WEB_WORKERS as by default")
    try:
        for fields in (3, 1):
            let_all_go()
            tenant = queue_cases.tenant_named(f"http-{fields}")
            users = queue_cases.people(people, tenant)
            _only_in(users, tenant)
            first = 10_000_000 * fields
            queue_cases.grow(tenant, first=first, last=first + 19_999, fields=fields)
            sessions = [session_of(user) for user in users]
            connections.close_all()
            _all_at(port, sessions, WARMING, 0.0)
            for every, called in ((0.0, "no pause"), (people / PACE, f"{PACE} asked")):
                print(f"{fields} field{'s' * (fields > 1)} a case, {called}:", end=" ")
                measured(port, sessions, seconds, every)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(90)


def _all_at(
    port: int, sessions: list[str], seconds: float, every: float
) -> list[Answered]:
    parts = [sessions[n::CLIENT_PROCESSES] for n in range(CLIENT_PROCESSES)]
    with ProcessPoolExecutor(CLIENT_PROCESSES) as pool:
        asked = [pool.submit(share, port, part, seconds, every) for part in parts]
        return [one for part in asked for one in part.result()]


def _only_in(users: list[Any], tenant: Any) -> None:
    """So that nothing else is in their queue."""
    from catalog.models import Membership

    Membership.objects.filter(user__in=users).exclude(tenant=tenant).delete()
