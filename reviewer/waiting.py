"""Whom the release of a document's values waits for, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.compiled import compiled
from catalog.models import Tenant
from catalog.people import Viewer
from reviewer.models import BlindLook, ReviewTask
from reviewer.models.skills import SENIOR_ROLES
from reviewer.team import able_to_review

RELEASED = "Case done: its values are released."
OF_SECOND = "Case done: another person reads it before its values are released."
OF_THIRD = (
    "Case done: another person answered otherwise, and a third one decides before its"
    " values are released."
)


READS = (
    "Before its values are released another person reads some of them, and sees no"
    " answer that was given."
)
DECIDES = "Two people read it differently: a third one decides before the release."


def look_of(task: ReviewTask) -> ReviewTask | None:
    """The open look at the reading that a task was about."""
    return next(iter(_looks_at(task.generation_id)), None)


@compiled
def _looks_at(generation_id: uuid.UUID) -> QuerySet[ReviewTask]:
    looks = ReviewTask.objects.open().blind().select_related("tenant")
    return looks.filter(generation=generation_id)


def after(task: ReviewTask) -> str:
    """What the last answer to a task has brought about."""
    released = task.generation.released_at is not None
    look = None if released else look_of(task)
    if look is None:
        return RELEASED
    third = look.asks == ReviewTask.Asks.THIRD
    text = OF_THIRD if third else OF_SECOND
    alone = nobody_else(look)
    return f"{text} {alone}" if alone else text


def nobody_else(look: ReviewTask) -> str:
    """What is said where nobody may do it; "" where somebody may."""
    if able_to_review(look):
        return ""
    if look.asks == ReviewTask.Asks.THIRD:
        return (
            "Nobody else may review it here: it waits until an admin lets a third"
            " person do so."
        )
    until = BlindLook.objects.filter(item__task=look).order_by("-waits_until").first()
    when = f" on {until.waits_until:%-d %b at %H:%M} UTC" if until else ""
    return (
        f"Nobody else may review it here: it is released without a second look{when},"
        " or when a manager says so."
    )


@dataclass(frozen=True, slots=True)
class OpenLook:
    """The look on which a document's release waits, for its page."""

    task: ReviewTask
    text: str
    may_release: bool


def open_look(viewer: Viewer, tasks: Iterable[ReviewTask]) -> OpenLook | None:
    """tasks: the open ones about a source."""
    look = next((task for task in tasks if task.is_blind), None)
    if look is None:
        return None
    third = look.asks == ReviewTask.Asks.THIRD
    led = Tenant.objects.led_by(viewer, *SENIOR_ROLES)
    return OpenLook(
        look,
        " ".join(filter(None, (DECIDES if third else READS, nobody_else(look)))),
        may_release=not third and led.filter(pk=look.tenant_id).exists(),
    )
