"""Fields that needed no answer any more, as the history of a source tells them."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.models import SourceMedia
from reviewer.blinding import NO_VEIL, Veil
from reviewer.happening import Happening, name_of
from reviewer.models import Settlement
from reviewer.names import FieldNames
from reviewer.reasons import reason_text


def settlements_of(source: SourceMedia, veil: Veil = NO_VEIL) -> Iterator[Happening]:
    """Each one, and its end; not what followed from answers that are hidden."""
    found = Settlement.objects.filter(item__task__source=source)
    found = found.exclude(item__slot__in=veil.slots)
    found = found.exclude(decision__item__slot__in=veil.slots)
    rows = found.select_related(
        "item__task", "decision__item", "decision__reviewer", "ended_by__reviewer"
    )
    names = FieldNames.now()
    for one in rows:
        document_type = one.item.task.document_type
        name = names.of(one.item.slot, document_type)
        after = names.of(one.decision.item.slot, document_type)
        yield Happening(
            one.settled_at,
            "check",
            f"{name} agrees now and was not asked",
            detail=f"{reason_text(one.reason)} After the answer to {after}.",
            who=name_of(one.decision.reviewer),
        )
        if one.ended_by is not None:
            yield Happening(
                one.ended_by.decided_at,
                "review",
                f"{name} does not stand by its check any more",
                detail="It was answered, or an answer beside it changed.",
                who=name_of(one.ended_by.reviewer),
            )
