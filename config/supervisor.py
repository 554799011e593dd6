"""The house under one roof: PostgreSQL, web server and queues, as one process to stop.

    python -m config.supervisor

Run by script/server. Ends all of it on Ctrl-C, SIGTERM and SIGHUP.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from config import postgres
from config.cluster import PostgresError
from config.home import BASE_DIR, home_path, read_env_file
from config.instance import CannotStart, Instance, check_port
from config.service import Service

STOP_TIMEOUT = 30.0
ANSWER_TIMEOUT = 120.0
# These are for listening, not for visiting.
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Supervisor:
    def __init__(self, home: Path, host: str, port: int) -> None:
        self.home, self.host, self.port = home, host, port
        self.visit = WILDCARDS.get(host, host)
        self.instance = Instance(home, join(self.visit, port))
        # The web server loads during the preparation and opens when this file appears.
        self.gate = home / "server.prepared"
        self.signals = 0
        self.services: list[Service] = []

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        begin = time.monotonic()
        self.instance.take(say)
        try:
            check_port(self.host, self.port)
            postgres.ensure_running(self.home, say)
            self.gate.unlink(missing_ok=True)
            self.start_web()
            for step in (self.prepare, self.wait_for_web, self.start_queues):
                if not self.signals:
                    step()
            if not self.signals:
                self.welcome(time.monotonic() - begin)
            self.watch()
        finally:
            self.stop()
        return 0

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def service(self, name: str, *command: str, **environment: str) -> Service:
        return Service(
            name=name,
            command=[sys.executable, *command],
            lock=self.instance.lock,
            token=self.instance.token,
            environment={"PALIMPSEST_HOME": str(self.home), **environment},
        )

    def prepare(self) -> None:
        """Migrates, collects the static files, loads the demo: `manage.py prepare`."""
        step = self.service("prepare", "manage.py", "prepare")
        process = step.start()
        while not self.signals and (status := process.poll()) is None:
            time.sleep(0.02)
        if self.signals:
            step.stop()
            step.wait(time.monotonic() + STOP_TIMEOUT)
        elif status:
            raise CannotStart("The preparation failed; its message is above.")
        else:
            self.gate.touch()

    def start_web(self) -> None:
        workers = os.environ.get("WEB_WORKERS", "2")
        threads = os.environ.get("WEB_THREADS", "8")
        web = self.service(
            "web",
            *("-m", "gunicorn", "config.wsgi"),
            *("--worker-class", "config.web_worker.Worker"),
            *("--workers", workers, "--threads", threads, "--timeout", "120"),
            *("--bind", join(self.host, self.port), "--no-control-socket"),
            "--preload",
            *("--graceful-timeout", "10", "--log-level", "warning"),
            PALIMPSEST_GATE=str(self.gate),
        )
        web.start()
        self.services.append(web)

    def wait_for_web(self) -> None:
        (web,) = self.services
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while not self.signals and not self.answers():
            if not web.is_alive or time.monotonic() > deadline:
                raise CannotStart("The web server does not answer; see above.")
            time.sleep(0.05)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection(self.visit, self.port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        return False

    def start_queues(self) -> None:
        # A person who waits gets all cores for a page; in bulk, processes share them.
        for name, threads in (("interactive", "0"), ("batch", "1")):
            queue = self.service(
                name,
                *("manage.py", "qcluster"),
                Q_CLUSTER_NAME=name,
                PALIMPSEST_OCR_THREADS=threads,
            )
            # The leash holds the cluster, that its sentinel, and that the workers.
            queue.fragile_depth, queue.grace = 3, 10
            queue.start()
            self.services.append(queue)

    def welcome(self, seconds: float) -> None:
        say(f"\nReady after {seconds:.1f} s: http://{self.instance.address}/")
        logins = self.home / "demo-logins.txt"
        if logins.exists():
            say(f"Demo log-ins:\n{logins.read_text().rstrip()}")
        say("Ctrl-C stops everything.\n")

    def watch(self) -> None:
        next_look = 0.0
        while not self.signals:
            for service in self.services:
                if line := service.watch():
                    say(line)
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + self.watch_database()
            time.sleep(0.2)

    def watch_database(self) -> float:
        """Starts the server again where it has died; seconds until the next look."""
        if postgres.is_external() or postgres.is_running(self.home):
            return 1
        say("PostgreSQL has ended; starting it again")
        try:
            postgres.ensure_running(self.home, say)
        except PostgresError as error:
            say(str(error))
            return 10
        # Runs at work have lost their connection and with it what they could store;
        # a queue left to itself takes twenty seconds to find out.
        for service in self.services:
            if service.fragile_depth:
                service.kill()
        return 1

    def stop(self) -> None:
        if self.services:
            say("Stopping")
        for service in self.services:
            service.stop()
        deadline = time.monotonic() + STOP_TIMEOUT
        enough = max(self.signals, 1) + 1  # a second Ctrl-C: at once
        while any(service.is_alive for service in self.services):
            if self.signals >= enough or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for service in self.services:
            service.wait(time.monotonic())
        if not postgres.is_external() and not postgres.release(self.home):
            say("PostgreSQL stays for another command that uses it")
        self.gate.unlink(missing_ok=True)
        self.instance.give_up()


def join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def say(line: str) -> None:
    with suppress(OSError):
        print(line, flush=True)  # noqa: T201 - this is its user interface


def main() -> int:
    os.chdir(BASE_DIR)
    read_env_file()
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal():
        say("PORT must be a number.")
        return 1
    try:
        return Supervisor(home_path(), host, int(port)).run()
    except (CannotStart, PostgresError) as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
