"""The web server's process, which shares connections fairly with those beside it."""

from __future__ import annotations

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# How long a process leaves a new connection to the others, for each that it has.
PAUSE = 0.0005
LONGEST = 0.02


class Worker(ThreadWorker):
    """Of all that wake for a new connection, the one with the fewest takes it.

    A browser keeps its connection. Taken by whoever happens to be first, 35 people had
    come to share one process and 15 the other, and waited twice as long.
    """

    def accept(self, *listener: Any) -> None:
        time.sleep(min(self.nr_conns * PAUSE, LONGEST))
        # Where another was first there is nothing left to take, which is no error.
        super().accept(*listener)
