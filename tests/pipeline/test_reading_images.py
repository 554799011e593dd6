from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.sniffing import sniff
from pipeline.reading.errors import UnreadableError, UnreadableReason
from pipeline.reading.images import (
    Bounds,
    count_frames,
    go_to_frame,
    open_picture,
    read_grey,
    read_upright,
)

WIDE = Bounds(max_pixels=1e6, max_side=4000)
# 64 by 32 pixels, the left half red, the right half white.
HALF_RED_HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0"
    "AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAIAAAADhpbG9jAQAAAERAAAIA"
    "AQAAAAAAAAHOAAEAAAAAAAAAhwACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5m"
    "ZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADVaXBycAAAALNpcGNvAAAAc2h2Y0MB"
    "A3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACdCAQED"
    "cAAAAwCQAAADAAADAB6gIIEFlurkprmwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAA"
    "AEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAACAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgAB"
    "AoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAAI9tZGF0AAAAgygBrxOA+BDhp//8TSj/"
    "+rHPD9PMiYlW/qlxUfhij/89rY/JKRa6aLjI6mh8LZa/H9EEOpVIlW+HQUEtuQb/hdTDlbZrZhM/3ct4"
    "hE3uYR6YdHMyfpLKX4N7hFyMZtHJpQ7nV/TUoZTg0LYllmhz/kKO5zORJX+rPrSSjUGTzz9cU/7W"
)
RED, WHITE = (255, 0, 0), (255, 255, 255)


def read(path: Path, bounds: Bounds = WIDE) -> Image.Image:
    with open_picture(
        path, sniff(path.read_bytes()).mime_type, max_pixels=1e7
    ) as picture:
        return read_upright(picture, bounds)


def saved(folder: Path, picture: Image.Image, kind: str = "PNG", **how: object) -> Path:
    path = folder / "picture"
    picture.save(path, format=kind, **how)
    return path


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 12 for a, b in zip(found, wanted, strict=True))


def red_left_half(size: tuple[int, int] = (80, 40)) -> Image.Image:
    picture = Image.new("RGB", size, WHITE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the picture's left side is to be on top
    upright = read(saved(tmp_path, red_left_half(), kind, exif=exif))
    assert upright.size == (40, 80)
    assert near(upright.getpixel((20, 10)), RED)
    assert near(upright.getpixel((20, 70)), WHITE)


def _palette(picture: Image.Image) -> Image.Image:
    return picture.convert("P")


def _one_bit(picture: Image.Image) -> Image.Image:
    return picture.convert("1")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_palette, "PNG"),
        (_palette, "GIF"),
        (lambda picture: picture.convert("CMYK"), "JPEG"),
        (lambda picture: picture.convert("CMYK"), "TIFF"),
        (lambda picture: picture.convert("RGBA"), "PNG"),
        (lambda picture: picture.convert("YCbCr"), "TIFF"),
    ],
)
def test_colour_modes(
    tmp_path: Path, change: Callable[[Image.Image], Image.Image], kind: str
) -> None:
    upright = read(saved(tmp_path, change(red_left_half()), kind))
    assert upright.mode == "RGB"
    assert near(upright.getpixel((10, 20)), RED)
    assert near(upright.getpixel((70, 20)), WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_grey_modes(tmp_path: Path, mode: str) -> None:
    grey = Image.new("L", (20, 20), 255).convert(mode)
    assert read(saved(tmp_path, grey)).getpixel((5, 5)) == WHITE


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_becomes_white(tmp_path: Path, mode: str) -> None:
    clear = Image.new(mode, (20, 20))
    assert read(saved(tmp_path, clear)).getpixel((5, 5)) == WHITE


def test_a_transparent_palette_colour_becomes_white(tmp_path: Path) -> None:
    picture = Image.new("P", (20, 20), 0)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    path = saved(tmp_path, picture, "PNG", transparency=0)
    assert read(path).getpixel((5, 5)) == WHITE


@pytest.mark.parametrize(("highest", "middle"), [(65535, 32768), (4095, 2048)])
def test_sixteen_bits_are_scaled(tmp_path: Path, highest: int, middle: int) -> None:
    values = np.full((20, 30), highest, dtype=np.uint16)
    values[:, 15:] = middle
    path = saved(tmp_path, Image.fromarray(values))
    upright = read(path)
    assert upright.getpixel((2, 2)) == WHITE
    assert near(upright.getpixel((25, 2)), (128, 128, 128))


def test_fractions_are_stretched(tmp_path: Path) -> None:
    values = np.linspace(-1, 1, 600, dtype=np.float32).reshape(20, 30)
    upright = read(saved(tmp_path, Image.fromarray(values), "TIFF"))
    assert upright.getpixel((0, 0)) == (0, 0, 0)
    assert upright.getpixel((29, 19)) == WHITE


def test_heic(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(HALF_RED_HEIC)
    upright = read(path)
    assert upright.size == (64, 32)
    assert near(upright.getpixel((10, 10)), RED)
    assert near(upright.getpixel((50, 10)), WHITE)
    path.write_bytes(HALF_RED_HEIC[:-60])
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert caught.value.reason == UnreadableReason.BROKEN


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20 + n), (n * 100, 0, 0)) for n in range(3)]
    path = saved(tmp_path, frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with open_picture(path, "image/tiff", max_pixels=1e6) as picture:
        assert count_frames(picture, "image/tiff") == 3
        go_to_frame(picture, 2, max_pixels=1e6)
        third = read_upright(picture, WIDE)
    assert (third.size, third.getpixel((3, 3))) == ((30, 22), (200, 0, 0))


def test_a_large_later_page_is_refused(tmp_path: Path) -> None:
    small, large = Image.new("L", (10, 10)), Image.new("L", (100, 100))
    path = saved(tmp_path, small, "TIFF", save_all=True, append_images=[large])
    with (
        pytest.raises(UnreadableError) as caught,
        open_picture(path, "image/tiff", max_pixels=1000) as picture,
    ):
        go_to_frame(picture, 1, max_pixels=1000)
    assert caught.value.reason == UnreadableReason.TOO_MANY_PIXELS


def test_the_first_picture_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    path = saved(tmp_path, frames[0], "GIF", save_all=True, append_images=frames[1:])
    with open_picture(path, "image/gif", max_pixels=1e6) as picture:
        assert count_frames(picture, "image/gif") == 1
        assert near(read_upright(picture, WIDE).getpixel((3, 3)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("reader", [read_upright, read_grey])
def test_bounds(
    tmp_path: Path, kind: str, reader: Callable[[Image.Image, Bounds], Image.Image]
) -> None:
    path = saved(tmp_path, red_left_half((1600, 800)), kind)
    with open_picture(
        path, sniff(path.read_bytes()).mime_type, max_pixels=1e7
    ) as picture:
        found = reader(picture, Bounds(max_pixels=1e6, max_side=500))
    assert 470 <= found.width <= 500
    assert found.width == pytest.approx(2 * found.height, abs=2)


def test_bounds_by_area() -> None:
    assert Bounds(max_pixels=10_000, max_side=4000).fit((400, 100)) == (200, 50)
    assert Bounds(max_pixels=10_000, max_side=4000).fit((90, 100)) == (90, 100)
    assert Bounds(max_pixels=10_000, max_side=50).fit((5000, 1)) == (50, 1)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b"")
    with (
        pytest.raises(UnreadableError) as caught,
        open_picture(path, "image/png", max_pixels=9),
    ):
        pass
    assert caught.value.reason == UnreadableReason.EMPTY_FILE


def test_only_the_reader_of_the_sniffed_type_is_used(tmp_path: Path) -> None:
    path = saved(tmp_path, red_left_half(), "PNG")
    with (
        pytest.raises(UnreadableError) as caught,
        open_picture(path, "image/jpeg", max_pixels=1e6),
    ):
        pass
    assert caught.value.reason == UnreadableReason.BROKEN
