"""How fast a reprocess is, what its machinery costs, and what the memo saves.

    python -m benchmarks.reprocess [FOLDER] [--files 12] [--workers 1 2 4]

Without a folder the demo's documents are drawn and read. In an empty installation of
its own:
* memo: a version that differs in a parameter of the extraction alone, released from a
  draft, and one that differs in every step, so that each look-up misses: steps, seconds
  of steps, cost, and the calls of the OCR engine, counted;
* overhead: what an item takes in a dispatcher beside reading and comparing;
* workers: items a minute by the batch queue's own cluster with 1, 2 and 4 workers, from
  the first item that ended to the last, and the greatest number of rows in the queue:
  those of the reprocess, of those of all (daily tasks, of which many are due at first).
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks.memo import KINDS, drawn, set_up

if TYPE_CHECKING:
    from pipeline.models import PipelineVersion, Reprocess

LONGEST = 3600.0


def released(number: str, *steps: str) -> PipelineVersion:
    """From a draft of the active version, with one parameter more in these steps."""
    from django.contrib.auth.models import User

    from pipeline import versions
    from pipeline.services import active_version

    person, _ = User.objects.get_or_create(username="benchmark")
    draft = versions.draft_from(base=active_version(), created_by=person)
    for entry in draft.manifest["steps"]:
        if not steps or entry["step"] in steps:
            entry["params"]["benchmark"] = number
    draft.save()
    return versions.release(version=draft)


def begin(version: PipelineVersion, *, enqueue: bool) -> Reprocess:
    from pipeline import reprocessing
    from pipeline.models import Stage

    return reprocessing.start(
        version=version,
        selection=reprocessing.Selection(),
        plan=reprocessing.Plan(until_stage=Stage.ALL),
        enqueue=enqueue,
    )


@contextmanager
def counted(path: str, spent: list[float]) -> Iterator[None]:
    """Seconds of each call of what is named."""
    original = pkgutil.resolve_name(path)

    def call(*args: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return original(*args, **options)
        finally:
            spent.append(time.perf_counter() - started)

    with mock.patch(path, call):
        yield


READ = "pipeline.work.execute_run"
COMPARE = "pipeline.reprocessing.working.compare_generations"
OCR = "pipeline.engines.rapidocr.RapidOcrEngine.read_as_it_lies"
OCR_PLAIN = "pipeline.engines.rapidocr.RapidOcrEngine.read"


def here(version: PipelineVersion) -> dict[str, Any]:
    """A whole reprocess in this process: its sums, seconds, and calls."""
    from pipeline.models import ReprocessItem
    from pipeline.reprocessing.dispatching import work_for

    reprocess = begin(version, enqueue=False)
    spent: dict[str, list[float]] = {
        name: [] for name in (READ, COMPARE, OCR, OCR_PLAIN)
    }
    started = time.perf_counter()
    with (
        counted(READ, spent[READ]),
        counted(COMPARE, spent[COMPARE]),
        counted(OCR, spent[OCR]),
        counted(OCR_PLAIN, spent[OCR_PLAIN]),
    ):
        while work_for(seconds=50):
            pass
    seconds = time.perf_counter() - started
    items = ReprocessItem.objects.filter(reprocess=reprocess)
    totals = items.totals()
    return {
        **totals,
        "items": totals["states"].get("done", 0),
        "seconds": seconds,
        "read": sum(spent[READ]),
        "compare": sum(spent[COMPARE]),
        "calls": len(spent[OCR]) + len(spent[OCR_PLAIN]),
    }


def memo_and_overhead() -> None:
    arms = {
        "extraction differs": here(released("1", "extract")),
        "everything differs": here(released("2")),
        "disposition differs": here(released("3", "disposition")),
    }
    whole = arms["everything differs"]
    print(
        f"{'':<22}{'items':>7}{'run':>7}{'spared':>8}{'OCR calls':>11}"
        f"{'s of steps':>12}{'share':>8}{'USD':>8}"
    )
    for name, arm in arms.items():
        print(
            f"{name:<22}{arm['items']:>7}{arm['steps_run']:>7}{arm['steps_spared']:>8}"
            f"{arm['calls']:>11}{arm['ms'] / 1000:>12.2f}"
            f"{arm['ms'] / max(whole['ms'], 1):>8.3f}{arm['micro_usd'] / 1e6:>8.2f}"
        )
    print(f"\n{'ms an item':<22}{'all':>8}{'reading':>9}{'comparing':>11}{'beside':>8}")
    for name, arm in arms.items():
        beside = arm["seconds"] - arm["read"] - arm["compare"]
        parts = (arm["seconds"], arm["read"], arm["compare"], beside)
        each = [part / max(arm["items"], 1) * 1000 for part in parts]
        print(
            f"{name:<22}{each[0]:>8.1f}{each[1]:>9.1f}{each[2]:>11.1f}{each[3]:>8.1f}"
        )


def by_cluster(version: PipelineVersion, workers: int) -> tuple[float, str, int]:
    """Items a minute, the greatest number of rows in the queue, items done."""
    from django_q.models import OrmQ

    from pipeline import queue
    from pipeline.models import ReprocessItem
    from pipeline.reprocessing.verbs import settle
    from pipeline.reprocessing.waking import DISPATCHER

    with mock.patch.dict(batch_settings(), {"workers": workers}):
        reprocess = begin(version, enqueue=True)
    environment = {
        **os.environ,
        "Q_CLUSTER_NAME": "batch",
        "BATCH_WORKERS": str(workers),
        "PALIMPSEST_OCR_THREADS": "1",
    }
    most, most_of_all, ends = 0, 0, time.monotonic() + LONGEST
    cluster = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while reprocess.state == "running" and time.monotonic() < ends:
            most = max(most, queue.rows_of(DISPATCHER, lane="batch").all)
            every = OrmQ.objects.filter(key="batch").count()
            most_of_all = max(most_of_all, every)
            time.sleep(0.05)
            reprocess.refresh_from_db()
    finally:
        cluster.send_signal(signal.SIGTERM)
        cluster.wait(60)
    settle(reprocess=reprocess)
    done = ReprocessItem.objects.filter(reprocess=reprocess, state="done")
    times = sorted(item.finished_at for item in done if item.finished_at)
    seconds = (times[-1] - times[0]).total_seconds() if len(times) > 1 else 0.0
    rate = (len(times) - 1) / seconds * 60 if seconds else 0.0
    return rate, f"{most} of {most_of_all}", len(times)


def batch_settings() -> dict[str, Any]:
    from django.conf import settings

    found: dict[str, Any] = settings.Q_CLUSTER["ALT_CLUSTERS"]["batch"]
    return found


def throughput(counts: list[int]) -> None:
    arms: dict[str, Callable[[int], PipelineVersion]] = {
        "everything differs": lambda n: released(f"4{n}"),
        "extraction differs": lambda n: released(f"5{n}", "extract"),
    }
    print(f"\n{'':<22}{'workers':>8}{'items/min':>11}{'rows in queue':>15}{'items':>7}")
    for name, version in arms.items():
        for workers in counts:
            rate, rows, items = by_cluster(version(workers), workers)
            print(
                f"{name:<22}{workers:>8}{rate:>11.1f}{rows:>15}{items:>7}", flush=True
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="palimpsest-bench-", ignore_cleanup_errors=True
    ) as home:
        set_up(home)
        try:
            measure(Path(home), options)
        finally:
            from config import postgres

            postgres.release(Path(home))


def measure(home: Path, options: argparse.Namespace) -> None:
    from django.core.management import call_command

    from catalog.models import Tenant
    from pipeline.foreground import Job, process_files
    from pipeline.services import active_version

    call_command("ensure_pipeline", verbosity=0)
    if options.folder:
        found = sorted(options.folder.rglob("*"))
        paths = [path for path in found if path.suffix.lower() in KINDS]
    else:
        paths = drawn(home / "documents")
    # Pictures first: what a PDF says itself needs no OCR.
    paths.sort(key=lambda path: path.suffix.lower() == ".pdf")
    Tenant.objects.create(slug="measured", name="measured")
    version = str(active_version())
    jobs = [Job(path, "measured", version) for path in paths[: options.files]]
    rows = list(process_files(jobs))
    rejected = sum(row["disposition"] == "rejected" for row in rows)
    print(f"{len(rows)} documents, {rejected} refused, {os.cpu_count()} cores\n")
    memo_and_overhead()
    throughput(options.workers)


if __name__ == "__main__":
    main()
