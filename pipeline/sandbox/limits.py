"""The limits of one call, and how a process puts them on itself."""

from __future__ import annotations

import resource
import signal
import sys
from dataclasses import asdict, dataclass

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """memory_mb bounds the address space of each process of the call (on macOS, which
    does not keep that limit, the resident memory of all of them together); seconds is
    wall time; cpu_seconds counts for each process; file_mb bounds each written file.
    """

    memory_mb: int = 768
    seconds: float = 20.0
    cpu_seconds: int = 20
    file_mb: int = 256

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def apply_to_this_process(limits: Limits) -> None:
    """For a child about to work on untrusted bytes: there is no way back."""
    _bound(resource.RLIMIT_CORE, 0)
    # The soft limit's signal tells more than the hard one's, which kills.
    _bound(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    _bound(resource.RLIMIT_FSIZE, limits.file_mb * _MEBIBYTE)
    if sys.platform != "darwin":
        _bound(resource.RLIMIT_AS, limits.memory_mb * _MEBIBYTE)
    # Should the supervisor be killed, nobody else would end this process in time.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + 2)


def _bound(kind: int, soft: int, hard: int | None = None) -> None:
    hard = soft if hard is None else hard
    _, highest = resource.getrlimit(kind)
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(kind, (soft, hard))
