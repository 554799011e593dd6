"""A trial at work in a thread, told as it goes on, and given up when it takes long."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from django.db import connections

from pipeline.trying.trial import Trial, TrialRefused

log = structlog.get_logger()

LONGEST_SECONDS = 120
BEAT = 1.0  # seconds between signs of life
AT_ONCE = 2
BUSY = "Others are trying a version at this moment: try again in a minute."
TOO_LONG = (
    f"It took longer than {LONGEST_SECONDS} seconds: try a shorter document, or"
    " reprocess a sample, which has the time."
)
DEFECT = "A step broke off by a defect of ours: tell whoever runs this."
_trying = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that begins, or None for a sign of life."""

    name: str | None


Said = Step | Trial | TrialRefused


def watched(
    attempt: Callable[[Callable[[str], None]], Trial],
    *,
    longest: float = LONGEST_SECONDS,
) -> Iterator[Said]:
    """Steps as they begin, then the trial, or why there is none.

    attempt: makes the trial, and calls what it is given when a step begins. Where
    nobody reads on, the thread ends at the next step, or by the step's own limits.
    """
    if not _trying.acquire(blocking=False):
        yield TrialRefused(BUSY)
        return
    told: queue.SimpleQueue[Said] = queue.SimpleQueue()
    gone = threading.Event()
    thread = threading.Thread(target=_tried, args=(attempt, told, gone), daemon=True)
    thread.start()
    ends = time.monotonic() + longest
    try:
        while True:
            try:
                said = told.get(timeout=BEAT)
            except queue.Empty:
                said = Step(None)
            if isinstance(said, Step) and time.monotonic() > ends:
                said = TrialRefused(TOO_LONG)
            yield said
            if not isinstance(said, Step):
                return
    finally:
        gone.set()


class _NobodyWaits(Exception):
    """The page was closed, or the time is up."""


def _tried(
    attempt: Callable[[Callable[[str], None]], Trial],
    told: queue.SimpleQueue[Said],
    gone: threading.Event,
) -> None:
    def announce(step: str) -> None:
        if gone.is_set():
            raise _NobodyWaits
        told.put(Step(step))

    try:
        told.put(attempt(announce))
    except TrialRefused as refused:
        told.put(refused)
    except _NobodyWaits:
        log.info("trial_given_up")
    except Exception as error:
        # By class: its message may quote the document.
        log.error("trial_defect", error=type(error).__name__)
        told.put(TrialRefused(DEFECT))
    finally:
        _trying.release()
        connections.close_all()
