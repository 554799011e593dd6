"""The embedded PostgreSQL: started by the first that needs it, ended by the last.

Whoever uses the server holds a shared lock on `postgres.users`. The server runs on a
leash (config/leash.py) that waits for the exclusive lock: when the last user is gone,
even by `kill -9`, the server stops. With DATABASE_URL set none of this happens.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psutil

from config import cluster, leash
from config.cluster import PostgresError

START_TIMEOUT = 120.0
STOP_TIMEOUT = 60.0
LARGEST_LOG = 10_000_000

# Home -> (process, descriptor): a forked child must not let go of its parent's lock.
_held: dict[Path, tuple[int, int]] = {}


def database_url(home: Path) -> str:
    """The embedded server's URL; does not start it."""
    directory = quote(str(cluster.socket_directory(home)), safe="")
    return f"postgresql://{cluster.NAME}@/{cluster.NAME}?host={directory}"


def is_external() -> bool:
    # The settings read either; _FILE names a file that holds the URL.
    names = ("DATABASE_URL", "DATABASE_URL_FILE")
    return any(os.environ.get(name) for name in names)


def ensure_running(home: Path, say: Callable[[str], None] = lambda line: None) -> None:
    """Starts the server where it does not run, and keeps it until this process ends.

    Raises PostgresError, with the remedy, where it cannot run.
    """
    if is_external():
        return
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(home / "postgres.lock"):
        _hold(home)
        if not is_running(home):
            _start(home, say)


def is_running(home: Path) -> bool:
    """Whether the server takes connections."""
    return _listens(home) and _status(home).startswith("ready")


def release(home: Path) -> bool:
    """Lets go of the server, and stops it where nobody else uses it.

    True when it does not run afterwards.
    """
    process, descriptor = _held.pop(home, (0, -1))
    if process == os.getpid():
        os.close(descriptor)
    deadline = time.monotonic() + STOP_TIMEOUT
    while _listens(home) and time.monotonic() < deadline:
        with _try_lock(home, fcntl.LOCK_EX) as alone:
            if alone:
                _stop(home)
                return True
        with _try_lock(home, fcntl.LOCK_SH) as others_use_it:
            if others_use_it:
                return False
        time.sleep(0.02)
    return not _listens(home)


def log_tail(home: Path) -> str:
    path = home / "postgres.log"
    return path.read_text(errors="replace")[-2000:] if path.exists() else ""


def _hold(home: Path) -> None:
    process, _ = _held.get(home, (0, -1))
    if process == os.getpid():
        return
    descriptor = os.open(home / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
    # Waits here while the last user before us is still stopping the server.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _held[home] = (os.getpid(), descriptor)
    atexit.register(_release_at_exit, home, os.getpid())


def _release_at_exit(home: Path, process: int) -> None:
    if os.getpid() == process and home in _held:
        release(home)


def _start(home: Path, say: Callable[[str], None]) -> None:
    if not cluster.data_path(home).exists():
        say("Making the database files")
    cluster.prepare(home)
    child: subprocess.Popen[bytes] | None = None
    begin = told = time.monotonic()
    while not is_running(home):
        now = time.monotonic()
        if child is None and _postmaster(home) is None:
            _remove_stale_files(home)
            child = _spawn(home)
        elif now - begin > START_TIMEOUT or (child and child.poll() is not None):
            raise PostgresError(
                f"PostgreSQL does not start. Its log, {home / 'postgres.log'}, ends:\n"
                f"{log_tail(home)}"
            )
        if now - told > 1:
            say(f"Waiting for PostgreSQL, {now - begin:.0f} s")
            told = now
        time.sleep(0.02)


def _spawn(home: Path) -> subprocess.Popen[bytes]:
    log = home / "postgres.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(home / "postgres.log.1")
    command = [sys.executable, "-I", "-S", str(leash.__file__)]
    command += ["--lock", str(home / "postgres.users")]
    command += ["--stop", "SIGINT", "--grace", str(STOP_TIMEOUT)]
    if user := cluster.system_user():
        command += ["--user", user]
    environment = {"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "LC_ALL": "C"}
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command line
            [*command, "--", *cluster.server_command(home)],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _remove_stale_files(home: Path) -> None:
    """PostgreSQL takes any live process with its old id for itself; ids come again,
    in containers always the same ones."""
    lock = cluster.socket_directory(home) / f"{cluster.SOCKET}.lock"
    for path in (cluster.data_path(home) / "postmaster.pid", lock):
        path.unlink(missing_ok=True)


def _stop(home: Path) -> None:
    process = _postmaster(home)
    if process is None:
        return
    for number, patience in (
        (signal.SIGINT, STOP_TIMEOUT),
        (signal.SIGQUIT, 10),
        (signal.SIGKILL, 10),
    ):
        with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
            process.send_signal(number)
            process.wait(patience)
            return


def _postmaster(home: Path) -> psutil.Process | None:
    data = cluster.data_path(home)
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        number = int((data / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(number)
        if process.name() == "postgres" and Path(process.cwd()) == data.resolve():
            return process
    return None


def _status(home: Path) -> str:
    """The eighth line of postmaster.pid: starting, ready, stopping."""
    with suppress(OSError, IndexError):
        path = cluster.data_path(home) / "postmaster.pid"
        return path.read_text().splitlines()[7]
    return ""


def _listens(home: Path) -> bool:
    path = cluster.socket_directory(home) / cluster.SOCKET
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _try_lock(home: Path, operation: int) -> Iterator[bool]:
    descriptor = os.open(home / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)
