"""Running a function on untrusted bytes in a child process under limits.

A helper process is started once for each process that needs it; it has the reading
code loaded already and forks for each call, which costs a few milliseconds.
"""

from __future__ import annotations

from pipeline.sandbox.client import run_limited
from pipeline.sandbox.errors import (
    SandboxCrashed,
    SandboxError,
    SandboxFailure,
    SandboxMemory,
    SandboxTimeout,
)
from pipeline.sandbox.limits import Limits

__all__ = [
    "Limits",
    "SandboxCrashed",
    "SandboxError",
    "SandboxFailure",
    "SandboxMemory",
    "SandboxTimeout",
    "run_limited",
]
