"""The helper process: loads the reading code once, then forks for each call.

Started by the client as `python -m pipeline.sandbox.zygote FD MODULE...`. It holds
no secrets (the client gives it a bare environment) and ends when its socket closes.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys

from pipeline.sandbox.supervisor import supervise

_LOOK_FOR_PARENT_EVERY = 2.0  # seconds


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    parent = os.getppid()
    for module in sys.argv[2:]:
        importlib.import_module(module)
    # Forked children then leave these pages alone, so that they stay shared.
    gc.freeze()
    # Children need no reaping: a supervisor's end is seen on its socket.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while os.getppid() == parent:
        ready, _, _ = select.select([control], [], [], _LOOK_FOR_PARENT_EVERY)
        if ready and not _serve(control):
            break


def _serve(control: socket.socket) -> bool:
    """Take one call and fork for it; False when the client is gone."""
    message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if not message:
        return False
    for descriptor in descriptors:
        with socket.socket(fileno=descriptor) as call:
            if os.fork() == 0:
                control.close()
                supervise(call)
    return True


if __name__ == "__main__":
    main()
