"""An OCR engine that does not read, but writes down each call: who, what, when."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

from catalog.regions import BoundingBox
from pipeline.words import PageWords, Word


class CountingOcr:
    """One line a call: process id, digest of the picture. A write so short is whole."""

    weights_digest = "0" * 64

    def __init__(self, log: str = "", seconds: float = 0.0, name: str = "1") -> None:
        self.model_id = f"counting-{name}"
        self.log = log or os.environ["PALIMPSEST_CALLS"]
        self.seconds = seconds

    def read(self, image: Path, *, page: int) -> PageWords:
        digest = sha256(image.read_bytes()).hexdigest()
        with Path(self.log).open("a") as log:
            log.write(f"{os.getpid()} {digest}\n")
        time.sleep(self.seconds)
        # Other words for another picture, so that fields would differ, too.
        words = tuple(
            Word(text, BoundingBox(0.1 + n / 5, 0.1, 0.25 + n / 5, 0.12), 0.95)
            for n, text in enumerate(("Total", f"{int(digest[:4], 16) / 100:.2f}"))
        )
        return PageWords(page, 900.0, 1200.0, words, "ocr")
