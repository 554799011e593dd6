"""Small drawn emblems that stand for the suppliers' logos."""

from __future__ import annotations

from math import cos, pi, sin

from reviewer.demo.paper import Sheet, tint


def _ring_of_points(
    x: float, y: float, radius: float, count: int, turn: float = 0
) -> list[tuple[float, float]]:
    return [
        (
            x + radius * sin(turn + 2 * pi * i / count),
            y - radius * cos(turn + 2 * pi * i / count),
        )
        for i in range(count)
    ]


def waves(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    sheet.disc(x, y, radius, colour)
    for row in (-0.3, 0.05, 0.4):
        half = radius * (0.66 - abs(row) * 0.25)
        points = [
            (
                x - half + half * i / 16,
                y + row * radius - radius * 0.1 * sin(i * pi / 5.3),
            )
            for i in range(33)
        ]
        sheet.stroke(points, width=radius * 0.1, colour="#ffffff")


def leaf(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    right = [
        (x + radius * 0.62 * sin(pi * i / 20), y - radius + 2 * radius * i / 20)
        for i in range(21)
    ]
    left = [(2 * x - px, py) for px, py in reversed(right)]
    sheet.fill(right + left, colour)
    sheet.stroke(
        [(x, y + radius * 1.2), (x, y - radius * 0.5)], width=1.2, colour="#ffffff"
    )
    for step in (0.0, 0.35):
        for side in (-1, 1):
            branch = [
                (x, y + radius * (step + 0.2)),
                (x + side * radius * 0.34, y + radius * (step - 0.18)),
            ]
            sheet.stroke(branch, width=0.9, colour="#ffffff")


def nut(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    sheet.fill(_ring_of_points(x, y, radius, 6), colour)
    sheet.disc(x, y, radius * 0.52, "#ffffff")
    sheet.disc(x, y, radius * 0.3, colour)


def star(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    outer = _ring_of_points(x, y, radius, 4)
    inner = _ring_of_points(x, y, radius * 0.26, 4, pi / 4)
    points = [p for pair in zip(outer, inner, strict=True) for p in pair]
    sheet.fill(points, colour)


def drop(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    sheet.disc(x, y + radius * 0.3, radius * 0.68, colour)
    sheet.fill(
        [
            (x, y - radius),
            (x + radius * 0.6, y + radius * 0.02),
            (x - radius * 0.6, y + radius * 0.02),
        ],
        colour,
    )
    sheet.disc(x - radius * 0.22, y + radius * 0.42, radius * 0.16, "#ffffff")


def circles(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    sheet.disc(x - radius * 0.4, y, radius * 0.62, colour)
    sheet.disc(x + radius * 0.4, y, radius * 0.62, tint(colour, 0.45))


def bird(sheet: Sheet, x: float, y: float, radius: float, colour: str) -> None:
    for side in (-1, 1):
        wing = [
            (x, y + radius * 0.25),
            (x + side * radius, y - radius * 0.5),
            (x + side * radius * 0.45, y + radius * 0.02),
        ]
        sheet.fill(wing, colour)
