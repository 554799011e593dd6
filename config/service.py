"""One process of the house, kept alive: restarted with back-off, ended with its kin."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config import leash

MARK = "PALIMPSEST_PROCESS"
LONGEST_DELAY = 15.0
# A process that lived this long has started well: its next restart is immediate.
HEALTHY_AFTER = 20.0


@dataclass(kw_only=True)
class Service:
    name: str
    command: list[str]
    lock: Path
    token: str
    environment: dict[str, str] = field(default_factory=dict)
    grace: float = 20
    # How many generations of descendants down are the ones whose death needs a restart
    # of the whole; 0 for a service that replaces its own dead.
    fragile_depth: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    next_start: float = 0
    failures: int = 0
    kin: list[psutil.Process] = field(default_factory=list)
    next_count: float = 0

    @property
    def mark(self) -> str:
        return f"{self.token}:{self.name}"

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", "-S", str(leash.__file__), "--shared"]
        command += ["--lock", str(self.lock), "--grace", str(self.grace)]
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            [*command, "--", *self.command],
            env={**os.environ, **self.environment, MARK: self.mark},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started = time.monotonic()
        self.kin, self.next_count = [], 0
        return self.process

    def watch(self) -> str | None:
        """Restarts what has died, after a delay that doubles; says so in a line."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.next_start:
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            return self.watch_kin(now) if self.fragile_depth else None
        self.process = None
        if status < 0:
            # The leash itself was killed and could not end what it held.
            end_marked(self.mark)
        healthy = now - self.started > HEALTHY_AFTER
        self.failures = 0 if healthy else self.failures + 1
        wait = min(2.0 ** (self.failures - 1), LONGEST_DELAY) if self.failures else 0.0
        self.next_start = now + wait
        return f"{self.name} ended (status {status}); starts again in {wait:.0f} s"

    def watch_kin(self, now: float) -> str | None:
        """Has the service ended when one of its inner processes has died.

        Processes that share a multiprocessing queue share its lock; one that dies while
        it waits keeps the lock for ever, and those that replace it wait for ever.
        """
        if self.kin and not all(map(is_running, self.kin)):
            self.kin, self.next_count = [], now + 2 * self.grace
            self.stop()
            return f"A process of {self.name} has died; all of it starts again"
        if now >= self.next_count and self.process is not None:
            self.kin = descendants(self.process.pid, self.fragile_depth)
            self.next_count = now + (1 if now - self.started < 15 else 5)
        return None

    def stop(self) -> None:
        """Asks it to end; `wait` sees to it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it with all its kin at once; `watch` starts it again."""
        if self.process is not None:
            self.process.kill()

    def wait(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            status = self.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process = None
        if status < 0:
            end_marked(self.mark)


def is_running(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def descendants(process: int, depth: int) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    with suppress(psutil.Error):
        found = [psutil.Process(process)]
        for _ in range(depth):
            found = [child for parent in found for child in parent.children()]
    return found


def end_marked(mark: str) -> int:
    """Kills every process whose environment bears the mark; how many there were.

    The mark is random and inherited: no other process can be meant by mistake,
    as a recorded process id could after its reuse.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK, "").startswith(mark):
                process.kill()
                found.append(process)
    psutil.wait_procs(found, timeout=3)
    return len(found)
