"""What people were asked and answered of a source that is being erased."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Erasure
from reviewer.models import Correction, ReviewTask


@transaction.atomic
def forget_source(*, erasure: Erasure) -> dict[str, int]:
    """Withdraw the tasks of a source that is being erased, and delete what people
    corrected. Decisions stay: who answered, when and how, without a value.
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
    return {"review_task": withdrawn, "correction": corrections.delete()[0]}
