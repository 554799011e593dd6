"""Two people's answers to one field, compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Tenant
from reviewer.models import BlindLook, Decision, ReviewTask, Verdict
from reviewer.values import value_of

NO_VALUE = (Verdict.ABSENT, Verdict.UNREADABLE)


def agree(one: Decision, other: Decision) -> bool:
    """Whether both say the same: values are normalised by their type when given."""
    if one.verdict in NO_VALUE or other.verdict in NO_VALUE:
        return one.verdict == other.verdict
    return value_of(one.artifact) == value_of(other.artifact)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of fields that two people read, each alone. wrong: their answers that a third
    person's answer to the same field overturned."""

    compared: int = 0
    agreed: int = 0
    wrong: int = 0


def agreement_of(tenants: Sequence[Tenant]) -> Agreement:
    looks = BlindLook.objects.filter(item__task__tenant__in=tenants)
    looks = looks.filter(item__task__state=ReviewTask.State.DONE).select_related(
        "first__artifact", "second__artifact"
    )
    given = Decision.objects.standing().filter(item__in=looks.values("item"))
    last = {
        one.item_id: one
        for one in given.select_related("artifact").order_by("sequence")
    }
    compared = agreed = wrong = 0
    for look in looks:
        answer = last.get(look.pk)
        if answer is None or answer.artifact.is_erased:
            continue
        if look.second is None:
            compared += 1
            agreed += agree(look.first, answer)
        else:
            wrong += sum(not agree(one, answer) for one in (look.first, look.second))
    return Agreement(compared, agreed, wrong)
