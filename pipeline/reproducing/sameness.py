"""How alike two results are. Pure, but for decoding our own pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from PIL import Image, ImageChops, ImageStat

from pipeline.reproducing.promises import Promise

PICTURES = ("JPEG", "WEBP", "PNG")


class Sameness(IntEnum):
    """From nothing alike to every byte."""

    MISSING = 0  # it did not come out at all
    DIFFERENT = 1
    TOLERANCE = 2
    CANONICAL = 3
    BYTES = 4


def of_json(one: Any, other: Any, promise: Promise) -> Sameness:
    """As far as the promise lets them differ. Floats that differ in no digit that
    anybody could see count as equal.
    """
    bare = (_without(one, promise.volatile), _without(other, promise.volatile))
    if _alike(*bare, within=1e-9):
        return Sameness.CANONICAL
    if promise.tolerance and _alike(*bare, within=promise.tolerance):
        return Sameness.TOLERANCE
    return Sameness.DIFFERENT


def of_pictures(one: bytes, other: bytes, promise: Promise) -> Sameness:
    """By their pixels; tolerance is of the mean difference, 0..1."""
    pictures = [
        Image.open(io.BytesIO(data), formats=PICTURES).convert("RGB")
        for data in (one, other)
    ]
    if pictures[0].size != pictures[1].size:
        return Sameness.DIFFERENT
    difference = ImageChops.difference(*pictures)
    if difference.getbbox() is None:
        return Sameness.CANONICAL
    mean = max(ImageStat.Stat(difference).mean) / 255
    within = bool(promise.tolerance) and mean <= promise.tolerance
    return Sameness.TOLERANCE if within else Sameness.DIFFERENT


def _without(data: Any, volatile: frozenset[str]) -> Any:
    if isinstance(data, Mapping):
        kept = {name: value for name, value in data.items() if name not in volatile}
        return {name: _without(value, volatile) for name, value in kept.items()}
    if isinstance(data, list):
        return [_without(value, volatile) for value in data]
    return data


def _alike(one: Any, other: Any, *, within: float) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= within
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(
            _alike(one[name], other[name], within=within) for name in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            _alike(*pair, within=within) for pair in zip(one, other, strict=True)
        )
    return bool(one == other)
