"""What becomes of broken, encrypted and oversized files: a table of outcomes.

    python -m benchmarks.hostile FOLDER [--runner steps|process] [--list]

"steps" calls the reading steps one after the other; "process" calls `manage.py process
--json` for all files. Peak memory is that of all processes of the run together, taken
five times a second; where processes share pages these count for each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading_steps import read_document

MOST_SECONDS = 30  # a file
MOST_MEBIBYTES = 1536
_DEEPEST = 6  # generations of processes


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file: an outcome, a reason, and how long it took."""

    path: Path
    outcome: str
    reason: str
    seconds: float


Runner = Callable[[list[Path]], Iterator[Fate]]


def by_steps(paths: list[Path]) -> Iterator[Fate]:
    for path in paths:
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            reading = read_document(path, Path(folder))
        seconds = time.perf_counter() - started
        yield Fate(path, reading.outcome, reading.reason, seconds)


class PeakMemory(threading.Thread):
    """Watches the resident memory of this process and all that come from it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mebibytes = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.2):
            self.mebibytes = max(self.mebibytes, _family_memory())

    def stop(self) -> None:
        self._done.set()
        self.join()


def _family_memory() -> float:
    """Resident mebibytes of this process and its descendants, by the ps command."""
    listed = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid=,rss="],
        capture_output=True,
        check=True,
        text=True,
    )
    rows = [
        [int(figure) for figure in line.split()] for line in listed.stdout.splitlines()
    ]
    ours = {os.getpid()}
    for _ in range(_DEEPEST):
        ours |= {pid for pid, parent, _ in rows if parent in ours}
    return sum(memory for pid, _, memory in rows if pid in ours) / 1024


def by_process_command(paths: list[Path]) -> Iterator[Fate]:
    """The whole pipeline; a file that it says nothing of has crashed."""
    process = [sys.executable, "manage.py", "process", "--json", "--fresh"]
    command = [*process, *map(str, paths)]
    missing = {str(path): path for path in paths}
    before = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None  # noqa: S101 - narrows the type
        for line in running.stdout:
            told = json.loads(line)
            path = missing.pop(told["path"], Path(told["path"]))
            now = time.perf_counter()
            reason = told.get("reason") or told.get("error") or ""
            yield Fate(path, told["disposition"] or "none", str(reason), now - before)
            before = now
    for path in missing.values():
        yield Fate(path, "crashed", "", 0.0)


RUNNERS: dict[str, Runner] = {"steps": by_steps, "process": by_process_command}


def main() -> int:
    options = _options()
    paths = sorted(path for path in options.folder.iterdir() if path.is_file())
    memory = PeakMemory()
    memory.start()
    fates = []
    for fate in RUNNERS[options.runner](paths):
        fates.append(fate)
        if options.list:
            told = f"{fate.outcome:8} {fate.reason:28}"
            print(f"{fate.seconds:6.2f} s  {told} {fate.path.name}", flush=True)
    memory.stop()
    _print_table(fates, memory.mebibytes)
    slow = any(fate.seconds > MOST_SECONDS for fate in fates)
    crashed = any(fate.outcome == "crashed" for fate in fates)
    return int(slow or crashed or memory.mebibytes > MOST_MEBIBYTES)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runner", choices=RUNNERS, default="steps")
    parser.add_argument("--list", action="store_true", help="a line for each file")
    return parser.parse_args()


def _print_table(fates: list[Fate], mebibytes: float) -> None:
    counts = Counter((fate.outcome, fate.reason) for fate in fates)
    for (outcome, reason), count in sorted(counts.items()):
        print(f"{count:5}  {outcome:10} {reason}")
    slowest = max(fates, key=lambda fate: fate.seconds)
    print(f"files        {len(fates)}")
    print(f"slowest      {slowest.seconds:.1f} s ({slowest.path.name})")
    print(f"all          {sum(fate.seconds for fate in fates):.1f} s")
    print(f"peak memory  {mebibytes:.0f} MiB")


if __name__ == "__main__":
    sys.exit(main())
