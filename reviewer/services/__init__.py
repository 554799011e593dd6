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
from reviewer.services.audits import open_due_audits
from reviewer.services.decisions import close_without_items, decide
from reviewer.services.differences import (
    ask_difference,
    ask_differences,
    follow_comparison,
)
from reviewer.services.helping import comment, escalate, return_to_first
from reviewer.services.reservations import (
    RESERVATION,
    ReservationLost,
    extend,
    put_back,
    reserve,
    reserve_ahead,
    reserve_next,
    skip,
)
from reviewer.services.second_looks import release_unseen, release_waited
from reviewer.services.settling import reasons as settled_reasons
from reviewer.services.sheets import (
    Outcome,
    Sheet,
    SheetAnswer,
    answer_sheet,
    hold_sheet,
    put_sheet_back,
    take_sheet,
)
from reviewer.services.siblings import open_siblings, siblings_left
from reviewer.services.turns import Turn, decide_and_go_on, note_desk_seen
from reviewer.services.undoing import last_undoable, undo

__all__ = [
    "RESERVATION",
    "Answer",
    "AnswerRefused",
    "Outcome",
    "ReservationLost",
    "Sheet",
    "SheetAnswer",
    "Turn",
    "answer_sheet",
    "ask_difference",
    "ask_differences",
    "close_without_items",
    "comment",
    "decide",
    "decide_and_go_on",
    "escalate",
    "extend",
    "follow_comparison",
    "follow_promotions",
    "hold_sheet",
    "last_undoable",
    "note_desk_seen",
    "open_audit",
    "open_due_audits",
    "open_siblings",
    "open_task",
    "put_back",
    "put_sheet_back",
    "release_unseen",
    "release_waited",
    "reopen",
    "reserve",
    "reserve_ahead",
    "reserve_next",
    "return_to_first",
    "settled_reasons",
    "siblings_left",
    "skip",
    "stop_asking",
    "take_sheet",
    "undo",
]
