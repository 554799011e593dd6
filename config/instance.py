"""One server a home: the lock that says so, and what a killed one left behind."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from config.service import end_marked

PATIENCE = 30.0


class CannotStart(RuntimeError):
    """The message says why, and what helps."""


class Instance:
    def __init__(self, home: Path, address: str) -> None:
        self.home = home
        self.address = address
        self.token = secrets.token_hex(16)
        self.lock = home / "server.lock"
        self.state = home / "server.json"

    def take(self, say: Callable[[str], None]) -> None:
        """Becomes the home's server, after ending what the last one left.

        Raises CannotStart where another one runs.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_lock(say)
        last = self._read()
        if token := last.get("token"):
            say("The last server did not stop in order; looking for what it left")
            if count := end_marked(token):
                say(f"Ended {count} processes of the last server")
        temporary = self.state.with_suffix(".new")
        temporary.write_text(json.dumps({"token": self.token, "address": self.address}))
        temporary.replace(self.state)

    def give_up(self) -> None:
        self.state.unlink(missing_ok=True)

    def _take_lock(self, say: Callable[[str], None]) -> None:
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + PATIENCE
        told = False
        while not _flock(descriptor, fcntl.LOCK_EX):
            # A server holds the lock alone. The leashes of a dead one share it until
            # they have ended what they hold.
            if not _flock(descriptor, fcntl.LOCK_SH) or time.monotonic() > deadline:
                raise CannotStart(
                    f"It runs already: http://{self._read().get('address', '?')}/ "
                    f"with its data in {self.home}. Stop that one, or set "
                    "PALIMPSEST_HOME and PORT for a second one."
                )
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            if not told:
                say("Waiting for the processes of the last server to end")
                told = True
            time.sleep(0.1)

    def _read(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            state: dict[str, str] = json.loads(self.state.read_text())
            return state
        return {}


def check_port(host: str, port: int) -> None:
    """Raises CannotStart where nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CannotStart(
                f"Cannot listen on {host}:{port} ({error}). "
                f"Choose another port: PORT={min(port + 1, 65535)} script/server"
            ) from None


def _flock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
