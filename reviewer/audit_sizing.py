"""What the random audits prove of each field, and how many more are needed.

A field of a version is audited by every full check of a document that was drawn at
random: so many were looked at, and so many of them wrong. The exact bound of that is
set beside the one that the pipeline's policy promises.
"""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from catalog.models import Disposition, Generation
from pipeline.models import PipelinePolicy
from pipeline.stats.audit_sizes import Audited, audits_needed, share_needed
from reviewer.models import Decision, ReviewTask, Verdict
from reviewer.names import FieldNames
from reviewer.values import value_of

# Over which the rate of audits is looked at.
LATELY = timedelta(days=30)
# Where nobody named a bound, what is shown is how far 0.5 % is: 598 without an error.
SHOWN_BOUND = 0.005


@dataclass(frozen=True, slots=True)
class FieldAudit:
    """promised: whether the bound is the policy's. a_day: audits of the last days."""

    pipeline_name: str
    pipeline_version: str
    document_type: str
    slot: str
    name: str
    seen: Audited
    target: float
    promised: bool
    a_day: float

    @property
    def bound(self) -> float:
        return self.seen.bound

    @property
    def reached(self) -> bool:
        return self.left == 0

    @property
    def left(self) -> int:
        return self.seen.left(self.target)

    @property
    def needed(self) -> int:
        return audits_needed(self.target, self.seen.wrong)

    @property
    def when(self) -> datetime | None:
        """At the rate of the last days, if no more is wrong; None: never, or done."""
        if self.reached or not self.a_day:
            return None
        return timezone.now() + timedelta(days=math.ceil(self.left / self.a_day))

    def as_json(self) -> dict[str, object]:
        return {
            "pipeline_name": self.pipeline_name,
            "pipeline_version": self.pipeline_version,
            "document_type": self.document_type,
            "field": self.slot,
            "audited": self.seen.audited,
            "wrong": self.seen.wrong,
            "bound": round(self.bound, 5),
            "target": self.target,
            "promised": self.promised,
            "needed": self.needed,
            "left": self.left,
            "when": self.when.date().isoformat() if self.when else None,
        }


def field_audits(tenants: Iterable[uuid.UUID] | None = None) -> list[FieldAudit]:
    """Of these tenants, or of all; what needs most comes first."""
    policies = {one.name: one for one in PipelinePolicy.objects.all()}
    names = FieldNames.now()
    found = []
    for key, counts in _counted(tenants).items():
        pipeline, version, document_type, slot = key
        policy = policies.get(pipeline)
        bound = policy.audit_bound if policy else None
        found.append(
            FieldAudit(
                pipeline,
                version,
                document_type,
                slot,
                names.of(slot, document_type),
                Audited(counts.audited, counts.wrong),
                bound or SHOWN_BOUND,
                promised=bound is not None,
                a_day=counts.lately / LATELY.days,
            )
        )
    return sorted(found, key=lambda one: (-one.left, one.slot))


@dataclass(slots=True)
class _Counts:
    audited: int = 0
    wrong: int = 0
    lately: int = 0


def random_audits(tenants: Iterable[uuid.UUID] | None = None) -> set[uuid.UUID]:
    """The tasks that were drawn at random, without siblings of an error."""
    audits = ReviewTask.objects.asking(ReviewTask.Asks.AUDIT).drawn()
    audits = audits.filter(state=ReviewTask.State.DONE)
    if tenants is not None:
        audits = audits.filter(tenant__in=list(tenants))
    return set(audits.values_list("pk", flat=True))


def _counted(
    tenants: Iterable[uuid.UUID] | None,
) -> dict[tuple[str, str, str, str], _Counts]:
    """By pipeline, version, document type and field. What nobody can read is not known
    to be wrong, nor right: it is left out."""
    since = timezone.now() - LATELY
    last: dict[uuid.UUID, Decision] = {}
    given = Decision.objects.standing().filter(item__task__in=random_audits(tenants))
    for one in given.select_related(
        "artifact", "item__artifact", "item__task__generation"
    ).order_by("sequence"):
        last[one.item_id] = one
    found: dict[tuple[str, str, str, str], _Counts] = defaultdict(_Counts)
    for one in last.values():
        if one.verdict == Verdict.UNREADABLE or one.artifact.is_erased:
            continue
        task = one.item.task
        read = task.generation
        key = (read.pipeline_name, read.pipeline_version)
        counts = found[(*key, task.document_type, one.item.slot)]
        counts.audited += 1
        counts.wrong += value_of(one.artifact) != value_of(one.item.artifact)
        counts.lately += one.decided_at >= since
    return found


def sized_share(policy: PipelinePolicy) -> float | None:
    """The share of what is accepted that proves the policy's bound in its time; None
    where it names none.

    Of each version the field that needs most; the version that needs most of those
    that read lately. A document type that nobody has audited yet needs all.
    """
    if policy.audit_bound is None:
        return None
    since = timezone.now() - LATELY
    accepted = Generation.objects.filter(
        pipeline_name=policy.name,
        disposition=Disposition.AUTO_ACCEPT,
        created_at__gte=since,
        restores__isnull=True,
    ).order_by()
    arriving: dict[str, int] = defaultdict(int)
    for version in accepted.values_list("pipeline_version", flat=True):
        arriving[version] += 1
    left: dict[str, int] = defaultdict(lambda: audits_needed(policy.audit_bound or 1))
    worst: dict[str, int] = {}
    for one in field_audits():
        if one.pipeline_name == policy.name:
            worst[one.pipeline_version] = max(
                worst.get(one.pipeline_version, 0), one.left
            )
    left.update(worst)
    days = policy.audit_days / LATELY.days
    shares = [share_needed(left[v], count * days) for v, count in arriving.items()]
    return max(shares, default=0.0)


def resize(pipeline_name: str) -> float | None:
    """Compute it anew and keep it: from now on it is chosen by it. Which documents are
    chosen depends on their hash, so that a larger share only adds to them."""
    policy = PipelinePolicy.objects.filter(name=pipeline_name).first()
    if policy is None:
        return None
    share = sized_share(policy)
    PipelinePolicy.objects.filter(pk=policy.pk).update(sized_share=share)
    return share


def waiting(tenants: Iterable[uuid.UUID] | None = None) -> int:
    """Random audits that are open."""
    audits = ReviewTask.objects.open().asking(ReviewTask.Asks.AUDIT).drawn()
    if tenants is not None:
        audits = audits.filter(tenant__in=list(tenants))
    return audits.count()


def needed_without_error() -> int:
    return audits_needed(SHOWN_BOUND)
