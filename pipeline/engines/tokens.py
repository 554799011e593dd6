"""How many tokens a picture is, by the documentation of services that count them.

A formula belongs to a model and to a day (pipeline.models.TokenFormula): services
change them. Sizes are in pixels. What a service reports goes before any formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from typing import Any

LETTERS_A_TOKEN = 4  # of text, roughly, in the Latin script


class UnknownFormula(ValueError):
    """No formula of this kind, or parameters that it does not have."""


@dataclass(frozen=True, slots=True)
class Formula:
    """kind is "tiles" or "patches"; params are keyword arguments of that function."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def tokens(self, width: int, height: int) -> int:
        """Raises UnknownFormula."""
        try:
            return KINDS[self.kind](width, height, **self.params)
        except (KeyError, TypeError) as error:
            message = f"{self.kind} is no formula with these parameters"
            raise UnknownFormula(message) from error


def tiles(
    width: int,
    height: int,
    *,
    base: int = 85,
    each: int = 170,
    tile: int = 512,
    longest: int = 2048,
    shortest: int = 768,
    low: bool = False,
) -> int:
    """A base, and so many a tile of the picture as it is made smaller.

    It is fitted into a square of `longest`, then its shorter side to `shortest`; low
    detail is the base alone. OpenAI's guide "Images and vision", GPT-4o: 1024 x 1024 is
    765 tokens, 2048 x 4096 is 1105, low is 85.
    """
    if low:
        return base
    scale = min(1.0, longest / max(width, height))
    scale = min(scale, shortest / min(width, height))
    across, down = (ceil(round(side * scale, 6) / tile) for side in (width, height))
    return base + each * across * down


def patches(
    width: int,
    height: int,
    *,
    patch: int = 32,
    most: int = 1536,
    longest: int = 0,
    multiplier: float = 1.0,
    aligned: bool = True,
) -> int:
    """One a patch of the picture, made smaller until they are no more than `most`.

    longest: no side is longer than that (0: any). aligned: it is made smaller by one
    factor, then a little more until one side is whole patches, as OpenAI's guide does
    (1024 x 1024 is 1024 tokens, 1800 x 2400 is 1452); otherwise step by step, as the
    28-pixel patches of Claude are counted (200 x 200 is 64, 1000 x 1000 is 1296, 1928 x
    1928 is 1521 with 1568 for longest and most, 4761 with 2576 and 4784).
    """
    if longest and max(width, height) > longest:
        scale = longest / max(width, height)
        width, height = (max(1, floor(side * scale)) for side in (width, height))
    if _patches(width, height, patch) > most:
        shrink = _aligned if aligned else _by_steps
        return ceil(shrink(width, height, patch, most) * multiplier)
    return ceil(_patches(width, height, patch) * multiplier)


def _patches(width: float, height: float, patch: int) -> int:
    return ceil(round(width / patch, 6)) * ceil(round(height / patch, 6))


def _aligned(width: int, height: int, patch: int, most: int) -> int:
    factor = sqrt(patch * patch * most / (width * height))
    across, down = (side * factor / patch for side in (width, height))
    factor *= min(max(floor(side), 1) / side for side in (across, down))
    return _patches(width * factor, height * factor, patch)


def _by_steps(width: int, height: int, patch: int, most: int) -> int:
    """The largest whole number of patches across that leaves no more than most."""
    across, ratio = ceil(width / patch), height / width
    while across > 1 and across * max(1, ceil(across * ratio - 1e-9)) > most:
        across -= 1
    return min(most, across * max(1, ceil(across * ratio - 1e-9)))


KINDS: Mapping[str, Callable[..., int]] = {"tiles": tiles, "patches": patches}


def tokens_of_text(text: str) -> int:
    """A rough count, for where nobody reports one."""
    return ceil(len(text) / LETTERS_A_TOKEN)
