"""Asking people: which task a generation gives, and when it is asked no more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import services as catalog
from catalog.models import (
    DerivedArtifact,
    Disposition,
    Generation,
    Kind,
    Origin,
    PromotionBatch,
    State,
)
from pipeline.doubts import ASKED_AGAIN, Doubt, every_field, everything_critical
from pipeline.manifests_read import manifest_of
from pipeline.report import live_fields
from reviewer import auditing, triage
from reviewer.answers import AnswerRefused
from reviewer.checks import planting
from reviewer.models import ReviewItem, ReviewTask, Turnaround
from reviewer.services.carried_looks import ask_what_is_owed

LOOKED_AT = (
    "Another person is asked to look at it before its values are released: it can be"
    " reviewed again after that."
)


@transaction.atomic
def open_task(*, generation: Generation) -> ReviewTask | None:
    """Ask people about a generation, if its disposition says so and nobody did yet."""
    if (
        generation.disposition != Disposition.HUMAN_REVIEW
        or generation.state != State.CURRENT
        or generation.released_at is not None
    ):
        return None
    fields = live_fields(generation)
    manifest = manifest_of(generation)
    doubts = triage.questions(generation=generation, fields=fields, manifest=manifest)
    spec = manifest.document_type(generation.document_type)
    seed = planting.seed_for(generation, doubts, fields, spec)
    if seed is None:
        return file_task(generation, doubts, fields)
    task = file_task(generation, seed.doubts, fields)
    seed.file(task)
    return task


@transaction.atomic
def open_audit(*, generation: Generation) -> ReviewTask | None:
    """Ask about every critical field of what was accepted unseen, if it is chosen."""
    if not auditing.is_due(generation):
        return None
    manifest = manifest_of(generation)
    spec = manifest.document_type(generation.document_type)
    fields = live_fields(generation)
    claims = triage.claims_of(fields)
    reason = auditing.FULL_CHECK
    doubts = everything_critical(claims, spec, reason=reason) if spec else []
    if not doubts:
        return None
    return file_task(generation, doubts, fields, asks=ReviewTask.Asks.AUDIT)


@transaction.atomic
def reopen(*, user: User, source_id: uuid.UUID) -> ReviewTask:
    """Ask about every field of a source anew: a released value may prove wrong.

    The open task, if there is one. What was released stays so until it is answered.
    Raises Generation.DoesNotExist where nothing current is to be seen, AnswerRefused
    for a document of no known type.
    """
    with suppress(catalog.SourceErased):
        catalog.hold_source(source_id=source_id)
    generation = (
        Generation.objects.visible_to(user)
        .current()
        .select_related("source")
        .select_for_update(of=("self",), no_key=True)
        .get(source=source_id)
    )
    asking = ReviewTask.objects.open().asking(ReviewTask.Asks.DOUBTS)
    task = asking.filter(generation=generation).first()
    if task is not None:
        return task
    if ReviewTask.objects.open().blind().filter(generation=generation).exists():
        raise AnswerRefused(LOOKED_AT)
    manifest = manifest_of(generation)
    spec = manifest.document_type(generation.document_type)
    if spec is None:
        raise AnswerRefused("It is of no known type: there are no fields to review.")
    claims = triage.claims_of(live_fields(generation))
    machine = generation.artifacts.of_kind(Kind.FIELD).filter(origin=Origin.MACHINE)
    doubts = every_field(claims, spec, reason=ASKED_AGAIN)
    return file_task(generation, doubts, list(machine))


@transaction.atomic
def stop_asking(*, generations: QuerySet[Generation]) -> int:
    """Withdraw the open tasks about them; gives how many there were."""
    return (
        ReviewTask.objects.open()
        .filter(generation__in=generations)
        .update(
            state=ReviewTask.State.WITHDRAWN,
            reserver=None,
            reservation_token=None,
            reserved_until=None,
            ahead=False,
        )
    )


@transaction.atomic
def follow_promotions(*, batch: PromotionBatch) -> None:
    """Ask about what a batch has brought, where its disposition says so, and about a
    share of what it brought accepted.
    """
    # What was asked while the batch waited for it, too.
    stop_asking(generations=Generation.objects.filter(promoted_away__batch=batch))
    ask_what_is_owed(batch=batch)
    come = Generation.objects.filter(promoted_in__batch=batch)
    doubtful = come.filter(
        disposition=Disposition.HUMAN_REVIEW, released_at__isnull=True
    )
    for generation in doubtful.select_related("source").iterator(chunk_size=500):
        open_task(generation=generation)
    accepted = come.filter(disposition=Disposition.AUTO_ACCEPT)
    # Most of them are not chosen, which their source's id tells without another query.
    share = auditing.share_of(batch.pipeline_name)
    for generation in accepted.defer("steps").iterator(chunk_size=2000):
        if auditing.is_chosen(generation.source_id, share):
            open_audit(generation=generation)


def file_task(
    generation: Generation,
    doubts: Sequence[Doubt],
    fields: Sequence[DerivedArtifact],
    *,
    asks: ReviewTask.Asks = ReviewTask.Asks.DOUBTS,
) -> ReviewTask:
    """A task with an item a doubt, each with the machine's artifact for its slot."""
    stakes = triage.stakes_of(doubts)
    opened = timezone.now()
    tenant_id = generation.source.tenant_id
    due_at = Turnaround.objects.due_at(tenant_id, generation.document_type, opened)
    task = ReviewTask.objects.create(
        tenant_id=tenant_id,
        source=generation.source,
        generation=generation,
        asks=asks,
        stakes=stakes,
        priority=triage.priority_of(stakes, doubts, opened=opened, due_at=due_at),
        due_at=due_at,
        reason=doubts[0].reason if doubts else generation.reason,
        document_type=generation.document_type,
        template_key=generation.template_key,
    )
    by_slot = {artifact.slot: artifact for artifact in fields}
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                task=task,
                position=position,
                slot=doubt.slot,
                value_type=doubt.value_type,
                critical=doubt.critical,
                artifact=by_slot.get(doubt.slot),
                reason=doubt.reason,
            )
            for position, doubt in enumerate(doubts)
        ]
    )
    return task
