"""What one document may cost, and what it has cost so far."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from pipeline.engines.service_error import ServiceError, ServiceReason
from pipeline.engines.tariff import Tariff, Usage


@dataclass
class Meter:
    """most_tokens, most_micro_usd: the document's budget, input and output; 0: none.

    A request is refused before it is sent if its estimate would go beyond. Threads
    share one meter; what is in flight counts as estimated.
    """

    tariff: Tariff
    most_tokens: int = 0
    most_micro_usd: int = 0
    used: Usage = field(default_factory=Usage)
    _waiting: Usage = field(default_factory=Usage)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, estimated: Usage) -> None:
        """Raises ServiceError where it costs too much, or nobody knows how much."""
        with self._lock:
            total = self.used + self._waiting + estimated
            if self.most_tokens and total.tokens > self.most_tokens:
                raise _spent(f"more than {self.most_tokens} tokens")
            if self.most_micro_usd:
                cost = total.cost(self.tariff.price)
                if cost is None:
                    raise _spent("an amount that nobody knows: enter the model's price")
                if cost > self.most_micro_usd:
                    raise _spent(f"more than {self.most_micro_usd} micro-USD")
            self._waiting += estimated

    def settle(self, estimated: Usage, used: Usage | None) -> None:
        """used: None where no answer came; nobody knows what that is billed as."""
        with self._lock:
            waiting = (
                getattr(self._waiting, name) - getattr(estimated, name)
                for name in Usage.__slots__
            )
            self._waiting = Usage(*waiting)
            if used is not None:
                self.used += used


def _spent(what: str) -> ServiceError:
    return ServiceError(ServiceReason.BUDGET, f"the document would cost {what}")
