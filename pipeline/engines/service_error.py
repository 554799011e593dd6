"""What a service that answers for a model can do wrong, by one word each."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pipeline.engines.base import EngineError


class ServiceReason(StrEnum):
    UNAVAILABLE = "service_unavailable"  # no answer, or an error of its own
    BUSY = "service_busy"  # it asks to be asked less often
    TOO_SLOW = "service_too_slow"
    REFUSED = "service_refused"  # the request, the key or the model
    NOT_CONFIGURED = "service_not_configured"
    UNREADABLE = "answer_unreadable"  # no JSON, or more of it than allowed
    CUT_OFF = "answer_cut_off"
    WRONG_SHAPE = "answer_of_wrong_shape"
    NOT_GIVEN = "answer_not_given"  # the model would not say
    OTHER_MODEL = "answer_of_another_model"
    BUDGET = "budget_spent"


# Another attempt, later, may do better.
TRANSIENT = frozenset(
    {
        ServiceReason.UNAVAILABLE,
        ServiceReason.BUSY,
        ServiceReason.TOO_SLOW,
        ServiceReason.UNREADABLE,
    }
)


class ServiceError(EngineError):
    """The message names no document, no key and no address.

    so_far: the step's result as far as it came, a StepResult, for the bill.
    """

    so_far: Any = None

    def __init__(self, reason: ServiceReason, message: str) -> None:
        super().__init__(message, permanent=reason not in TRANSIENT)
        self.reason = reason.value
