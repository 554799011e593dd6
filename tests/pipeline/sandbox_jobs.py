"""What the sandbox's tests ask it to do."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from pathlib import Path


class TellingError(Exception):
    reason = "broken"


def add(first: int, second: int) -> int:
    return first + second


def sleep_with_a_child(pid_file: str) -> None:
    sleeper = subprocess.Popen(["/bin/sleep", "60"])
    Path(pid_file).write_text(f"{os.getpid()} {sleeper.pid}")
    time.sleep(60)


def leave_a_child(pid_file: str) -> str:
    sleeper = subprocess.Popen(["/bin/sleep", "60"])
    Path(pid_file).write_text(str(sleeper.pid))
    return "done"


def take_memory(mebibytes: int) -> int:
    return len(bytearray(mebibytes * 1024 * 1024))


def spin() -> None:
    while True:
        pass


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def exit_early() -> None:
    os._exit(3)


def tell() -> None:
    raise TellingError("the secret text of a file")


def write(path: str, mebibytes: int) -> None:
    Path(path).write_bytes(bytes(mebibytes * 1024 * 1024))


def large(characters: int) -> str:
    return "x" * characters


def environment() -> list[str]:
    return sorted(os.environ)


def core_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_CORE)[0]


def kill_helper() -> None:
    supervisor = os.getppid()
    helper = int(Path(f"/proc/{supervisor}/stat").read_text().split()[3])
    os.kill(helper, signal.SIGKILL)
    os.kill(supervisor, signal.SIGKILL)
    time.sleep(5)
