"""What people were asked and answered of a source that is being erased."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Erasure
from reviewer.models import (
    Correction,
    PlantedAnswer,
    PlantedError,
    ReviewTask,
    SecondOpinion,
    TaskNote,
)


@transaction.atomic
def forget_source(*, erasure: Erasure) -> dict[str, int]:
    """Withdraw the tasks of a source that is being erased, and delete what people
    corrected, answered beside or said of it. Decisions stay: who answered, when and
    how, without a value.
    """
    tasks = ReviewTask.objects.filter(source=erasure.source_id)
    withdrawn = tasks.open().update(
        state=ReviewTask.State.WITHDRAWN,
        reserver=None,
        reservation_token=None,
        reserved_until=None,
        ahead=False,
    )
    tasks.exclude(template_key="").update(template_key="")
    corrections = Correction.objects.filter(
        decision__artifact__source=erasure.source_id
    )
    opinions = SecondOpinion.objects.filter(item__task__source=erasure.source_id)
    planted = PlantedError.objects.of_source(erasure.source_id)
    to_planted = PlantedAnswer.objects.of_source(erasure.source_id)
    notes = TaskNote.objects.filter(task__source=erasure.source_id).exclude(text="")
    return {
        "review_task": withdrawn,
        "correction": corrections.delete()[0],
        "second_opinion": opinions.update(value="", region=None),
        "planted_error": planted.update(payload=None, region=None),
        "planted_answer": to_planted.update(value="", raw="", region=None),
        "task_note": notes.update(text=""),
    }
