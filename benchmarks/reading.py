"""The reading steps' time over that of a bare loop around the same OCR engine.

    python -m benchmarks.reading FOLDER [--every N]

FOLDER holds pictures. Both sides take turns, file by file, so that a busy machine slows
both; models are loaded before. Bare means: decode, turn to RGB, bound to as many pixels
as the engine wants, read. The steps also look, store, draw a thumbnail, and sandbox.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.reading_steps import STEPS, engine, read_document


def bare_seconds(path: Path) -> float:
    """One turn of the bare loop, its picture kept in memory."""
    started = time.perf_counter()
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    factor = (engine().max_pixels / (picture.width * picture.height)) ** 0.5
    if factor < 1:
        size = round(picture.width * factor), round(picture.height * factor)
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    engine().read_pixels(np.asarray(picture)[:, :, ::-1].copy(), page=1)
    return time.perf_counter() - started


def main() -> None:
    options = _options()
    paths = sorted(path for path in options.folder.iterdir() if path.is_file())
    paths = paths[:: options.every]
    bare = 0.0
    steps: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        read_document(paths[0], _empty(folder, "warm"))
        for number, path in enumerate(paths):
            bare += bare_seconds(path)
            read_document(path, _empty(folder, str(number)), timer=steps)
    ours = sum(steps.values())
    print(f"files      {len(paths)}")
    print(f"bare loop  {bare / len(paths):.3f} s a page")
    print(f"steps      {ours / len(paths):.3f} s a page")
    for step in STEPS:
        print(f"  {step.name:12} {steps[step.name] / len(paths):.3f} s")
    print(f"ratio      {ours / bare:.3f}")


def _empty(folder: str, name: str) -> Path:
    path = Path(folder, name)
    path.mkdir()
    return path


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only every Nth file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
