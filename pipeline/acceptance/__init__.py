"""Whether what a version accepts without a person may be trusted: proven, or not.

sequence.py is pure; proving.py keeps what was found, guarding.py heeds it, auditing.py
lets the audit of accepted documents end it.
"""

from __future__ import annotations

from pipeline.acceptance.auditing import record_audit
from pipeline.acceptance.guarding import guarded
from pipeline.acceptance.proving import CannotProve, Proving, prove

__all__ = ["CannotProve", "Proving", "guarded", "prove", "record_audit"]
