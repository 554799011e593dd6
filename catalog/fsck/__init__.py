"""The store checked against itself; docs/fsck.md says what each finding means."""

from __future__ import annotations

from catalog.fsck.base import Check, Finding, Pace, Scope, SourceCheck, Step
from catalog.fsck.latest import latest
from catalog.fsck.ledger import head_agrees
from catalog.fsck.registry import checks, register, words
from catalog.fsck.rules import Rule, Rules
from catalog.fsck.runner import Busy, begin, go_on, result_of

__all__ = [
    "Busy",
    "Check",
    "Finding",
    "Pace",
    "Rule",
    "Rules",
    "Scope",
    "SourceCheck",
    "Step",
    "begin",
    "checks",
    "go_on",
    "head_agrees",
    "latest",
    "register",
    "result_of",
    "words",
]
