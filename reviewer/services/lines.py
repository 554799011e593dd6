"""Line items that nobody was asked about, corrected, added or removed by a person."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Max

from catalog.models import DerivedArtifact, Kind, Origin
from pipeline.claims import LINE_COLUMNS, LINE_SLOT
from reviewer.granting import shows_only_crops
from reviewer.live_checks import LINE_TYPES
from reviewer.models import BY_HAND, ReviewItem, ReviewTask

MOST_LINES = 1000


def open_cell(user: User, task: ReviewTask, slot: str, *, late: bool = False) -> None:
    """See to it that a cell of a line item can be answered: an item for the machine's
    reading of it, or for a line that the machine did not find.

    Of tasks about doubtful values only, and not for who sees nothing but what is asked
    about. late: the answer does not count, and so nothing
    is asked.
    """
    line = LINE_SLOT.fullmatch(slot)
    if line is None or task.asks != ReviewTask.Asks.DOUBTS:
        return
    if line["column"] not in LINE_COLUMNS or int(line["number"]) >= MOST_LINES:
        return
    if task.items.filter(slot=slot).exists() or shows_only_crops(user, task):
        return
    last = task.items.aggregate(last=Max("position"))["last"]
    fields = DerivedArtifact.objects.live_in(task.generation).of_kind(Kind.FIELD)
    ReviewItem.objects.create(
        task=task,
        position=0 if last is None else last + 1,
        slot=slot,
        value_type=LINE_TYPES[line["column"]].value,
        critical=False,
        artifact=fields.filter(slot=slot, origin=Origin.MACHINE).first(),
        reason=BY_HAND,
        decided=late,
    )
