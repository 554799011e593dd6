"""Which of what was accepted unseen is shown to people all the same.

A proof that a version accepts little that is wrong is worth something only as long as
some of what it accepts is looked at; which ones nobody may guess, and a replay of the
same sources must choose the same.
"""

from __future__ import annotations

import uuid

from django.utils.crypto import salted_hmac

from catalog.models import Disposition, Generation, Kind, Origin, State
from pipeline.models import PipelinePolicy
from reviewer.models import Decision, ReviewTask, Verdict
from reviewer.values import value_of

SALT = "reviewer.audit"
# Of pipelines for which nobody has set a policy.
DEFAULT_SHARE = float(PipelinePolicy._meta.get_field("audit_share").get_default())
FULL_CHECK = "full_check"
SIBLING = "sibling_of_error"


def share_of(pipeline_name: str) -> float:
    """0..1: the policy's, or more where its bound asks for more (audit_sizing)."""
    policies = PipelinePolicy.objects.filter(name=pipeline_name)
    shares = policies.values_list("audit_share", "sized_share").first()
    if shares is None:
        return DEFAULT_SHARE
    least, sized = shares
    return max(least, sized or 0.0)


def is_chosen(source_id: uuid.UUID, share: float) -> bool:
    """By a hash of the id under the installation's secret key."""
    digest = salted_hmac(SALT, str(source_id), algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def is_due(generation: Generation) -> bool:
    """Whether it was accepted without a person, speaks for its source, and is chosen.

    What came back by a rollback was accepted before.
    """
    accepted = (
        generation.disposition == Disposition.AUTO_ACCEPT
        and generation.state == State.CURRENT
        and generation.released_at is not None
        and generation.restores_id is None
    )
    if not accepted:
        return False
    share = share_of(generation.pipeline_name)
    return is_chosen(generation.source_id, share) and not _seen(generation)


def _seen(generation: Generation) -> bool:
    """By a person, or about to be: then it is no sample of what nobody looks at."""
    answers = generation.artifacts.of_kind(Kind.FIELD).filter(origin=Origin.HUMAN)
    tasks = generation.review_tasks.exclude(asks=ReviewTask.Asks.DIFFERENCE)
    return answers.exists() or tasks.exists()


def put_right(task: ReviewTask) -> int:
    """How many of the task's values were wrong."""
    return len(wrong_slots(task))


def wrong_slots(task: ReviewTask) -> list[str]:
    """The fields that were wrong, by the last answer to each.

    What nobody can read is not known to be wrong.
    """
    last: dict[uuid.UUID, Decision] = {}
    decisions = Decision.objects.of_task(task).standing()
    decisions = decisions.select_related("item__artifact")
    for decision in decisions.select_related("artifact").order_by("sequence"):
        last[decision.item_id] = decision
    return [
        one.item.slot
        for one in last.values()
        if one.verdict != Verdict.UNREADABLE
        and value_of(one.artifact) != value_of(one.item.artifact)
    ]
