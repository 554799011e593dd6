"""Two people's answers to one field, compared."""

from __future__ import annotations

from reviewer.models import Decision, Verdict
from reviewer.values import value_of

NO_VALUE = (Verdict.ABSENT, Verdict.UNREADABLE)


def agree(one: Decision, other: Decision) -> bool:
    """Whether both say the same: values are normalised by their type when given."""
    if one.verdict in NO_VALUE or other.verdict in NO_VALUE:
        return one.verdict == other.verdict
    return value_of(one.artifact) == value_of(other.artifact)
