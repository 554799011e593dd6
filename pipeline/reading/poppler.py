"""Poppler's command line tools, called so that every failure has a reason.

Meant to run inside the sandbox: the tools inherit its limits.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Sequence
from typing import Literal

from pipeline.reading.errors import UnreadableError, UnreadableReason

Tool = Literal["pdfinfo", "pdftotext", "pdftoppm"]
# For pipeline.memo.closure: they are one package, so one version speaks for all.
NEEDS_PROGRAMS = ("pdftoppm",)

_FOREIGN_LOCK = b"of Standard security handler"
_MEMORY_WORDS = (b"Out of memory", b"bad_alloc", b"Bogus memory allocation")


def run_tool(tool: Tool, arguments: Sequence[str], *, seconds: float) -> bytes:
    """What the tool prints on its standard output.

    Raises UnreadableError: encrypted, broken, timed_out, too_much_memory or
    tool_missing.
    """
    program = shutil.which(tool)
    if program is None:
        raise UnreadableError(UnreadableReason.TOOL_MISSING)
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, a path as the argument
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(UnreadableReason.TIMED_OUT) from None
    if _FOREIGN_LOCK in done.stderr:  # and then goes on, with pages that are empty
        raise UnreadableError(UnreadableReason.ENCRYPTED)
    if done.returncode:
        raise UnreadableError(reason_of(done.returncode, done.stderr))
    return done.stdout


def reason_of(returncode: int, errors: bytes) -> UnreadableReason:
    """The reason behind a tool's exit; errors is what it printed as errors."""
    if b"Incorrect password" in errors or b"encrypted" in errors:
        return UnreadableReason.ENCRYPTED
    if returncode == -signal.SIGXCPU:
        return UnreadableReason.TIMED_OUT
    killed_for_memory = returncode in (-signal.SIGKILL, -signal.SIGABRT)
    if killed_for_memory or any(word in errors for word in _MEMORY_WORDS):
        return UnreadableReason.TOO_MUCH_MEMORY
    return UnreadableReason.BROKEN
