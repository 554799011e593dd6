"""The caller's side: one helper process for each process, shared by its threads."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from pipeline.sandbox import frames
from pipeline.sandbox.errors import (
    SandboxCrashed,
    SandboxError,
    SandboxFailure,
    SandboxMemory,
    SandboxTimeout,
)
from pipeline.sandbox.limits import Limits

_HELPER = "pipeline.sandbox.zygote"
# Loaded before the first call, so that no call pays for importing them.
_PRELOADED = ("pipeline.reading.jobs",)
_ROOT = Path(__file__).resolve().parents[2]
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ")
_GRACE = 10.0  # seconds for the helper's own start and for ending the child


def run_limited(
    function: str, arguments: dict[str, Any], *, limits: Limits | None = None
) -> Any:
    """Call a function, named by its dotted path, with JSON-able arguments in a child
    process; gives its JSON-able result.

    Raises SandboxTimeout, SandboxMemory, SandboxCrashed, or SandboxError when the
    function raised. May be called from any thread and from daemonic processes.
    """
    chosen = limits or Limits()
    request = {
        "function": function,
        "arguments": arguments,
        "limits": chosen.as_json(),
    }
    answer = _helper.call(frames.encode(request), chosen.seconds + _GRACE)
    if answer is None:  # the helper was killed: one new one, once
        answer = _helper.call(frames.encode(request), chosen.seconds + _GRACE)
    if answer is None:
        raise SandboxCrashed(0)
    if "failure" in answer:
        raise _failure(answer)
    return answer["result"]


def _failure(answer: dict[str, Any]) -> SandboxFailure:
    match answer["failure"]:
        case "timeout":
            return SandboxTimeout()
        case "memory":
            return SandboxMemory()
        case "error":
            return SandboxError(answer["exception"], answer["reason"])
        case _:
            return SandboxCrashed(int(answer.get("signal", 0)))


class _Helper:
    """The helper process of this process; started when first needed."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._calls: set[socket.socket] = set()

    def call(self, request: bytes, seconds: float) -> Any:
        """The answer, or None if the helper died before it could give one."""
        ours, theirs = socket.socketpair()
        self._calls.add(ours)
        try:
            with theirs:
                self._hand_over(theirs)
            ours.settimeout(seconds)
            ours.sendall(request)
            return frames.receive(ours.recv)
        except TimeoutError:
            raise SandboxTimeout from None
        except OSError:
            return None
        finally:
            self._calls.discard(ours)
            ours.close()

    def _hand_over(self, theirs: socket.socket) -> None:
        with self._lock:
            control = self._running()
            try:
                socket.send_fds(control, [b"."], [theirs.fileno()])
            except OSError:
                control = self._start()
                socket.send_fds(control, [b"."], [theirs.fileno()])

    def _running(self) -> socket.socket:
        alive = self._process is not None and self._process.poll() is None
        return self._control if alive and self._control else self._start()

    def _start(self) -> socket.socket:
        if self._control:
            self._control.close()
        self._control, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", _HELPER, str(number), *_PRELOADED],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_bare_environment(),
                pass_fds=[number],
                start_new_session=True,  # Ctrl-C is for us; it ends when we do
            )
        return self._control

    def after_fork(self) -> None:
        """In a forked child: the parent's helper is not ours, and its sockets must
        not be kept open here, or the helper would outlive the parent.
        """
        for inherited in (self._control, *self._calls):
            if inherited is not None:
                inherited.close()
        if self._process is not None:
            self._process.returncode = 0  # not our child: never waited for here
        self._forget()


def _bare_environment() -> dict[str, str]:
    """No secrets: passwords and keys of this process stay here."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **one_thread, "PYTHONPATH": str(_ROOT)}


_helper = _Helper()
os.register_at_fork(after_in_child=_helper.after_fork)
