from __future__ import annotations

import pytest
from PIL import Image, ImageFilter

from pipeline.reading.quality import PageQuality, measure
from tests.pipeline.reading_inputs import text_picture

LINES = [f"Item {number}   {number}.50   {number * 3}.00" for number in range(12)]


def figures(picture: Image.Image) -> PageQuality:
    return measure(picture, full_size=picture.size)


def test_blur_grows_with_blurring() -> None:
    sharp = text_picture(*LINES)
    found = [
        figures(sharp.filter(ImageFilter.GaussianBlur(radius))).blur
        for radius in (0, 1, 2, 4)
    ]
    assert found == sorted(found)
    assert found[0] < 0.3
    assert found[-1] > 0.8


def test_faint_print_is_no_blur() -> None:
    faint = text_picture(*LINES).point(lambda value: 160 + value // 3)
    assert figures(faint).blur < 0.3
    assert figures(faint).contrast == pytest.approx(85 / 255, abs=0.02)


def test_light_of_a_dark_picture() -> None:
    assert figures(Image.new("L", (200, 200), 51)).light == pytest.approx(0.2)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (15, 3000), (16, 16)])
def test_any_size_has_figures(size: tuple[int, int]) -> None:
    found = figures(Image.new("L", size, 200))
    assert (found.ink, found.blur) == (0.0, 1.0)


def test_full_size_is_kept() -> None:
    found = measure(Image.new("L", (40, 40)), full_size=(4000, 3000))
    assert (found.as_json()["width"], found.as_json()["height"]) == (4000, 3000)
