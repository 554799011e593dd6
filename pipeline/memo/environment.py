"""What else decides a result: others' packages, programs, Python, locale, time zone."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from pipeline.memo.closure import Closure

ABSENT = "absent"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(rb"\d+(\.\d+)+")
_EXTRA = re.compile(r"\bextra\b")
_CATEGORIES = {
    "LC_CTYPE": locale.LC_CTYPE,
    "LC_COLLATE": locale.LC_COLLATE,
    "LC_NUMERIC": locale.LC_NUMERIC,
    "LC_TIME": locale.LC_TIME,
}


def environment_of(*closures: Closure) -> dict[str, str]:
    """Name to version or value, of all that the code of the closures can feel.

    What was loaded stays loaded, so a distribution's version is asked once a process;
    a program is started anew each time, so its file is looked at each time.
    """
    found = _distributions(closures)
    for program in frozenset().union(*(c.programs for c in closures)):
        found[program] = version_of_program(program)
    if found:
        # Compiled code rounds as its processor does.
        found["machine"] = f"{platform.system()}-{platform.machine()}"
    return found | _surroundings()


def _surroundings() -> dict[str, str]:
    major, minor = sys.version_info[:2]
    categories = (
        f"{name}={locale.setlocale(category)}" for name, category in _CATEGORIES.items()
    )
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return {
        "python": f"{sys.implementation.name}-{major}.{minor}",
        "locale": ";".join([*categories, f"programs={spoken}"]),
        "time zone": "/".join([os.environ.get("TZ", ""), *time.tzname]),
    }


def _distributions(closures: Iterable[Closure]) -> dict[str, str]:
    """Versions of what the closures import, and of all that it requires in turn."""
    providers = _providers()
    waiting: list[str] = []
    neutral: set[str] = set()
    for closure in closures:
        for name in closure.imported:
            waiting.extend(providers.get(name, [name]))
        waiting.extend(closure.distributions)
        neutral.update(normal(name) for name in closure.neutral)
    found: dict[str, str] = {}
    while waiting:
        name = normal(waiting.pop())
        if name not in found and name not in neutral:
            found[name] = version_of(name)
            waiting.extend(required_by(name))
    return found


def normal(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _providers() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@cache
def version_of(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ABSENT


@cache
def required_by(distribution: str) -> tuple[str, ...]:
    """What it requires without extras, if it is here."""
    try:
        lines = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return ()
    plain = [line for line in lines if not _EXTRA.search(line.partition(";")[2])]
    names = (match.group() for line in plain if (match := _NAME.match(line.strip())))
    return tuple(name for name in names if version_of(normal(name)) != ABSENT)


def version_of_program(name: str) -> str:
    """What the program calls its version; its file's size where it says none."""
    path = shutil.which(name)
    if path is None:
        return ABSENT
    facts = Path(path).stat()
    return _asked(path, facts.st_mtime_ns, facts.st_size)


@cache
def _asked(path: str, changed_at: int, size: int) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a program of the step's own naming
            [path, "-v"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return f"unknown-{size}-{changed_at}"
    match = _VERSION.search(done.stderr + done.stdout)
    return match.group().decode() if match else f"unknown-{size}-{changed_at}"
