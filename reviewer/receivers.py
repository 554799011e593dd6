from __future__ import annotations

from typing import Any

from pipeline.models import Run
from pipeline.signals import run_finished
from reviewer import services


def open_review_task(sender: object, *, run: Run, **kwargs: Any) -> None:
    services.open_task(run=run)


def connect() -> None:
    run_finished.connect(open_review_task, dispatch_uid="reviewer.open_review_task")
