"""What a finished audit tells of the version that accepted the document."""

from __future__ import annotations

import uuid

import structlog
from django.db import transaction
from django.utils import timezone

from catalog.models import Disposition, Generation
from pipeline import acceptance
from reviewer import audit_sizing, auditing
from reviewer.models import ReviewTask, Sibling
from reviewer.services.asking import open_audit
from reviewer.services.siblings import open_siblings

log = structlog.get_logger()
MOST_DUE = 500  # opened at once


def record_audit(task: ReviewTask) -> None:
    """Keep or end the proof of the version's automatic acceptance, and look at what is
    like a document that was wrong.

    wrong: a field that decides was, by what a person found. A sibling of an error was
    not drawn at random, and so neither keeps nor ends a proof.
    """
    wrong = auditing.put_right(task) > 0
    log.info("audit_done", task_id=str(task.pk), wrong=wrong)
    if not Sibling.objects.filter(task=task).exists():
        acceptance.record_audit(generation=task.generation, wrong=wrong)
    if wrong:
        open_siblings(cause=task)


def open_due_audits(*, pipeline_name: str, most: int = MOST_DUE) -> int:
    """Draw by the share as it is now also from what was accepted before: a larger share
    draws what the smaller one drew, and more. How many it opened, newest first.
    """
    since = timezone.now() - audit_sizing.LATELY
    share = auditing.share_of(pipeline_name)
    accepted = Generation.objects.current().filter(
        pipeline_name=pipeline_name,
        disposition=Disposition.AUTO_ACCEPT,
        released_at__isnull=False,
        restores__isnull=True,
        created_at__gte=since,
    )
    unseen = accepted.exclude(pk__in=ReviewTask.objects.values("generation"))
    ids = unseen.order_by("-created_at").values_list("pk", "source_id")
    drawn = [pk for pk, source_id in ids if auditing.is_chosen(source_id, share)]
    opened = 0
    for pk in drawn[:most]:
        opened += _open_due(pk)
    log.info("audits_drawn", pipeline_name=pipeline_name, count=opened)
    return opened


@transaction.atomic
def _open_due(generation_id: uuid.UUID) -> bool:
    rows = Generation.objects.current().select_related("source")
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    generation = locked.filter(pk=generation_id).first()
    if generation is None or generation.source.erased_at is not None:
        return False
    return open_audit(generation=generation) is not None
