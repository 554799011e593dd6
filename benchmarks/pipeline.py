"""What the pipeline costs beside its engine, and what it gives with all cores busy.

    python -m benchmarks.pipeline FOLDER [--files 40]

Overhead: the seconds of `process` (register, gate, normalise, read, extract, store) on
pictures, over the seconds of a bare loop that opens the same files, bounds them to the
same size and calls the same engine: nothing stored, nothing checked.
Throughput: documents a minute by two processes, over the best of bare loops that use
the cores in either way (two processes of one thread, one process of all threads).
Each arm runs in processes of its own, warmed up by one document that is not counted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PICTURES = {".jpg", ".jpeg", ".png"}


def bare(paths: list[Path], threads: int | None) -> float:
    """Seconds for the engine alone on the files; the first one is the warm-up."""
    from PIL import Image, ImageOps

    from pipeline.engines.rapidocr import RapidOcrEngine
    from pipeline.steps.normalize import DEFAULTS

    engine = RapidOcrEngine(threads=threads)
    side = int(DEFAULTS["max_side"])
    started = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate([paths[0], *paths]):
            if number == 1:
                started = time.perf_counter()
            picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            picture.thumbnail((side, side))
            bounded = Path(folder) / "page.jpg"
            picture.save(bounded, quality=88)
            engine.read(bounded, page=1)
    return time.perf_counter() - started


def bare_share(share: tuple[list[Path], int | None]) -> float:
    return bare(*share)


def bare_processes(paths: list[Path], processes: int) -> float:
    """Seconds until the slowest of some one-thread processes is done, models loaded."""
    shares = [(paths[n::processes], 1) for n in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return max(pool.map(bare_share, shares, chunksize=1))


def piped(paths: list[Path], workers: int) -> float:
    """Seconds of `process` on the files in an empty installation of its own."""
    with tempfile.TemporaryDirectory(prefix="palimpsest-bench-") as home:
        environment = {
            **os.environ,
            "PALIMPSEST_HOME": home,
            "PALIMPSEST_BENCH_PATHS": json.dumps([str(path) for path in paths]),
            "PALIMPSEST_BENCH_WORKERS": str(workers),
        }
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pipeline_arm"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=40)
    options = parser.parse_args()
    found = sorted(
        path for path in options.folder.rglob("*") if path.suffix.lower() in PICTURES
    )
    paths = found[: options.files]
    count = len(paths)
    print(f"{count} pictures, {os.cpu_count()} cores\n")
    print(f"{'arm':<42}{'s':>8}{'s/doc':>8}{'docs/min':>10}")

    def show(name: str, seconds: float) -> float:
        rate = count / seconds * 60
        print(
            f"{name:<42}{seconds:>8.1f}{seconds / count:>8.2f}{rate:>10.1f}", flush=True
        )
        return seconds

    one = show("bare engine, one process, one thread", bare_processes(paths, 1))
    ours = show("process, one process, one thread", piped(paths, 1))
    alone = show("bare engine, one process, all threads", bare(paths, None))
    pair = show("bare engine, two processes, one thread", bare_processes(paths, 2))
    both = show("process --workers 2", piped(paths, 2))
    print(f"\noverhead (process / bare)            {ours / one:.3f}")
    print(f"throughput (process / best bare)     {min(alone, pair) / both:.3f}")


if __name__ == "__main__":
    main()
