"""How often, and for how many tokens, a process asks a service in a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_BURST = 6.0  # seconds' worth that may be spent at once after a quiet while


class RateLimit:
    """Two buckets, of requests and of tokens, that fill evenly; 0 is no limit.

    Of one process: with N workers, N times as much is asked. What the service itself
    allows is told by its 429 answers, whose Retry-After the client waits for.
    """

    def __init__(
        self,
        requests: int,
        tokens: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = (requests / 60, tokens / 60)
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._levels = [self._most(rate) for rate in self._rates]
        self._filled_at = clock()

    def wait(self, tokens: int) -> float:
        """Take one request and its tokens; seconds that were waited for them.

        What is more than the bucket holds is taken as a debt, which the next one waits
        for: no request is too large to be sent.
        """
        waited = 0.0
        while (pause := self._try((1, tokens))) > 0:
            self._sleep(pause)
            waited += pause
        return waited

    def settle(self, *, expected: int, used: int) -> None:
        """Put right what an answer turned out to be."""
        with self._lock:
            self._levels[1] += expected - used

    def _try(self, needs: tuple[int, int]) -> float:
        """0 where both were taken, else seconds until that may be tried again."""
        with self._lock:
            now = self._clock()
            passed, self._filled_at = now - self._filled_at, now
            pause = 0.0
            for at, rate in enumerate(self._rates):
                if not rate:
                    continue
                most = self._most(rate)
                level = self._levels[at] = min(most, self._levels[at] + passed * rate)
                lacking = min(needs[at], most) - level
                # A little more, or rounding would leave a rest for another round.
                pause = max(pause, lacking / rate + 1e-6 if lacking > 0 else 0.0)
            if not pause:
                self._levels = [
                    have - need for have, need in zip(self._levels, needs, strict=True)
                ]
            return pause

    @staticmethod
    def _most(rate: float) -> float:
        return max(1.0, rate * _BURST)
