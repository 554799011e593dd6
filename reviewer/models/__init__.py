from __future__ import annotations

from reviewer.models.decision import Correction, Decision, Verdict
from reviewer.models.review_task import ReviewItem, ReviewTask, Stakes

__all__ = [
    "Correction",
    "Decision",
    "ReviewItem",
    "ReviewTask",
    "Stakes",
    "Verdict",
]
