"""Makes a clean picture of a page look used: lit unevenly, creased, faded, scanned."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wear:
    """How worn. rotation in degrees; skew, curl: share of the page's width; blur: sigma
    in pixels; noise: standard deviation in grey levels; fade: share of ink lost at the
    palest spot; light: factor on all brightness; desk: "#rrggbb" seen around the paper,
    none for a flatbed scan; gray and bilevel say what colours the scanner kept.
    """

    rotation: float = 0
    skew: float = 0
    curl: float = 0
    blur: float = 0
    noise: float = 0
    fade: float = 0
    creases: int = 0
    gradient: float = 0
    texture: float = 0
    light: float = 1
    paper: str = "#ffffff"
    desk: str = ""
    gray: bool = False
    bilevel: bool = False
    quality: int = 85


LEVELS = {
    "office": Wear(rotation=0.5, blur=0.5, noise=4, gray=True, bilevel=True),
    "light": Wear(
        *(0.6, 0.002, 0, 0.5, 2.5, 0, 1, 0.05, 0.015),
        paper="#fbfaf6",
        quality=82,
    ),
    "worn": Wear(
        *(1.1, 0.006, 0.001, 0.6, 4, 0.15, 2, 0.14, 0.03),
        paper="#f4efe2",
        gray=True,
        quality=70,
    ),
    "hard": Wear(
        *(1.9, 0.012, 0.003, 1.5, 13, 0.55, 4, 0.36, 0.06),
        paper="#efe6d0",
        quality=38,
    ),
    "thermal": Wear(
        *(0.8, 0.006, 0.002, 0.5, 3, 0.2, 1, 0.08, 0.015),
        paper="#f6f5f2",
        desk="#57493d",
        quality=80,
    ),
    "flatbed": Wear(
        *(0.6, 0.001, 0, 0.5, 3, 0.15, 1, 0.04, 0.02),
        paper="#f7f6f3",
        desk="#ececec",
        gray=True,
    ),
    "faded": Wear(
        *(1.2, 0.008, 0.003, 0.6, 5, 0.55, 2, 0.12, 0.03),
        paper="#f3eee6",
        desk="#2f3b40",
        quality=72,
    ),
    "crumpled": Wear(
        *(1.9, 0.014, 0.006, 1.7, 14, 0.72, 6, 0.3, 0.06),
        paper="#efebe3",
        desk="#8b8f94",
        quality=45,
    ),
    "dark": Wear(
        *(1.5, 0.01, 0.002, 1.2, 3, 0.3, 2, 0.5, 0.03),
        light=0.1,
        paper="#efebe3",
        desk="#2a2522",
    ),
    "blank": Wear(
        *(0, 0, 0, 0.8, 1.2, 0, 0, 0.02, 0.004),
        paper="#faf9f6",
        quality=80,
    ),
}


def wear_picture(clean: Picture, wear: Wear, random: np.random.Generator) -> Picture:
    """The worn picture of a clean RGB page; chance comes from random alone."""
    ink: Field = 1 - clean.astype(np.float32) / np.float32(255)
    height, width = ink.shape[:2]
    if wear.fade:
        pale = _cloud(height, width, 3, random)
        ink *= (1 - wear.fade * pale)[..., None]
    page: Field = (1 - ink) * _colour(wear.paper)
    if wear.texture:
        grain = _cloud(height, width, 90, random) + _cloud(height, width, 9, random) - 1
        page *= (1 + wear.texture * grain)[..., None]
    for _ in range(wear.creases):
        page *= _crease(height, width, random)[..., None]
    page = _place(page, wear, random)
    if wear.gradient:
        page *= _light(page.shape[0], page.shape[1], wear.gradient, random)[..., None]
    return _scan(page * wear.light, wear, random)


def _colour(text: str) -> Field:
    parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return np.array(parts, dtype=np.float32)


def _cloud(height: int, width: int, cells: int, random: np.random.Generator) -> Field:
    """Smooth noise between 0 and 1 with about as many cells across."""
    rows = max(2, round(cells * height / width))
    coarse = random.random((rows, max(2, cells)), dtype=np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(smooth, dtype=np.float32)


def _crease(height: int, width: int, random: np.random.Generator) -> Field:
    """A fold: a bright edge with a shadow along one side of it."""
    angle = radians(random.choice([0.0, 90.0]) + random.normal(0, 12))
    x0, y0 = random.uniform(0.2, 0.8, 2)
    columns = (np.arange(width, dtype=np.float32) - x0 * width) * sin(angle)
    rows = (np.arange(height, dtype=np.float32) - y0 * height) * cos(angle)
    distance = rows[:, None] + columns[None, :]
    reach = width * random.uniform(0.01, 0.03)
    depth = random.uniform(0.06, 0.16)
    shadow = depth * np.exp(-np.abs(distance) / reach) * (distance > 0)
    shine = 0.05 * np.exp(-np.abs(distance) / 2.0)
    return np.asarray(1 - shadow + shine, dtype=np.float32)


def _place(page: Field, wear: Wear, random: np.random.Generator) -> Field:
    """Turns, skews and curls the page; with a desk, lays it there with a shadow."""
    height, width = page.shape[:2]
    margin = round(width * 0.07) if wear.desk else 0
    size = (width + 2 * margin, height + 2 * margin)
    turn = wear.rotation * random.choice([-1.0, 1.0]) * random.uniform(0.8, 1.0)
    middle = (width / 2, height / 2)
    matrix = np.vstack([cv2.getRotationMatrix2D(middle, turn, 1.0), [0, 0, 1]])
    corners = np.array(
        [[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32
    )
    moved = cv2.perspectiveTransform(corners[None], matrix)[0] + margin
    moved += random.uniform(-wear.skew, wear.skew, moved.shape) * width
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    page = _curl(page, wear.curl, random)
    edge = cv2.BORDER_CONSTANT if wear.desk else cv2.BORDER_REPLICATE
    placed = cv2.warpPerspective(
        page, warp, size, flags=cv2.INTER_CUBIC, borderMode=edge
    )
    if not wear.desk:
        return np.asarray(placed, dtype=np.float32)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), warp, size)
    shadow = cv2.GaussianBlur(np.roll(mask, (9, 7), (0, 1)), (0, 0), 11)
    desk = _colour(wear.desk) * (1 - 0.45 * shadow[..., None])
    rough = 0.25 * (1 - float(desk.mean()))  # the lid of a scanner is smooth
    desk *= (1 - rough / 2 + rough * _cloud(size[1], size[0], 60, random))[..., None]
    laid = placed * mask[..., None] + desk * (1 - mask[..., None])
    return np.asarray(laid, dtype=np.float32)


def _curl(page: Field, strength: float, random: np.random.Generator) -> Field:
    if not strength:
        return page
    height, width = page.shape[:2]
    wave = np.sin(np.linspace(0, 5, height) + random.uniform(0, 6)) * strength * width
    columns = np.arange(width, dtype=np.float32)[None, :] + wave[:, None]
    rows = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
    curled = cv2.remap(
        *(page, columns.astype(np.float32), rows, cv2.INTER_LINEAR),
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(curled, dtype=np.float32)


def _light(
    height: int, width: int, strength: float, random: np.random.Generator
) -> Field:
    """Light that falls off from one corner to the other."""
    across = np.linspace(0, 1, width)[:: random.choice([-1, 1])]
    down = np.linspace(0, 1, height)[:: random.choice([-1, 1])]
    fall = 1 - strength * (across[None, :] + down[:, None]) / 2
    return np.asarray(fall, dtype=np.float32)


def _scan(page: Field, wear: Wear, random: np.random.Generator) -> Picture:
    """What a lens and a sensor make of it."""
    if wear.blur:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), wear.blur), dtype=np.float32)
    if wear.gray:
        page = np.repeat(page.mean(axis=2, keepdims=True), 3, axis=2)
    height, width = page.shape[:2]
    grain = random.standard_normal((height, width), dtype=np.float32)
    page = page * 255 + grain[..., None] * wear.noise
    if wear.bilevel:
        page = np.where(page < 150, np.float32(0), np.float32(255))
    return np.clip(page, 0, 255).astype(np.uint8)
