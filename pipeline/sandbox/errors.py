"""What can become of a call in the sandbox; no message ever holds file text."""

from __future__ import annotations


class SandboxFailure(Exception):
    """The call gave no result."""


class SandboxTimeout(SandboxFailure):
    """Wall time or processor time ran out."""


class SandboxMemory(SandboxFailure):
    """The call wanted more memory than it may have."""


class SandboxCrashed(SandboxFailure):
    """The child died; signal is the signal's number, 0 if it ended by itself."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"child process ended by signal {signal}")
        self.signal = signal


class SandboxError(SandboxFailure):
    """The function raised: its exception's class name and `reason`, if it had one."""

    def __init__(self, exception: str, reason: str = "") -> None:
        super().__init__(f"{exception} ({reason})" if reason else exception)
        self.exception = exception
        self.reason = reason
