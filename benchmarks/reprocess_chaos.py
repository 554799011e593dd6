"""kill -9 of workers at random moments of a reprocess: is anything lost or done twice?

    python -m benchmarks.reprocess_chaos [--items 1000] [--kills 200] [--workers 4]

In an empty installation of its own, with a PostgreSQL that syncs to disk, small
pictures are read by a version and then reprocessed by one that changes the OCR engine,
which is one that writes down each call. Worker processes do what the queue's
dispatchers do; one after the other is killed at a random moment and replaced. Then
every promise is held against the database: a table, of which a line with "!" must be 0.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.models import Reprocess

# A kill waits for the next sign of work, at most so long, and then up to LONGEST_PAUSE.
PATIENCE = 90.0
LONGEST_PAUSE = 1.5
# Without an item that ends: leases of a minute, twice (of the item and of its run), and
# pauses after failures.
SETTLED_AFTER = 600.0


def set_up(home: Path, *, name: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "benchmarks.chaos_settings",
        "PALIMPSEST_HOME": str(home),
        "PALIMPSEST_ENV_FILE": os.devnull,
        "PALIMPSEST_POSTGRES_OPTIONS": "",
        "PALIMPSEST_CALLS": str(home / "calls.txt"),
        "PALIMPSEST_OCR_NAME": name,
    }
    os.environ.pop("DATABASE_URL", None)
    import django

    from config import postgres

    postgres.ensure_running(home)
    django.setup()
    from pipeline.worker_setup import be_quiet

    be_quiet()


def picture(number: int) -> bytes:
    import io

    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=36)
    for line in range(12):
        draw.text((80, 80 + 80 * line), f"Receipt {number} line {line}", "black", font)
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def prepare(home: Path, items: int) -> None:
    """In a process of its own: the first version reads all of them."""
    set_up(home, name="1")
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("ensure_pipeline", verbosity=0)
    import io

    from catalog.models import Tenant
    from pipeline.foreground import process
    from pipeline.services import active_version

    tenant = Tenant.objects.create(slug="chaos", name="Chaos")
    version = active_version()
    for number in range(items):
        run = process(
            tenant=tenant,
            version=version,
            stream=io.BytesIO(picture(number)),
            name=f"{number}.png",
        )
        if run.disposition == "rejected" or run.state != "finished":
            raise SystemExit(f"the corpus is not read: {run.reason}")
    (home / "calls.txt").unlink()


def work_until_told(home: Path) -> None:
    """A worker: what a dispatcher does, again and again."""
    set_up(home, name="2")
    from pipeline.reprocessing.dispatching import settle_all, work_for

    while True:
        if not work_for(seconds=50):
            time.sleep(0.2)
            settle_all()


@dataclass
class Storm:
    """in_flight: killed workers that had a call to show for and no run stored yet."""

    home: Path
    seed: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: int = 0
    in_flight: int = 0
    given_up: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - moments, not secrets
        self.log = (self.home / "workers.log").open("ab")

    def start_worker(self) -> None:
        self.workers.append(
            subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", __spec__.name, "--worker", str(self.home)],
                stdout=self.log,
                stderr=self.log,
            )
        )

    def kill_one(self) -> None:
        victim = self.random.choice(self.workers)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.workers.remove(victim)
        self.killed += 1
        self.in_flight += self.had_in_flight(victim.pid)
        self.start_worker()

    def had_in_flight(self, pid: int) -> bool:
        from pipeline.models import Run

        last = ""
        for caller, digest in calls(self.home):
            if caller == pid:
                last = digest
        if not last:
            return False
        # By the page's picture: it is an artifact of the first reading.
        return not Run.objects.filter(
            pipeline_version__version="9.9.9",
            state=Run.State.FINISHED,
            generation__artifacts__kind="page_image",
            generation__artifacts__payload_hash=last,
        ).exists()

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.log.close()


def calls(home: Path) -> Iterator[tuple[int, str]]:
    path = home / "calls.txt"
    for line in path.read_text().splitlines() if path.exists() else ():
        pid, digest = line.split()
        yield int(pid), digest


def begin() -> Reprocess:
    """By a version that names the other engine."""
    from copy import deepcopy

    from pipeline import reprocessing
    from pipeline.manifest import Manifest, engines_here
    from pipeline.models import PipelineVersion, Stage
    from pipeline.services import active_version

    base = active_version()
    manifest = deepcopy(base.manifest)
    manifest["engines"] = engines_here(manifest["engines"])
    version = PipelineVersion.objects.create(
        name=base.name,
        version="9.9.9",
        manifest=manifest,
        digest=Manifest.from_json(manifest).digest,
        state=PipelineVersion.State.RELEASED,
    )
    return reprocessing.start(
        version=version,
        selection=reprocessing.Selection(),
        plan=reprocessing.Plan(until_stage=Stage.ALL),
        enqueue=False,
    )


def rage(storm: Storm, reprocess: Reprocess, kills: int) -> None:
    from pipeline.models import ReprocessItem

    ended = ReprocessItem.objects.filter(reprocess=reprocess, finished_at__isnull=False)
    while storm.killed < kills:
        wait_for_work(storm)
        time.sleep(storm.random.uniform(0, LONGEST_PAUSE))
        reprocess.refresh_from_db()
        if reprocess.state != "running":
            print("it ended before the last kill: take more items", flush=True)
            return
        storm.kill_one()
        print(f"{storm.killed:4} killed, {ended.count()} items ended", flush=True)


def wait_for_work(storm: Storm) -> None:
    before = sum(1 for _ in calls(storm.home))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if sum(1 for _ in calls(storm.home)) > before:
            return
        time.sleep(0.05)


def settle(reprocess: Reprocess) -> float:
    """Until it is finished, or no item ended for long. Seconds."""
    from pipeline.models import ReprocessItem

    items = ReprocessItem.objects.filter(reprocess=reprocess)
    started = moved = time.monotonic()
    ended = -1
    while time.monotonic() - moved < SETTLED_AFTER:
        reprocess.refresh_from_db()
        if reprocess.state == "finished":
            break
        if (now := items.filter(finished_at__isnull=False).count()) > ended:
            ended, moved = now, time.monotonic()
        time.sleep(0.5)
    return time.monotonic() - started


def try_again(storm: Storm, reprocess: Reprocess) -> None:
    """As an operator would: items over which three workers in a row were killed."""
    from pipeline import reprocessing
    from pipeline.models import ReprocessItem

    items = ReprocessItem.objects.filter(reprocess=reprocess)
    storm.given_up = items.filter(state=ReprocessItem.State.FAILED).count()
    if storm.given_up:
        reprocessing.retry(reprocess=reprocess, enqueue=False)
        settle(reprocess)


def audit(storm: Storm, reprocess: Reprocess) -> Iterator[tuple[str, Any]]:
    from django.db.models import Count

    from catalog.models import Comparison, Generation
    from pipeline.models import ReprocessItem, Run

    items = ReprocessItem.objects.filter(reprocess=reprocess)
    states = items.totals()["states"]
    new = Generation.objects.filter(pipeline_version="9.9.9")
    per_source = new.values("source").annotate(n=Count("pk"))
    yield "items", reprocess.items_count
    yield "! not finished at the end", int(reprocess.state != "finished")
    yield "done", states.get("done", 0)
    yield "given up after three killed workers, and tried again", storm.given_up
    yield "! failed at the end", states.get("failed", 0)
    yield "! lost", reprocess.items_count - sum(states.get(s, 0) for s in states)
    yield (
        "! left waiting or at work",
        states.get("waiting", 0) + states.get("working", 0),
    )
    yield "! sources with several new readings", per_source.filter(n__gt=1).count()
    yield "! done without a new reading", states.get("done", 0) - new.count()
    compared = Comparison.objects.filter(new_generation__in=new)
    yield (
        "! done without exactly one comparison",
        abs(compared.count() - states.get("done", 0)),
    )
    finished = Run.objects.filter(pipeline_version__version="9.9.9", state="finished")
    yield (
        "! sources read twice",
        (finished.count() - finished.values("source").distinct().count()),
    )
    counted = Counter(digest for _, digest in calls(storm.home))
    repeated = sum(counted.values()) - len(counted)
    yield "kills", storm.killed
    yield "killed with a model call in flight, or not stored yet", storm.in_flight
    yield "model calls", sum(counted.values())
    yield "model calls repeated", repeated
    yield "! repeated beyond those in flight", max(0, repeated - storm.in_flight)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work_until_told(options.worker)
    if options.prepare:
        prepare(options.prepare, options.items)
        return
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(
        prefix="palimpsest-chaos-", ignore_cleanup_errors=True
    ) as folder:
        try:
            run(Path(folder), options)
        finally:
            from config import postgres

            postgres.release(Path(folder))


def run(home: Path, options: argparse.Namespace) -> None:
    command = [sys.executable, "-m", __spec__.name, "--prepare", str(home)]
    subprocess.run([*command, "--items", str(options.items)], check=True)  # noqa: S603
    set_up(home, name="2")
    storm = Storm(home, options.seed)
    reprocess = begin()
    try:
        for _ in range(options.workers):
            storm.start_worker()
        rage(storm, reprocess, options.kills)
        print(f"settled {settle(reprocess):.0f} s after the last kill")
        try_again(storm, reprocess)
    finally:
        storm.end()
    for name, value in audit(storm, reprocess):
        print(f"{name:<56}{value:>8}")


if __name__ == "__main__":
    main()
