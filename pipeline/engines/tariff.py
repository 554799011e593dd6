"""What tokens cost, and how many a picture is, on the day of a call.

Engines know no database: the runner gives an engine the tariff of the day (its method
`at`). A tariff decides the bill and whether a budget is spent, never what is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.engines.tokens import Formula

MILLION = 1_000_000
# The share by which reported tokens may differ from the formula's before it is doubted.
TOLERANCE = 0.10


@dataclass(frozen=True, slots=True)
class Price:
    """micro-USD a million tokens."""

    input: int
    output: int
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Tariff:
    """None: nobody entered one that is valid on the day."""

    price: Price | None = None
    formula: Formula | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls. estimated_*: by the formula and the text's length.

    Where the service reports none, input and output are the estimates (reported counts
    the calls of which it did). images is the pictures' part of the input: as reported,
    or else by the formula.
    """

    calls: int = 0
    reported: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    images: int = 0
    estimated_input: int = 0
    # Of the calls whose input was both reported and estimated.
    both_reported: int = 0
    both_estimated: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            *(getattr(self, name) + getattr(other, name) for name in self.__slots__)
        )

    @property
    def tokens(self) -> int:
        return self.input + self.output

    @property
    def residual(self) -> float | None:
        """Reported against estimated input, as a share; None where one is missing."""
        if not self.both_estimated:
            return None
        return self.both_reported / self.both_estimated - 1

    def cost(self, price: Price | None) -> int | None:
        """micro-USD, rounded up; None where no price is known."""
        if price is None:
            return None
        fresh = self.input - self.cached
        parts = (
            fresh * price.input
            + self.cached * price.cached
            + self.output * price.output
        )
        return -(-parts // MILLION)

    def figures(self, price: Price | None) -> dict[str, Any]:
        """For the step's quality. cost_known is False where no price was entered: the
        0 micro-USD of the step are then no price.
        """
        found: dict[str, Any] = {
            "calls": self.calls,
            "calls_reporting_tokens": self.reported,
            "input_tokens": self.input,
            "output_tokens": self.output,
            "cached_tokens": self.cached,
            "estimated_input_tokens": self.estimated_input,
            "cost_known": price is not None,
        }
        if self.residual is not None:
            found["tokens_residual"] = round(self.residual, 4)
            found["formula_off"] = abs(self.residual) > TOLERANCE
        return found
