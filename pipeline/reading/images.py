"""Picture files to upright RGB pictures. Meant to run inside the sandbox."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pi_heif
from PIL import Image, ImageOps

from pipeline.reading.errors import UnreadableError, UnreadableReason

# Only the reader that fits the sniffed type ever sees the bytes.
READERS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/bmp": ("BMP", "DIB"),
    "image/jp2": ("JPEG2000",),
}
_PAGED = ("image/tiff",)
_WHITE = (255, 255, 255)

pi_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # open_picture has its own bound, which never only warns
Image.init()  # here, so that a forked child has the readers already


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest a picture may be made: pixels in all, and of its longer side."""

    max_pixels: float
    max_side: int

    def fit(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size, reduced in proportion as far as it has to be."""
        width, height = size
        by_side = self.max_side / max(size)
        by_area = (self.max_pixels / (width * height)) ** 0.5
        factor = min(1.0, by_side, by_area)
        return max(1, round(width * factor)), max(1, round(height * factor))


@contextmanager
def open_picture(
    path: Path, mime_type: str, *, max_pixels: float
) -> Iterator[Image.Image]:
    """The opened file, its pixels not yet read.

    Raises UnreadableError: empty_file, broken, too_many_pixels; and MemoryError. What
    goes wrong while the pixels are read inside the block is broken as well.
    """
    if not path.stat().st_size:
        raise UnreadableError(UnreadableReason.EMPTY_FILE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=READERS[mime_type]) as picture:
                _bound(picture, max_pixels)
                yield picture
    except (UnreadableError, MemoryError):
        raise
    except Exception:
        # Readers raise nearly anything on broken files: struct.error, SyntaxError...
        raise UnreadableError(UnreadableReason.BROKEN) from None


def count_frames(picture: Image.Image, mime_type: str) -> int:
    """Pages of a paged format; of an animation only the first picture counts."""
    return int(getattr(picture, "n_frames", 1)) if mime_type in _PAGED else 1


def go_to_frame(picture: Image.Image, frame: int, *, max_pixels: float) -> None:
    """Frames count from 0. Raises UnreadableError if the frame has too many pixels."""
    if frame:
        picture.seek(frame)
        _bound(picture, max_pixels)


def read_upright(picture: Image.Image, bounds: Bounds) -> Image.Image:
    """The current frame, turned as its EXIF says, RGB on white, and within bounds."""
    picture.draft(picture.mode, _nearly(bounds.fit(picture.size)))
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    size = bounds.fit(upright.size)
    if size != upright.size and upright.mode in ("L", "RGB"):
        return _rgb(_smaller(upright, size))
    rgb = _rgb(upright)
    return rgb if size == rgb.size else _smaller(rgb, size)


def read_grey(picture: Image.Image, bounds: Bounds) -> Image.Image:
    """The current frame in grey, within bounds, as it lies: enough to measure it."""
    picture.draft("L", _nearly(bounds.fit(picture.size)))
    picture.load()
    size = bounds.fit(picture.size)
    plain = picture.mode in ("L", "RGB")
    grey = (picture if plain else _rgb(picture)).convert("L")
    return grey if size == grey.size else _smaller(grey, size)


def _nearly(size: tuple[int, int]) -> tuple[int, int]:
    """A JPEG can be decoded at a half, a quarter or an eighth of its size, which is far
    less work; a little less than what is wanted will do.
    """
    return max(1, round(size[0] * 0.95)), max(1, round(size[1] * 0.95))


def _smaller(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Hamming's window is as good as a bicubic one at half its cost."""
    return picture.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


def _bound(picture: Image.Image, max_pixels: float) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise UnreadableError(UnreadableReason.TOO_MANY_PIXELS)


def _rgb(picture: Image.Image) -> Image.Image:
    """Any mode to RGB; what is transparent becomes white."""
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, _WHITE)
        paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return paper
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A picture of deep grey values as 8-bit grey.

    The scale is the smallest usual depth that holds the brightest value, for twelve
    bits often come in sixteen; fractions and negative values are stretched.
    """
    values = np.asarray(picture, dtype=np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if picture.mode == "F" or low < 0:
        scale = (high - low) or 1.0
        values = (values - low) / scale
    else:
        depth = next((bits for bits in (8, 10, 12, 14, 16) if high < 1 << bits), 32)
        values = values / ((1 << depth) - 1)
    return Image.fromarray((np.nan_to_num(values) * 255).round().astype(np.uint8))
