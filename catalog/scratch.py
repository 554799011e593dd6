"""Where files lie that are on their way, and what a killed process leaves there."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path

from django.conf import settings

# Nothing is on its way for longer.
LONGEST_SECONDS = 24 * 3600


def folder() -> Path:
    """In the home, beside what it will become, not in a place that others can see."""
    path = Path(settings.HOME) / "scratch"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _written(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return math.inf  # whoever owned it has just removed it


def remove_remains(place: Path, *, older_than: float = LONGEST_SECONDS) -> int:
    """Delete what has lain in a folder for that many seconds; gives how many."""
    if not place.is_dir():
        return 0
    before = time.time() - older_than
    remains = [path for path in place.iterdir() if _written(path) < before]
    for path in remains:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(remains)
