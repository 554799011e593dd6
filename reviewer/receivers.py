from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from catalog.models import Comparison, Erasure, Generation, PromotionBatch
from catalog.signals import erasing, promoted, superseding
from pipeline.models import ReprocessItem, Run
from pipeline.signals import compared, run_finished
from reviewer import forgetting, services


def open_review_task(sender: object, *, run: Run, **kwargs: Any) -> None:
    if run.generation is not None:
        services.open_task(generation=run.generation)
        services.open_audit(generation=run.generation)


def ask_which_is_right(
    sender: object, *, comparison: Comparison, item: ReprocessItem, **kwargs: Any
) -> None:
    services.follow_comparison(comparison=comparison, item=item)


def stop_asking(
    sender: object, *, generations: QuerySet[Generation], **kwargs: Any
) -> None:
    services.stop_asking(generations=generations)


def follow_promotions(sender: object, *, batch: PromotionBatch, **kwargs: Any) -> None:
    services.follow_promotions(batch=batch)


def forget_source(sender: object, *, erasure: Erasure, **kwargs: Any) -> dict[str, int]:
    return forgetting.forget_source(erasure=erasure)


def connect() -> None:
    run_finished.connect(open_review_task, dispatch_uid="reviewer.open_review_task")
    compared.connect(ask_which_is_right, dispatch_uid="reviewer.ask_which_is_right")
    superseding.connect(stop_asking, dispatch_uid="reviewer.stop_asking")
    promoted.connect(follow_promotions, dispatch_uid="reviewer.follow_promotions")
    erasing.connect(forget_source, dispatch_uid="reviewer.forget_source")
