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


def call_reader(job: str, arguments: dict[str, Any], limits: Limits) -> Any:
    """Run a function of pipeline.reading.jobs on untrusted bytes.

    Raises StepError with an UnreadableReason as its reason. It is permanent: the same
    bytes fail the same way, except where time ran out or a tool is missing.
    """
    try:
        return run_limited(f"{_JOBS}.{job}", arguments, limits=limits)
    except SandboxFailure as failure:
        reason = _reason(failure)
        permanent = reason not in (
            UnreadableReason.TIMED_OUT,
            UnreadableReason.TOOL_MISSING,
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
        case SandboxCrashed() | SandboxError() | _:
            return UnreadableReason.BROKEN
