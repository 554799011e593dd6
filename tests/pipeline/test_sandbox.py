from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline.sandbox import (
    Limits,
    SandboxCrashed,
    SandboxError,
    SandboxMemory,
    SandboxTimeout,
    run_limited,
)
from pipeline.sandbox.supervisor import resident_memory_mb

JOBS = "tests.pipeline.sandbox_jobs"
REPOSITORY = Path(__file__).resolve().parents[2]


def call(name: str, limits: Limits | None = None, **arguments: Any) -> Any:
    return run_limited(f"{JOBS}.{name}", arguments, limits=limits)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and ") Z " in state.read_text())


def gone_within(pid: int, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < ends:
        time.sleep(0.02)
    return not alive(pid)


def test_gives_the_result() -> None:
    assert call("add", first=2, second=3) == 5


def test_a_large_result_comes_whole() -> None:
    assert len(call("large", characters=3_000_000)) == 3_000_000


def test_many_threads_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        sums = pool.map(lambda n: call("add", first=n, second=n), range(24))
        assert list(sums) == [2 * n for n in range(24)]


def test_time_runs_out_and_the_whole_group_ends(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    started = time.monotonic()
    with pytest.raises(SandboxTimeout):
        call("sleep_with_a_child", Limits(seconds=0.5), pid_file=str(pid_file))
    assert time.monotonic() - started < 3
    for pid in map(int, pid_file.read_text().split()):
        assert gone_within(pid, 2)


def test_children_left_behind_are_ended(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    assert call("leave_a_child", pid_file=str(pid_file)) == "done"
    assert gone_within(int(pid_file.read_text()), 2)


def test_processor_time_runs_out() -> None:
    with pytest.raises(SandboxTimeout):
        call("spin", Limits(seconds=10, cpu_seconds=1))


def test_too_much_memory() -> None:
    assert call("take_memory", mebibytes=50) == 50 * 1024 * 1024
    with pytest.raises(SandboxMemory):
        call("take_memory", Limits(memory_mb=512), mebibytes=600)


def test_memory_of_a_group_is_seen() -> None:
    assert resident_memory_mb(os.getpgrp()) > 10


def test_a_crash_has_its_signal() -> None:
    with pytest.raises(SandboxCrashed) as caught:
        call("crash")
    assert caught.value.signal == signal.SIGSEGV


def test_an_early_end_is_a_crash() -> None:
    with pytest.raises(SandboxCrashed):
        call("exit_early")
    assert call("add", first=1, second=1) == 2


def test_an_exception_tells_its_kind_and_reason_only() -> None:
    with pytest.raises(SandboxError) as caught:
        call("tell")
    assert (caught.value.exception, caught.value.reason) == ("TellingError", "broken")
    assert "secret" not in str(caught.value)


def test_files_are_bounded(tmp_path: Path) -> None:
    call("write", Limits(file_mb=2), path=str(tmp_path / "small"), mebibytes=1)
    with pytest.raises(SandboxError):
        call("write", Limits(file_mb=2), path=str(tmp_path / "large"), mebibytes=3)


def test_no_core_dump_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("core_limit") == 0
    assert "DJANGO_SETTINGS_MODULE" in os.environ
    assert "DJANGO_SETTINGS_MODULE" not in call("environment")


@pytest.mark.skipif(sys.platform != "linux", reason="finds the helper by /proc")
def test_a_killed_helper_is_replaced() -> None:
    with pytest.raises(SandboxCrashed):
        call("kill_helper")
    assert call("add", first=4, second=5) == 9


def _add_in_a_worker(results: multiprocessing.Queue[int]) -> None:
    results.put(call("add", first=20, second=1))


def test_works_in_daemonic_workers_of_a_process_that_used_it() -> None:
    assert call("add", first=0, second=0) == 0
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[int] = context.Queue()
    worker = context.Process(target=_add_in_a_worker, args=(results,), daemon=True)
    worker.start()
    assert results.get(timeout=10) == 21
    worker.join(5)
    assert call("add", first=3, second=3) == 6


def test_the_helper_ends_with_a_killed_parent(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    program = (
        "from pipeline.sandbox import run_limited;"
        f"run_limited('{JOBS}.sleep_with_a_child', {{'pid_file': {str(pid_file)!r}}})"
    )
    parent = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], cwd=REPOSITORY
    )
    ends = time.monotonic() + 10
    while not (pid_file.exists() and " " in pid_file.read_text()):
        assert time.monotonic() < ends
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    for pid in map(int, pid_file.read_text().split()):
        assert gone_within(pid, 5)
