"""What an error that a full check found has opened, for the page of its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import SourceMedia, Tenant
from catalog.people import Viewer
from reviewer import auditing
from reviewer.models import ReviewTask, Sibling
from reviewer.models.skills import SENIOR_ROLES
from reviewer.names import FieldNames
from reviewer.services.siblings import AT_ONCE, siblings_left


@dataclass(frozen=True, slots=True)
class FoundError:
    """fields: in words. left: documents like it that nobody has been asked about."""

    task: ReviewTask
    fields: str
    opened: Sequence[Sibling]
    left: int
    may_open: bool

    @property
    def next(self) -> int:
        return min(self.left, AT_ONCE)


def errors_found(viewer: Viewer, source: SourceMedia) -> list[FoundError]:
    audits = ReviewTask.objects.asking(ReviewTask.Asks.AUDIT).filter(
        source=source, state=ReviewTask.State.DONE
    )
    led = Tenant.objects.led_by(viewer, *SENIOR_ROLES).filter(pk=source.tenant_id)
    may_open = led.exists()
    names = FieldNames.now()
    found = []
    for task in audits.select_related("generation"):
        wrong = auditing.wrong_slots(task)
        opened = list(Sibling.objects.caused_by(task).order_by("opened_at"))
        left = siblings_left(task).count() if wrong else 0
        if opened or left:
            words = ", ".join(names.of(slot, task.document_type) for slot in wrong)
            found.append(FoundError(task, words, opened, left, may_open))
    return found
