from __future__ import annotations

from reviewer.models.decision import ANSWERS, Correction, Decision, Verdict
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import AHEAD, ReviewTask, Stakes
from reviewer.models.second_opinion import SecondOpinion, TaskNote
from reviewer.models.skills import Scope, Skills, Turnaround, scopes_of
from reviewer.models.unanswered_time import UnansweredTime

__all__ = [
    "AHEAD",
    "ANSWERS",
    "Correction",
    "Decision",
    "ReviewItem",
    "ReviewTask",
    "Scope",
    "SecondOpinion",
    "Skills",
    "Stakes",
    "TaskNote",
    "Turnaround",
    "UnansweredTime",
    "Verdict",
    "scopes_of",
]
