"""What a finished audit tells of the version that accepted the document."""

from __future__ import annotations

import structlog

from pipeline import acceptance
from reviewer import auditing
from reviewer.models import ReviewTask

log = structlog.get_logger()


def record_audit(task: ReviewTask) -> None:
    """Keep or end the proof of the version's automatic acceptance.

    wrong: a field that decides was, by what a person found.
    """
    wrong = auditing.put_right(task) > 0
    log.info("audit_done", task_id=str(task.pk), wrong=wrong)
    acceptance.record_audit(generation=task.generation, wrong=wrong)
