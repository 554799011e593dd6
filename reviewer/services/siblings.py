"""Documents like one that an audit found wrong."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Disposition, Generation, State
from catalog.models.generation import GenerationQuerySet
from catalog.services import SourceErased, hold_source
from pipeline.doubts import every_field
from pipeline.report import live_fields
from reviewer import auditing, triage
from reviewer.models import ReviewTask, Sibling
from reviewer.services.asking import file_task
from reviewer.two_versions import spec_of

log = structlog.get_logger()
# Opened by one error at once: the rest is told with its number, and opened by hand.
AT_ONCE = 20


def siblings_left(task: ReviewTask) -> GenerationQuerySet:
    """What the same version accepted of the same tenant and layout, and is out, and of
    which nobody has looked at the field. Newest first.
    """
    found = task.generation
    slots = auditing.wrong_slots(task)
    alike = Generation.objects.filter(
        pipeline_name=found.pipeline_name,
        pipeline_version=found.pipeline_version,
        document_type=found.document_type,
        template_key=found.template_key,
        source__tenant=task.tenant_id,
        source__erased_at__isnull=True,
        disposition=Disposition.AUTO_ACCEPT,
        state=State.CURRENT,
        released_at__isnull=False,
    ).exclude(pk=found.pk)
    looked_at = ReviewTask.objects.exclude(state=ReviewTask.State.WITHDRAWN).filter(
        items__slot__in=slots
    )
    # Without a layout nothing is known to look alike.
    if not slots or not found.template_key:
        return alike.none()
    return alike.exclude(pk__in=looked_at.values("generation")).order_by("-created_at")


@transaction.atomic
def open_siblings(
    *, cause: ReviewTask, most: int = AT_ONCE, user: User | None = None
) -> int:
    """Ask about the fields that were wrong in up to so many documents alike; how many
    it were. A source that is being erased, or has a check open, is left out.
    """
    slots = auditing.wrong_slots(cause)
    opened = 0
    for generation in siblings_left(cause).select_related("source")[:most]:
        opened += _open(cause, generation, slots)
    if opened:
        log.info(
            "siblings_opened",
            cause=str(cause.pk),
            count=opened,
            user=user.pk if user else None,
        )
    return opened


def _open(cause: ReviewTask, generation: Generation, slots: Sequence[str]) -> bool:
    try:
        hold_source(source_id=generation.source_id)
    except SourceErased:
        return False
    # Whoever is at it now is not waited for: it may be waiting for us.
    rows = Generation.objects.current().filter(pk=generation.pk)
    if not rows.select_for_update(no_key=True, skip_locked=True).exists():
        return False
    audits = ReviewTask.objects.open().asking(ReviewTask.Asks.AUDIT)
    spec = spec_of(generation)
    if spec is None or audits.filter(generation=generation).exists():
        return False
    fields = live_fields(generation)
    claims = triage.claims_of(fields)
    asked = every_field(claims, spec, reason=auditing.SIBLING)
    doubts = [doubt for doubt in asked if doubt.slot in slots]
    if not doubts:
        return False
    task = file_task(generation, doubts, fields, asks=ReviewTask.Asks.AUDIT)
    Sibling.objects.create(task=task, cause=cause)
    return True
