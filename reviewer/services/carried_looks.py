"""Another person's look that a newer reading cut off."""

from __future__ import annotations

from catalog import services as catalog
from catalog.models import Generation, PromotionBatch
from reviewer.models import ReviewTask
from reviewer.services.second_looks import file_second, owed_looks


def ask_what_is_owed(*, batch: PromotionBatch) -> None:
    """Where the machine accepted what a batch brought, while a look at people's answers
    was open: they were carried over, and wait for their look, unreleased as before.

    In the transaction of the batch, so that nobody was told of them. What people are
    asked about anyway gets its look with their answers (second_looks).
    """
    cut_off = {
        look.generation_id: look for look in ReviewTask.objects.cut_off_by(batch)
    }
    for generation_id, look in cut_off.items():
        generation = Generation.objects.select_related("source").get(
            promoted_in__batch=batch, promoted_in__old_generation=generation_id
        )
        owed = owed_looks(generation)
        if owed:
            catalog.release_no_more(generation=generation)
            file_second(look, generation, owed)
