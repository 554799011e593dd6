"""Runs a command on a leash: it ends, with all it started, when its keepers are gone.

    python leash.py --lock FILE [--shared] [--stop SIGNAL] [--grace SECONDS]
                    [--user NAME] -- COMMAND...

The keepers hold a lock on FILE. The kernel lets go of a lock however its holder ends,
so a keeper's death by `kill -9` is noticed too, on every Unix. This file imports the
standard library alone and runs under `python -I -S`: it is small and starts at once.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any


def main() -> int:
    arguments = parse_arguments()
    wake, waker = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: os.write(waker, b"s"))
    command = subprocess.Popen(  # noqa: S603 - the supervisor's own commands
        arguments.command, process_group=0, **identity(arguments.user)
    )
    for wait in (command.wait, partial(wait_for_lock, arguments)):
        threading.Thread(target=then_wake, args=(wait, waker), daemon=True).start()
    os.read(wake, 1)
    if command.poll() is None:
        end(command, signal.Signals[arguments.stop], arguments.grace)
    end_group(command.pid)
    status = command.wait()
    return status if status >= 0 else 128 - status


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lock", required=True)
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--stop", default="SIGTERM")
    parser.add_argument("--grace", type=float, default=10)
    parser.add_argument("--user")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def identity(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def then_wake(wait: Callable[[], object], waker: int) -> None:
    wait()
    os.write(waker, b"w")


def wait_for_lock(arguments: argparse.Namespace) -> None:
    """Returns when the keepers are gone, and keeps the lock until this process ends:
    whoever starts next and asks for it waits until everything here is over."""
    descriptor = os.open(arguments.lock, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_SH if arguments.shared else fcntl.LOCK_EX)


def end(command: subprocess.Popen[bytes], number: signal.Signals, grace: float) -> None:
    command.send_signal(number)
    try:
        command.wait(timeout=grace)
    except subprocess.TimeoutExpired:
        command.kill()


def end_group(group: int) -> None:
    """Kills what the command left behind and waits until it is gone, a second at most:
    what nobody reaps (in a container without an init) would seem to stay for ever."""
    deadline = time.monotonic() + 1
    with suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(group, signal.SIGKILL)
            time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
