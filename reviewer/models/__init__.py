from __future__ import annotations

from reviewer.models.decision import ANSWERS, Correction, Decision, Verdict
from reviewer.models.own_keys import OwnKeys
from reviewer.models.planted import (
    CheckShare,
    Confusion,
    Outcome,
    PlantedAnswer,
    PlantedError,
)
from reviewer.models.review_item import BY_HAND, ReviewItem
from reviewer.models.review_task import AHEAD, ReviewTask, Stakes
from reviewer.models.second_look import BlindLook, SecondLookRule, UnseenRelease
from reviewer.models.second_opinion import SecondOpinion, TaskNote
from reviewer.models.settlement import Settlement
from reviewer.models.sibling import Sibling
from reviewer.models.skills import Scope, Skills, Turnaround, scopes_of
from reviewer.models.unanswered_time import UnansweredTime

__all__ = [
    "AHEAD",
    "ANSWERS",
    "BY_HAND",
    "BlindLook",
    "CheckShare",
    "Confusion",
    "Correction",
    "Decision",
    "Outcome",
    "OwnKeys",
    "PlantedAnswer",
    "PlantedError",
    "ReviewItem",
    "ReviewTask",
    "Scope",
    "SecondLookRule",
    "SecondOpinion",
    "Settlement",
    "Sibling",
    "Skills",
    "Stakes",
    "TaskNote",
    "Turnaround",
    "UnansweredTime",
    "UnseenRelease",
    "Verdict",
    "scopes_of",
]
