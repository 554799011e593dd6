"""Whether frozen golden sets still hold what they held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.fsck.base import Finding, Scope, Step
from catalog.hashing import digest_of
from catalog.models import Erasure, GoldenSet


class GoldenSets:
    """A set against its digest. What an erasure took is missing by right."""

    name = "golden_sets"
    finds = {
        "golden_set_differs": "The set does not hold the values that it was frozen"
        " with: somebody wrote or deleted past the triggers. Do not measure by it;"
        " freeze a new one.",
    }

    def steps(self, scope: Scope, cursor: Any) -> Iterator[Step]:
        if not scope.whole:
            return
        erased = Erasure.objects.exists()
        for one in GoldenSet.objects.order_by("number"):
            if one.number <= int(cursor or 0):
                continue
            held = list(
                one.members.order_by("value_id").values_list("value_id", flat=True)
            )
            fewer = len(held) < one.values_count and erased
            wrong = not fewer and digest_of([str(pk) for pk in held]) != one.digest
            detail = self.finds["golden_set_differs"]
            found = (
                [Finding("golden_set_differs", str(one.pk), detail)] if wrong else []
            )
            yield Step(one.number, len(held), found)
