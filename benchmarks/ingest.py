"""Bytes a second that come in, against the least that any such program must do.

    python -m benchmarks.ingest [--rounds 7] [--s3 http://127.0.0.1:PORT]

The bare loop opens a file, reads it by 1 MiB, gives each piece to SHA-256 and to a new
file in the folder where blobs lie, flushes that file to the disk (fsync), links it to
its hash as name and flushes the folder. So does the store; registering adds the look
for the same bytes, the type, the row and its commit. "copy" hashes and writes, and
leaves it there: the least without the promise that it survives the power. Files are
random bytes behind a PDF's first line, new ones every time. Arms take turns; figures
are medians, and the best of all rounds, which other work on the machine disturbs least.

A new store makes and flushes a folder for nearly every blob, a large one has them all:
--grown. Everything lies in a folder of its own with a database of its own, flushed as
in production. --s3: the same against a server that speaks S3, without a bare arm of its
own (the bare loop stays that on disk).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES = {"10 KB": 10_000, "1 MB": 10**6, "10 MB": 10**7, "100 MB": 10**8}
# Small files are over in no time: so many of them in a row are one measurement.
FILES = {"10 KB": 20, "1 MB": 10, "10 MB": 3, "100 MB": 1}
CHUNK = 1024 * 1024
Arm = Callable[[Path], None]


def make_file(path: Path, size: int) -> None:
    head = f"%PDF-1.4\n% {uuid.uuid4()}\n".encode()
    with path.open("wb") as out:
        out.write(head)
        left = size - len(head)
        while left > 0:
            left -= out.write(os.urandom(min(CHUNK, left)))


def copied(path: Path, target: Path, *, flush: bool = False) -> str:
    """Copy a file; gives its SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as stream, target.open("wb", buffering=0) as out:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
        if flush:
            os.fsync(out.fileno())
    return digest.hexdigest()


def copying(folder: Path) -> Arm:
    def copy(path: Path) -> None:
        copied(path, folder / uuid.uuid4().hex)

    return copy


def bare(folder: Path) -> Arm:
    def keep(path: Path) -> None:
        name = folder / uuid.uuid4().hex
        content_hash = copied(path, name, flush=True)
        (folder / content_hash).hardlink_to(name)
        name.unlink()
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    return keep


def stored(path: Path) -> None:
    """The store alone, without a row."""
    from catalog import blobs

    blobs.keep_new_file(path)


def registering() -> Arm:
    from catalog.models import Tenant
    from catalog.services import register_source

    tenant = Tenant.objects.get(slug="bench")

    def register(path: Path) -> None:
        with path.open("rb") as stream:
            register_source(tenant=tenant, stream=stream, name=path.name)

    return register


def seconds(arm: Arm, folder: Path, size: int, count: int) -> float:
    """A file, of so many that nobody has seen before; they are read before."""
    paths = [folder / f"new-{number}.pdf" for number in range(count)]
    for path in paths:
        make_file(path, size)
        os.sync()
        path.read_bytes()
    begin = time.perf_counter()
    for path in paths:
        arm(path)
    taken = time.perf_counter() - begin
    for path in paths:
        path.unlink()
    return taken / count


def set_up(home: Path) -> None:
    os.environ["PALIMPSEST_HOME"] = str(home)
    os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    for name in ("DATABASE_URL", "S3_BUCKET", "PALIMPSEST_POSTGRES_OPTIONS"):
        os.environ.pop(name, None)
    from config import postgres

    postgres.ensure_running(home)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from catalog.models import Tenant

    Tenant.objects.create(slug="bench", name="Bench")


def s3_entry(url: str) -> dict[str, Any]:
    import boto3

    os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"bench-{uuid.uuid4().hex}"
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket=bucket)
    return {
        "BACKEND": "catalog.stores.s3.S3Store",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": url},
    }


def measure(home: Path, rounds: int, sizes: list[str]) -> None:
    folder = home / "blobs" / "bare"
    folder.mkdir(parents=True)
    arms = {
        "copy": copying(folder),
        "bare": bare(folder),
        "store": stored,
        "register": registering(),
    }
    print(
        f"{'size':>7} {'arm':>9} {'s/file':>9} {'MB/s':>8} {'of copy':>8}"
        f" {'of bare':>8} {'best s':>9} {'of bare':>8}"
        f"   {rounds} rounds, {os.cpu_count()} cores"
    )
    for label in sizes:
        times: dict[str, list[float]] = {name: [] for name in arms}
        for turn in range(rounds + 1):
            for name, arm in arms.items():
                taken = seconds(arm, home, SIZES[label], FILES[label])
                if turn:  # the first one warms up
                    times[name].append(taken)
        least, best = statistics.median(times["bare"]), min(times["bare"])
        loose = statistics.median(times["copy"])
        for name, taken_by in times.items():
            middle = statistics.median(taken_by)
            print(
                f"{label:>7} {name:>9} {middle:9.4f} {SIZES[label] / 1e6 / middle:8.1f}"
                f" {loose / middle:8.2f} {least / middle:8.2f}"
                f" {min(taken_by):9.4f} {best / min(taken_by):8.2f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sizes", default=",".join(SIZES), help="1 MB,10 MB")
    parser.add_argument(
        "--grown", action="store_true", help="in a store that has all its folders"
    )
    parser.add_argument("--s3", metavar="URL", help="of a running server")
    parser.add_argument("--folder", type=Path, help="where (default: temporary)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="palimpsest-bench-", dir=options.folder
    ) as home:
        set_up(Path(home))
        from django.conf import settings

        from config import postgres

        if options.grown:
            for number in range(0x10000):
                name = f"{number:04x}"
                place = Path(home) / "blobs" / "sha256" / name[:2] / name[2:]
                place.mkdir(parents=True)
        if options.s3:
            settings.STORAGES["blobs"] = s3_entry(options.s3)
        try:
            measure(Path(home), options.rounds, options.sizes.split(","))
        finally:
            postgres.release(Path(home))


if __name__ == "__main__":
    main()
