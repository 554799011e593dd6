from __future__ import annotations

from reviewer.models.decision import ANSWERS, Correction, Decision, Verdict
from reviewer.models.planted import (
    CheckShare,
    Confusion,
    Outcome,
    PlantedAnswer,
    PlantedError,
)
from reviewer.models.review_item import ReviewItem
from reviewer.models.review_task import AHEAD, ReviewTask, Stakes
from reviewer.models.second_look import BlindLook, SecondLookRule, UnseenRelease
from reviewer.models.second_opinion import SecondOpinion, TaskNote
from reviewer.models.sibling import Sibling
from reviewer.models.skills import Scope, Skills, Turnaround, scopes_of

__all__ = [
    "AHEAD",
    "ANSWERS",
    "BlindLook",
    "CheckShare",
    "Confusion",
    "Correction",
    "Decision",
    "Outcome",
    "PlantedAnswer",
    "PlantedError",
    "ReviewItem",
    "ReviewTask",
    "Scope",
    "SecondLookRule",
    "SecondOpinion",
    "Sibling",
    "Skills",
    "Stakes",
    "TaskNote",
    "Turnaround",
    "UnseenRelease",
    "Verdict",
    "scopes_of",
]
