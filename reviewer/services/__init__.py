"""The reviewer's verbs. Each is one transaction."""

from __future__ import annotations

from reviewer.answers import Answer, AnswerRefused
from reviewer.services.asking import (
    follow_promotions,
    open_audit,
    open_task,
    reopen,
    stop_asking,
)
from reviewer.services.decisions import close_without_items, decide
from reviewer.services.differences import (
    ask_difference,
    ask_differences,
    follow_comparison,
)
from reviewer.services.reservations import (
    RESERVATION,
    ReservationLost,
    extend,
    put_back,
    reserve,
    reserve_next,
    skip,
)

__all__ = [
    "RESERVATION",
    "Answer",
    "AnswerRefused",
    "ReservationLost",
    "ask_difference",
    "ask_differences",
    "close_without_items",
    "decide",
    "extend",
    "follow_comparison",
    "follow_promotions",
    "open_audit",
    "open_task",
    "put_back",
    "reopen",
    "reserve",
    "reserve_next",
    "skip",
    "stop_asking",
]
