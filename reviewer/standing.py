"""What stands in the fields of a task, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import DerivedArtifact
from reviewer.models import Decision, ReviewItem, ReviewTask


def standing_in(
    task: ReviewTask, items: Iterable[ReviewItem], fields: Iterable[DerivedArtifact]
) -> dict[str, DerivedArtifact]:
    """By slot, what stands as the task's page shows it; fields: showing.as_shown() of
    its reading."""
    if not task.is_blind:
        return {artifact.slot: artifact for artifact in fields}
    found = {
        item.slot: item.artifact
        for item in items
        if item.artifact and task.asks == ReviewTask.Asks.SECOND
    }
    given = Decision.objects.of_task(task).standing().order_by("sequence")
    for decision in given.select_related("artifact", "item"):
        found[decision.item.slot] = decision.artifact
    return found
