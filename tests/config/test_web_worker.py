"""Which process takes a new connection."""

from __future__ import annotations

import errno
import time
from types import SimpleNamespace

import pytest

from config.web_worker import LONGEST, Worker


def waits(monkeypatch: pytest.MonkeyPatch, connections: int) -> float:
    """Seconds that a process with so many connections leaves to the others."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    worker = Worker.__new__(Worker)
    worker.nr_conns = connections

    def taken_by_another() -> None:
        raise BlockingIOError(errno.EAGAIN, "nothing is left to take")

    worker.accept(SimpleNamespace(accept=taken_by_another))
    assert worker.nr_conns == connections
    [seconds] = waited
    return seconds


def test_the_process_with_the_fewest_connections_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert waits(monkeypatch, 0) == 0
    assert 0 < waits(monkeypatch, 15) < waits(monkeypatch, 35)


def test_nobody_waits_long_for_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waits(monkeypatch, 10_000) == LONGEST
