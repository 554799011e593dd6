from __future__ import annotations

from typing import Any

from catalog.models import Erasure
from catalog.signals import erasing
from pipeline.models import Run
from pipeline.signals import run_finished
from reviewer import forgetting, services


def open_review_task(sender: object, *, run: Run, **kwargs: Any) -> None:
    services.open_task(run=run)


def forget_source(sender: object, *, erasure: Erasure, **kwargs: Any) -> dict[str, int]:
    return forgetting.forget_source(erasure=erasure)


def connect() -> None:
    run_finished.connect(open_review_task, dispatch_uid="reviewer.open_review_task")
    erasing.connect(forget_source, dispatch_uid="reviewer.forget_source")
