"""kill -9 at random moments: is anything lost, doubled or mixed?

    python -m benchmarks.chaos [--kills 30] [--seed N] [--clients 2]

Starts script/server's processes with an empty home and a PostgreSQL that syncs to disk;
clients upload documents over HTTP, the queue reads them, and a process stores readings
of later versions, promotes them in batches, corrects values and rolls batches back. One
after the other, a web worker, the web server, a queue worker, the queue, PostgreSQL or
that process is killed while they work. What is not started again by the supervisor is
by this command. Then every promise that was made is held against the store.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import psutil

from benchmarks.upload import free_port, invoice

TENANT = "default"
# A kill waits for the next sign of work, at most so long, and then up to LONGEST_PAUSE.
PATIENCE = 60.0
LONGEST_PAUSE = 2.0


@dataclass
class House:
    """The processes, and what was promised to clients. told: content hashes."""

    home: Path
    seed: int
    token: str = ""
    told: dict[str, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)
    counter: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - moments, not secrets
        self.port = free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "PALIMPSEST_HOME": str(self.home),
            "PALIMPSEST_ENV_FILE": os.devnull,
            "PALIMPSEST_DEMO": "0",
            "PALIMPSEST_POSTGRES_OPTIONS": "",
            "STATIC_ROOT": str(self.home / "static"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "BATCH_WORKERS": "1",
        }
        self.log = (self.home / "house.log").open("ab")
        self.supervisor = self.started("-m", "config.supervisor")
        self.promoter: subprocess.Popen[bytes] | None = None

    def started(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, *command],
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )

    def manage(self, *command: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            check=False,
        )
        return done.stdout

    def answers(self) -> bool:
        address = self.address("/healthz")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def next_document(self) -> tuple[int, bytes]:
        with self.lock:
            self.counter += 1
            return self.counter, invoice(self.counter)[0]

    def upload(self, number: int, data: bytes) -> None:
        """Until it is acknowledged; a client that got no answer sends it again."""
        while not self.stopping.is_set():
            try:
                self._send(number, data)
            # HTTPException: the server was killed in the midst of its answer.
            except (OSError, HTTPException) as error:
                with self.lock:
                    self.refused[getattr(error, "code", "no answer")] += 1
                time.sleep(0.3)
            else:
                return

    def _send(self, number: int, data: bytes) -> None:
        mark = uuid.uuid4().hex
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="tenant"\r\n\r\n{TENANT}'
            f'\r\n--{mark}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{number}.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.address("/api/v1/sources/"),
            head.encode() + data + f"\r\n--{mark}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={mark}",
                "Authorization": f"Token {self.token}",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            told = json.load(answer)
        with self.lock:
            self.told[told["content_hash"]] = number

    def client(self) -> None:
        while not self.stopping.is_set():
            self.upload(*self.next_document())
            time.sleep(0.2)

    def keep_promoting(self) -> None:
        while not self.stopping.is_set():
            if self.promoter is None or self.promoter.poll() is not None:
                self.promoter = self.started("-m", "benchmarks.chaos_promoter")
            time.sleep(0.5)


def is_leash(process: psutil.Process) -> bool:
    return any(part.endswith("leash.py") for part in process.cmdline())


def victims(house: House) -> dict[str, list[psutil.Process]]:
    """What can be killed now, by what it is."""
    found: dict[str, list[psutil.Process]] = {}
    with suppress(psutil.Error, OSError, ValueError, IndexError):
        file = house.home / "postgres" / "postmaster.pid"
        found["PostgreSQL"] = [psutil.Process(int(file.read_text().splitlines()[0]))]
    for process in psutil.Process(house.supervisor.pid).children(recursive=True):
        with suppress(psutil.Error):
            line = " ".join(process.cmdline())
            parent = process.parent()
            if is_leash(process) or parent is None:
                continue
            top = is_leash(parent)
            if "gunicorn" in line:
                kind = "web server" if top else "web worker"
            elif "qcluster" in line:
                kind = "queue" if top else "queue worker"
            else:
                continue
            found.setdefault(kind, []).append(process)
    if house.promoter is not None and house.promoter.poll() is None:
        found["promoter"] = [psutil.Process(house.promoter.pid)]
    return found


def kill_one(house: House) -> str:
    found = victims(house)
    kind = house.random.choice(sorted(found))
    process = house.random.choice(sorted(found[kind], key=lambda p: p.pid))
    with suppress(psutil.Error):
        process.send_signal(signal.SIGKILL)
    return kind


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def log_size(house: House) -> int:
    """The promoter writes a line for each thing that it was told is done."""
    path = house.home / "promoter.log"
    return path.stat().st_size if path.exists() else 0


def prepare(house: House) -> None:
    if not wait_until(house.answers, 180):
        raise SystemExit("the server did not come up; see house.log")
    time.sleep(1)
    house.token = house.manage("-m", "benchmarks.chaos_audit", "--prepare").strip()
    if not house.token:
        raise SystemExit("no token; see house.log")


def storm(house: House, kills: int, clients: int) -> Counter[str]:
    threads = [threading.Thread(target=house.client) for _ in range(clients)]
    threads.append(threading.Thread(target=house.keep_promoting))
    for thread in threads:
        thread.start()
    if not wait_until(lambda: log_size(house) > 0, 240):
        house.stopping.set()
        raise SystemExit("nothing is promoted; see house.log")
    killed: Counter[str] = Counter()
    for number in range(kills):
        before = len(house.told), log_size(house)

        def moved(before: tuple[int, int] = before) -> bool:
            return len(house.told) > before[0] or log_size(house) > before[1]

        wait_until(moved, PATIENCE)
        time.sleep(house.random.uniform(0, LONGEST_PAUSE))
        kind = kill_one(house)
        killed[kind] += 1
        print(
            f"{number + 1:4} killed {kind:14} {len(house.told)} acknowledged",
            flush=True,
        )
    # The last one wounded is to be seen recovering.
    acknowledged = len(house.told)
    recovered = wait_until(lambda: len(house.told) > acknowledged, 120)
    print("uploads go on" if recovered else "UPLOADS DID NOT GO ON", flush=True)
    house.stopping.set()
    for thread in threads:
        thread.join()
    if house.promoter is not None:
        house.promoter.kill()
        house.promoter.wait()
    return killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true", help="leave the home behind")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    home = Path(tempfile.mkdtemp(prefix="palimpsest-chaos-"))
    house = House(home, options.seed)
    try:
        prepare(house)
        killed = storm(house, options.kills, options.clients)
        print(", ".join(f"{count} x {kind}" for kind, count in killed.most_common()))
        print(f"answers that clients did not get: {dict(house.refused)}")
        told = home / "told.txt"
        told.write_text("".join(f"{h} {n}\n" for h, n in house.told.items()))
        found = house.manage("-m", "benchmarks.chaos_audit", "--told", str(told))
        print(found or (home / "house.log").read_text(errors="replace")[-4000:])
        if not found:
            raise SystemExit("The audit broke off: nothing is known of this run.")
    finally:
        house.stopping.set()
        house.supervisor.send_signal(signal.SIGTERM)
        house.supervisor.wait(90)
        if options.keep:
            print(f"left behind: {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
