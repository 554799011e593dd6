"""Sandbox failures as the reasons that a person or the runner is told."""

from __future__ import annotations

from typing import Any

from pipeline.reading.errors import UnreadableReason
from pipeline.sandbox import (
    Limits,
    SandboxCrashed,
    SandboxError,
    SandboxFailure,
    SandboxMemory,
    SandboxTimeout,
    run_limited,
)
from pipeline.steps.base import StepError

_JOBS = "pipeline.reading.jobs"
# Processor seconds are the file's own; a busy machine may take so much longer.
PATIENCE = 4
# What a full disk and the like raise, whatever the file.
MACHINE_TROUBLE = frozenset({"OSError", "FileNotFoundError", "PermissionError"})


def limits_of(*, seconds: float, memory_mb: int) -> Limits:
    """seconds of processor time and a multiple of wall time; memory a process."""
    return Limits(
        memory_mb=memory_mb, seconds=seconds * PATIENCE, cpu_seconds=int(seconds) + 1
    )


def call_reader(job: str, arguments: dict[str, Any], limits: Limits) -> Any:
    """Run a function of pipeline.reading.jobs on untrusted bytes.

    Raises StepError with an UnreadableReason as its reason. It is permanent: the same
    bytes fail the same way, unless a tool is missing or the machine is in trouble.
    """
    try:
        return run_limited(f"{_JOBS}.{job}", arguments, limits=limits)
    except SandboxFailure as failure:
        reason = _reason(failure)
        permanent = reason not in (
            UnreadableReason.TOOL_MISSING,
            UnreadableReason.INTERNAL_ERROR,
        )
        raise StepError(reason, f"{job}: {failure}", permanent=permanent) from None


def _reason(failure: SandboxFailure) -> UnreadableReason:
    match failure:
        case SandboxTimeout():
            return UnreadableReason.TIMED_OUT
        case SandboxMemory():
            return UnreadableReason.TOO_MUCH_MEMORY
        case SandboxError(reason=reason) if reason in set(UnreadableReason):
            return UnreadableReason(reason)
        case SandboxCrashed(signal=signal) if signal:
            return UnreadableReason.BROKEN
        case SandboxError(exception=exception) if exception not in MACHINE_TROUBLE:
            return UnreadableReason.BROKEN
        case _:
            return UnreadableReason.INTERNAL_ERROR
