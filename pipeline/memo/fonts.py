"""The fonts of the machine: what a PDF without fonts of its own is drawn with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Of Debian and of macOS; poppler's own tables of signs lie in the last one.
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/etc/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "/usr/share/poppler",
)


@cache
def fonts_digest(folders: tuple[str, ...] = FOLDERS) -> str:
    """SHA-256 over names and sizes of all font files, looked at once a process."""
    digest = hashlib.sha256()
    for line in sorted(_files(folders)):
        digest.update(line.encode(errors="surrogateescape") + b"\0")
    return digest.hexdigest()


def _files(folders: tuple[str, ...]) -> Iterator[str]:
    for folder in folders:
        for place, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                path = Path(place) / name
                size = path.stat().st_size if path.exists() else -1
                yield f"{path}:{size}"
