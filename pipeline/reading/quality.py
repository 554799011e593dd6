"""How readable a page picture is, in figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

# Figures are taken at one size, so that they mean the same for every scan.
MEASURED_SIDE = 1200
_INK = 24  # grey steps between neighbours that count as an edge
_SQUARE = 16  # pixels
_FEWEST_SQUARES = 3


@dataclass(frozen=True, slots=True)
class PageQuality:
    """width and height in pixels as delivered; light: the brightest twentieth's grey,
    0..1; contrast: between the darkest thousandth and the brightest twentieth, 0..1;
    ink: share of pixels on an edge, 0..1; blur: 0 where the strongest edges are a
    pixel wide, near 1 where none is sharp.
    """

    width: int
    height: int
    light: float
    contrast: float
    ink: float
    blur: float

    def as_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def measure(picture: Image.Image, *, full_size: tuple[int, int]) -> PageQuality:
    """Figures of an upright picture; full_size is what it was before it was reduced."""
    grey = picture.convert("L")
    if max(grey.size) > MEASURED_SIDE:
        grey.thumbnail((MEASURED_SIDE, MEASURED_SIDE))
    values = np.asarray(grey, dtype=np.int16)
    dark, light = np.percentile(values, (0.1, 95))
    steps = _steps(values)
    return PageQuality(
        width=full_size[0],
        height=full_size[1],
        light=float(light) / 255,
        contrast=max(float(light - dark), 0.0) / 255,
        ink=float((steps > _INK).mean()),
        blur=_blur(values, steps),
    )


def _steps(values: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Grey steps to the next pixel on the right and below, the larger of both."""
    if min(values.shape) < 2:
        return np.zeros((1, 1), dtype=np.int16)
    right = np.abs(np.diff(values, axis=1))[:-1, :]
    below = np.abs(np.diff(values, axis=0))[:, :-1]
    return np.maximum(right, below)


def _blur(values: npt.NDArray[np.int16], steps: npt.NDArray[np.int16]) -> float:
    """One minus the steepest step as a share of the range of grey, in the middle of
    all small squares that hold something. A sharp letter crosses most of its range in
    one step, whether it is faint or dark and whatever else is on the page.
    """
    squares = _squares(values)
    ranges = squares.max(axis=(1, 3)) - squares.min(axis=(1, 3))
    steepest = _squares(steps).max(axis=(1, 3))
    holds = ranges[: steepest.shape[0], : steepest.shape[1]] >= 2 * _INK
    if holds.sum() < _FEWEST_SQUARES:
        return 1.0
    shares = steepest[holds] / ranges[: steepest.shape[0], : steepest.shape[1]][holds]
    return float(np.clip(1 - np.median(shares), 0, 1))


def _squares(values: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Whole squares only, indexed by row, pixel row, column, pixel column."""
    rows, columns = (side // _SQUARE for side in values.shape)
    whole = values[: rows * _SQUARE, : columns * _SQUARE]
    return whole.reshape(rows, _SQUARE, columns, _SQUARE)
