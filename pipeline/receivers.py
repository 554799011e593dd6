"""What the pipeline does when the catalog erases a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Erasure
from catalog.signals import erasing, searching
from pipeline import policies, queue
from pipeline.models import PaidAnswer, ProcessingEvent, ReprocessItem, Run
from pipeline.models.reprocess_item import ReprocessItemQuerySet
from pipeline.showing import tiles
from pipeline.signals import run_finished

ERASED = "source_erased"


def forget_source(sender: object, *, erasure: Erasure, **kwargs: Any) -> dict[str, int]:
    """End the source's open runs, delete its events, what services answered it, and
    what the queue says of it.

    A run at work finds that it is its worker's no more, and stores nothing.
    """
    content_hash = erasure.source.content_hash
    transaction.on_commit(lambda: tiles.forget(content_hash))
    runs = Run.objects.filter(source=erasure.source_id)
    ended = runs.open().update(
        state=Run.State.FAILED,
        reason=ERASED,
        lease_until=None,
        finished_at=timezone.now(),
    )
    items = ReprocessItem.objects.filter(source=erasure.source_id)
    events = ProcessingEvent.objects.filter(source_id=erasure.source_id)
    answers = PaidAnswer.objects.filter(source=erasure.source_id)
    return {
        "paid_answer": answers.delete()[0],
        "reprocess_item": _forget_items(items),
        "step_event": _delete_steps(erasure),
        "processing_event": events.delete()[0],
        "run": ended,
        "queue": queue.forget(_names(erasure)),
    }


def _forget_items(items: ReprocessItemQuerySet) -> int:
    """End those that are open; of the others, too, the template was the document's."""
    ended = items.open().update(
        state=ReprocessItem.State.SKIPPED,
        reason=ERASED,
        lease_until=None,
        finished_at=timezone.now(),
    )
    for item in items.exclude(slices={}):
        item.slices["template"] = ""
        item.save(update_fields=["slices"])
    return ended


def _delete_steps(erasure: Erasure) -> int:
    """By time and id, as they are indexed in each month."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM step_event s USING processing_event e WHERE e.source_id = %s"
            " AND (s.created_at, s.event_id) = (e.created_at, e.event_id)",
            [erasure.source_id],
        )
        return int(cursor.rowcount)


def _names(erasure: Erasure) -> list[str]:
    """The ids by which a task of the queue could name the source."""
    runs = Run.objects.filter(source=erasure.source_id).values_list("pk", flat=True)
    return [str(erasure.source_id), *map(str, runs)]


def look_in_queue(
    sender: object, *, erasure: Erasure, needles: Sequence[str], **kwargs: Any
) -> dict[str, int]:
    return {"queue": queue.naming([*needles, *_names(erasure)])}


def look_at_tiles(
    sender: object, *, erasure: Erasure, needles: Sequence[str], **kwargs: Any
) -> dict[str, int]:
    """What a crash left goes now; what cannot be deleted is told."""
    hashes = [needle for needle in needles if tiles.HASH.fullmatch(needle)]
    for one in hashes:
        tiles.forget(one)
    return {"tiles": sum(tiles.left_of(one) for one in hashes)}


def follow_policy(sender: object, *, run: Run, **kwargs: Any) -> None:
    policies.after_run(run)


def connect() -> None:
    run_finished.connect(follow_policy, dispatch_uid="pipeline.follow_policy")
    erasing.connect(forget_source, dispatch_uid="pipeline.forget_source")
    searching.connect(look_in_queue, dispatch_uid="pipeline.look_in_queue")
    searching.connect(look_at_tiles, dispatch_uid="pipeline.look_at_tiles")
