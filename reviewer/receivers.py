from __future__ import annotations

from typing import Any

from catalog.models import PromotionBatch
from catalog.signals import promoted
from pipeline.models import Run
from pipeline.signals import run_finished
from reviewer import services


def open_review_task(sender: object, *, run: Run, **kwargs: Any) -> None:
    if run.generation is not None:
        services.open_task(generation=run.generation)


def follow_promotions(sender: object, *, batch: PromotionBatch, **kwargs: Any) -> None:
    services.follow_promotions(batch=batch)


def connect() -> None:
    run_finished.connect(open_review_task, dispatch_uid="reviewer.open_review_task")
    promoted.connect(follow_promotions, dispatch_uid="reviewer.follow_promotions")
