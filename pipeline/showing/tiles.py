"""Tiles of large pages: made when somebody looks closely, kept beside the blobs.

They are a cache on this machine, by the hash of the original: they are in no backup and
in no row, can be deleted at any time, and go with an erasure.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections

from catalog import blobs
from catalog.models import SourceMedia
from pipeline.sandbox import Limits, SandboxFailure, run_limited
from pipeline.showing.pyramid import DIGITS

log = structlog.get_logger()

# 280 megapixels in colour are 840 MB, and as much again where they are turned.
LIMITS = Limits(memory_mb=2560, seconds=180, cpu_seconds=90, file_mb=1024)
MOST_PIXELS = 300_000_000
# What nobody looked at for so long is deleted.
KEPT_SECONDS = 14 * 24 * 3600
# What cannot be made is not tried again before.
RETRY_SECONDS = 24 * 3600
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of an original. turns: quarters that its picture was turned, clockwise;
    shown_pixels: of its page picture.
    """

    content_hash: str
    mime_type: str
    page: int
    turns: int
    shown_pixels: int

    @property
    def path(self) -> Path:
        name = f"{self.page}-{self.turns}-{self.shown_pixels}.tiles"
        return _folder(self.content_hash) / name

    @property
    def refused(self) -> Path:
        """Stands where there are no tiles to be had."""
        return self.path.with_suffix(".none")


@dataclass(frozen=True, slots=True)
class Pack:
    path: Path
    index: dict[str, Any]
    start: int

    @classmethod
    def open(cls, path: Path) -> Pack:
        """Raises FileNotFoundError."""
        with path.open("rb") as file:
            length = int(file.read(DIGITS))
            return cls(path, json.loads(file.read(length)), DIGITS + length)

    @property
    def side(self) -> int:
        """Of a whole tile, in pixels."""
        return int(self.index["tile"])

    @property
    def sizes(self) -> list[list[int]]:
        """Width and height of each level, the largest first."""
        return [[one["width"], one["height"]] for one in self.index["levels"]]

    def tile(self, level: int, x: int, y: int) -> bytes:
        """Raises LookupError where there is none."""
        if min(level, x, y) < 0:
            raise LookupError
        found = self.index["levels"][level]
        if x >= found["columns"]:
            raise LookupError
        offset, length = found["at"][y * found["columns"] + x]
        with self.path.open("rb") as file:
            file.seek(self.start + offset)
            return file.read(length)

    def edges(self, level: int, x: int, y: int) -> list[float]:
        """A tile's place in page fractions."""
        side, found = self.side, self.index["levels"][level]
        width, height = found["width"], found["height"]
        left, top = x * side, y * side
        right, bottom = min(left + side, width), min(top + side, height)
        return [left / width, top / height, right / width, bottom / height]


def pack_of(wanted: Wanted) -> Pack | None:
    """The tiles, if they are made."""
    try:
        pack = Pack.open(wanted.path)
    except FileNotFoundError:
        return None
    os.utime(wanted.path)  # it is in use
    return pack


def any_of(content_hash: str) -> bool:
    """Whether there are tiles of any of its pages; cheap, where there are none."""
    return any(_folder(content_hash).glob("*.tiles"))


def is_refused(wanted: Wanted) -> bool:
    try:
        return time.time() - wanted.refused.stat().st_mtime < RETRY_SECONDS
    except FileNotFoundError:
        return False


def begin(wanted: Wanted) -> None:
    """Make them beside the request, if nobody makes any now on this machine."""
    threading.Thread(target=_in_thread, args=[wanted], daemon=True).start()


def _in_thread(wanted: Wanted) -> None:
    try:
        make(wanted)
    except Exception as error:
        # There is nobody to tell; the page is shown without them.
        log.warning("tiles_failed", error=type(error).__name__)
    finally:
        close_old_connections()


def make(wanted: Wanted) -> bool:
    """Whether it is settled now: made, or known to be impossible. False: busy."""
    with _alone() as mine:
        if not mine:
            return False
        if wanted.path.exists() or is_refused(wanted):
            return True
        wanted.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        began = time.monotonic()
        levels = _made(wanted)
        if not levels:
            wanted.refused.touch()
        seconds = round(time.monotonic() - began, 1)
        log.info("tiles_made", levels=levels, page=wanted.page, seconds=seconds)
    if not SourceMedia.objects.kept().filter(content_hash=wanted.content_hash).exists():
        forget(wanted.content_hash)  # it was erased meanwhile
    return True


def _made(wanted: Wanted) -> int:
    """How many levels there are; 0: none are to be had."""
    folder = wanted.path.parent
    original, fresh = folder / "original.tmp", folder / "tiles.tmp"
    try:
        blobs.copy_verified(wanted.content_hash, original)
        arguments = {
            "path": str(original),
            "mime_type": wanted.mime_type,
            "page": wanted.page,
            "turns": wanted.turns,
            "shown_pixels": wanted.shown_pixels,
            "max_pixels": MOST_PIXELS,
            "seconds": LIMITS.seconds / 2,
            "to": str(fresh),
        }
        job = "pipeline.showing.pyramid.make_pack"
        levels = int(run_limited(job, arguments, limits=LIMITS)["levels"])
        if levels:
            fresh.replace(wanted.path)
        return levels
    except (SandboxFailure, blobs.BlobMissing, blobs.BlobDamaged) as failure:
        log.warning("tiles_refused", failure=type(failure).__name__)
        return 0
    finally:
        original.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)


def root() -> Path:
    return Path(settings.HOME) / "tiles"


def _folder(content_hash: str) -> Path:
    return root() / content_hash[:2] / content_hash


@contextmanager
def _alone() -> Iterator[bool]:
    """One at a time on this machine: a page can take gigabytes while it is cut up."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def forget(content_hash: str) -> None:
    """Delete what was made of an original."""
    shutil.rmtree(_folder(content_hash), ignore_errors=True)


def left_of(content_hash: str) -> int:
    """How many files there still are of an original."""
    folder = _folder(content_hash)
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


def collect(*, kept_seconds: float = KEPT_SECONDS) -> int:
    """Delete what nobody looked at for long, and what no source needs any more; gives
    how many folders.
    """
    gone = 0
    for folder in list(root().glob("??/*")) if root().is_dir() else []:
        if not HASH.fullmatch(folder.name):
            continue
        kept = SourceMedia.objects.kept().filter(content_hash=folder.name).exists()
        if not kept or time.time() - _last_used(folder) > kept_seconds:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _last_used(folder: Path) -> float:
    return max((one.stat().st_mtime for one in folder.iterdir()), default=0.0)
