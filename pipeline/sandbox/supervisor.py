"""One call: a supervisor that never touches the bytes, and a worker that does.

The supervisor keeps the worker's time, ends its whole process group, and answers the
client. Both end with os._exit, for they are forks of the helper process.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Any, NoReturn

from pipeline.sandbox import frames
from pipeline.sandbox.limits import Limits, apply_to_this_process
from pipeline.sandbox.work import work

_MEMORY_EVERY = 0.25  # seconds between looks where the kernel keeps no limit


def supervise(call: socket.socket) -> NoReturn:
    """Run the call that comes over the socket, answer, and end this process."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        request = frames.receive(call.recv)
        if request is not None:
            answer = _run(call, request)
            with contextlib.suppress(OSError):
                call.sendall(frames.encode(answer))
            status = 0
    finally:
        os._exit(status)


def _run(call: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        call.close()
        os.close(reading)
        _become_worker(request, limits, writing)
    os.close(writing)
    with contextlib.suppress(OSError):
        os.setpgid(worker, worker)  # both sides do, whichever comes first
    ending, data = _watch(call, worker, reading, limits)
    with contextlib.suppress(OSError):
        os.killpg(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    return _answer(ending, data, status)


def _become_worker(request: dict[str, Any], limits: Limits, writing: int) -> NoReturn:
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    for descriptor in (0, 1, 2):
        os.dup2(_null(), descriptor)
    apply_to_this_process(limits)
    work(request["function"], request["arguments"], writing)


def _null() -> int:
    return os.open(os.devnull, os.O_RDWR)


def _watch(
    call: socket.socket, worker: int, reading: int, limits: Limits
) -> tuple[str, bytes]:
    """How it ended ("done", "timeout", "memory", "unwanted") and what was answered."""
    ends = time.monotonic() + limits.seconds
    watch_memory = sys.platform == "darwin"
    data = bytearray()
    while (left := ends - time.monotonic()) > 0:
        wait = min(left, _MEMORY_EVERY) if watch_memory else left
        ready, _, _ = select.select([reading, call.fileno()], [], [], wait)
        if call.fileno() in ready:
            return "unwanted", b""
        if reading in ready:
            part = os.read(reading, 1 << 20)
            if not part or len(data) > frames.LARGEST:
                return "done", bytes(data)
            data += part
        if watch_memory and resident_memory_mb(worker) > limits.memory_mb:
            return "memory", b""
    return "timeout", b""


def resident_memory_mb(group: int) -> float:
    """Resident memory of all processes of a process group, by the ps command."""
    listed = subprocess.run(
        ["/bin/ps", "-A", "-o", "pgid=,rss="],
        capture_output=True,
        check=False,
        text=True,
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return sum(int(rss) for pgid, rss in rows if int(pgid) == group) / 1024


def _answer(ending: str, data: bytes, status: int) -> dict[str, Any]:
    if ending != "done":
        return {"failure": ending}
    with contextlib.suppress(ValueError):
        answer = frames.decode(data)
        if isinstance(answer, dict):
            return answer
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGXCPU, signal.SIGALRM):
        return {"failure": "timeout"}
    if number == signal.SIGKILL:  # not by us: the kernel was short of memory
        return {"failure": "memory"}
    return {"failure": "crashed", "signal": number}
