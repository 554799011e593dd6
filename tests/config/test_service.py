from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config import service
from config.instance import CannotStart, Instance, check_port
from config.service import Service, end_marked
from tests.config.processes import first_line, run_python, wait_until

CHILD = "sleep 61 & echo $! > child; sleep 62"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[int]:
    """The lock that a supervisor holds."""
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield descriptor
    os.close(descriptor)


def shell(folder: Path, line: str) -> Service:
    command = ["sh", "-c", f"cd {folder}; {line}"]
    return Service(
        name="shell", command=command, lock=folder / "lock", token=folder.as_posix()
    )


def child_of(folder: Path) -> psutil.Process:
    file = folder / "child"
    assert wait_until(lambda: file.exists() and file.read_text() != "")
    return psutil.Process(int(file.read_text()))


def has_ended(process: psutil.Process) -> bool:
    return not service.is_running(process)


@pytest.mark.usefixtures("held")
def test_stop_ends_what_the_command_started(tmp_path: Path) -> None:
    one = shell(tmp_path, CHILD)
    one.start()
    child = child_of(tmp_path)
    one.stop()
    one.wait(time.monotonic() + 10)
    assert wait_until(lambda: has_ended(child))


def test_death_of_the_supervisor_ends_everything(tmp_path: Path, held: int) -> None:
    process = shell(tmp_path, CHILD).start()
    child = child_of(tmp_path)
    fcntl.flock(held, fcntl.LOCK_UN)
    process.wait(timeout=10)
    assert wait_until(lambda: has_ended(child))


@pytest.mark.usefixtures("held")
def test_killed_leash_takes_its_command_along(tmp_path: Path) -> None:
    one = shell(tmp_path, CHILD)
    process = one.start()
    child = child_of(tmp_path)
    process.kill()
    process.wait()
    assert "ended" in (one.watch() or "")
    assert wait_until(lambda: has_ended(child))


@pytest.mark.usefixtures("held")
def test_what_dies_early_is_restarted_ever_later(tmp_path: Path) -> None:
    one = shell(tmp_path, "exit 3")
    waits = []
    for _ in range(6):
        process = one.start()
        process.wait()
        assert "status 3" in (one.watch() or "")
        waits.append(round(one.next_start - time.monotonic()))
        assert one.process is None
    assert waits == [1, 2, 4, 8, 15, 15]


@pytest.mark.usefixtures("held")
def test_death_of_a_worker_restarts_its_cluster(tmp_path: Path) -> None:
    one = shell(tmp_path, CHILD)
    one.fragile_depth = 2
    one.start()
    child = child_of(tmp_path)
    assert wait_until(lambda: one.watch() is None and child in one.kin)
    child.kill()
    assert wait_until(lambda: "starts again" in (one.watch() or ""))
    one.wait(time.monotonic() + 10)


def test_only_marked_processes_are_ended() -> None:
    sleep = "print('up', flush=True); import time; time.sleep(60)"
    with (
        run_python(sleep, environment={service.MARK: "one:web"}) as marked,
        run_python(sleep, environment={service.MARK: "two:web"}) as other,
    ):
        assert first_line(marked) == first_line(other) == "up\n"
        assert end_marked("one") == 1
        assert wait_until(lambda: marked.poll() is not None)
        assert other.poll() is None
        other.kill()


def test_a_home_has_one_server(tmp_path: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from config.instance import *;"
        "Instance(Path(sys.argv[1]), 'here:1').take(print); print('up', flush=True);"
        "time.sleep(60)"
    )
    with run_python(holder, str(tmp_path)) as other:
        assert first_line(other) == "up\n"
        with pytest.raises(CannotStart, match="runs already: http://here:1/"):
            Instance(tmp_path, "there:2").take(print)
        other.kill()
    lines: list[str] = []
    Instance(tmp_path, "there:2").take(lines.append)
    assert any("did not stop in order" in line for line in lines)


def test_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"127.0.0.1:{port}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)
