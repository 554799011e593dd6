"""Addresses of pages, by a pattern that is looked up once.

Django's reverse() looks through the patterns each time: a desk has 40 addresses, and
took longer for them than for its queries.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_script_prefix, reverse

# Values that stand in an address as they are.
PLAIN = re.compile(r"[\w-]+", re.ASCII)
STAND_INS: dict[type, Callable[[int], Any]] = {
    uuid.UUID: lambda n: uuid.UUID(int=(0xC0DE << 112) + n),
    int: lambda n: 310_031_000 + n,
    str: lambda n: f"stand-in-{n}",
}


def address_of(name: str, *values: Any) -> str:
    """As reverse(name, args=values). Raises NoReverseMatch."""
    kinds = tuple(map(type, values))
    if all(kind in STAND_INS for kind in kinds):
        pattern = _pattern(get_script_prefix(), name, kinds)
        plain = [str(value) for value in values]
        if pattern and all(map(PLAIN.fullmatch, plain)):
            return pattern.format(*plain)
    return reverse(name, args=values)


@lru_cache(maxsize=512)
def _pattern(prefix: str, name: str, kinds: tuple[type, ...]) -> str:
    """With {} where each value goes; "" where it takes values of one form only.

    prefix: what reverse() begins with, here a key.
    """
    stand_ins = [STAND_INS[kind](n) for n, kind in enumerate(kinds)]
    try:
        path = reverse(name, args=stand_ins)
    except NoReverseMatch:
        return ""
    for stand_in in stand_ins:
        path = path.replace(str(stand_in), "{}", 1)
    return path
