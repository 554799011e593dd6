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
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.memo import fonts, installed
from pipeline.memo.closure import Closure

_VERSION = re.compile(rb"\d+(\.\d+)+")
# Programs that draw letters by fonts of the machine.
DRAWS = frozenset({"pdftoppm"})
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
        if program in DRAWS:
            found["fonts"] = fonts.fonts_digest()
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
    providers = installed.providers()
    waiting: list[str] = []
    neutral: set[str] = set()
    for closure in closures:
        for name in closure.imported:
            waiting.extend(providers.get(name, [name]))
        waiting.extend(closure.distributions)
        neutral.update(installed.normal(name) for name in closure.neutral)
    found: dict[str, str] = {}
    while waiting:
        name = installed.normal(waiting.pop())
        if name not in found and name not in neutral:
            found[name] = installed.version_of(name)
            waiting.extend(installed.required_by(name))
    return found


def version_of_program(name: str) -> str:
    """What the program calls its version; its file's size where it says none."""
    path = shutil.which(name)
    if path is None:
        return installed.ABSENT
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
