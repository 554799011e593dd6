"""Time and memory of a garbage collection, by the number of blobs.

    python -m benchmarks.garbage [--blobs 20000,100000]

Makes that many empty files under random hashes as names, in a folder and database of
its own; a tenth of them has a row. Prints seconds and the peak memory of the process;
both are of a dry run, which looks at everything and deletes nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.ingest import set_up


def make_blobs(folder: Path, count: int) -> list[str]:
    hashes = [os.urandom(32).hex() for _ in range(count)]
    for name in hashes:
        place = folder / "sha256" / name[:2] / name[2:4]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    return hashes


def make_rows(hashes: list[str]) -> None:
    from catalog.models import SourceMedia, Tenant

    tenant = Tenant.objects.get(slug="bench")
    SourceMedia.objects.bulk_create(
        [
            SourceMedia(
                tenant=tenant,
                content_hash=name,
                uri="",
                modality="unknown",
                mime_type="application/octet-stream",
                bytes=0,
                name="bench",
            )
            for name in hashes
        ],
        batch_size=5000,
    )


def collect() -> None:
    """In a process of its own, whose memory is the collector's alone."""
    import django

    django.setup()
    from catalog.garbage import collect_garbage

    begin = time.perf_counter()
    found = collect_garbage(grace=timedelta(seconds=-1), dry_run=True)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{found.looked:>9} blobs {found.deleted:>9} needless {seconds:8.1f} s"
        f" {found.looked / seconds:9.0f} blobs/s   peak {peak:.0f} MiB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blobs", default="20000,100000")
    parser.add_argument("--collect", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.collect:
        collect()
        return
    with tempfile.TemporaryDirectory(prefix="palimpsest-bench-") as name:
        home = Path(name)
        set_up(home)
        from config import postgres

        try:
            made = 0
            for count in map(int, options.blobs.split(",")):
                hashes = make_blobs(home / "blobs", count - made)
                make_rows(hashes[::10])
                made = count
                command = [sys.executable, "-m", "benchmarks.garbage", "--collect"]
                subprocess.run(command, check=True)  # noqa: S603 - our own command
        finally:
            postgres.release(home)


if __name__ == "__main__":
    main()
