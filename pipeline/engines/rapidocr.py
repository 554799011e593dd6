"""OCR by RapidOCR with the models that its wheel ships; nothing is ever fetched."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator
from functools import cached_property
from importlib import metadata, util
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from catalog.regions import BoundingBox
from pipeline.engines.base import EngineError
from pipeline.engines.rapidocr_lines import (
    Letter,
    Lie,
    PixelWord,
    stands,
    turns_of,
    words_of_line,
)
from pipeline.words import PageWords, Word, WordOrigin

# For pipeline.memo.closure. RapidOCR finds its runtime by itself, and requires some
# packages for fetching, settings and messages, none of which touches a picture.
NEEDS_DISTRIBUTIONS = ("onnxruntime",)
NEUTRAL_DISTRIBUTIONS = ("colorlog", "requests", "tqdm")

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
_LINE_HEIGHT = 48  # pixels that the recogniser wants
# Its memory grows with the square of a line's width over its height.
_WIDEST_LINE = 60  # times the height
# Lines are padded to at least this width. RapidOCR's own 320 costs a third more time
# on receipts, whose lines are short, and reads them no better.
_PADDED_WIDTH = 160
_SURE = 0.9  # RapidOCR turns a line that is upside down with more confidence than this
_LONGEST_SIDE = 2400  # pixels
# The line finder enlarges a picture until its shorter side has 736 pixels, so a strip
# gets paper beside it first.
_LONGEST_SHAPE = 3  # times the shorter side


class RapidOcrEngine:
    """Reads printed text of many scripts on the processor.

    threads bounds the threads of one call (None: all cores): 1 serves bulk work, where
    processes share the cores. min_confidence drops lines read with less, 0..1.
    max_pixels bounds the picture before lines are looked for, and with it time and
    memory; an A4 page then has 123 dpi.
    Models are loaded at the first call; calls of several threads wait for each other,
    which bounds the memory of a process.
    """

    # Floating point may add up in another order with other threads or another
    # processor; a page fraction or a confidence then moves by less than this.
    determinism = "tolerance"
    tolerance = 0.02

    def __init__(
        self,
        threads: int | None = None,
        *,
        min_confidence: float = 0.5,
        max_pixels: int = 1_500_000,
    ) -> None:
        self._threads = threads
        self._min_confidence = min_confidence
        self.max_pixels = max_pixels
        self._lock = threading.Lock()

    @property
    def model_id(self) -> str:
        return f"rapidocr-{metadata.version('rapidocr')}/PP-OCRv6-small"

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 over the model files, one after the other."""
        digest = hashlib.sha256()
        for path in self._model_paths.values():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def read(self, image: Path, *, page: int) -> PageWords:
        """The words of an upright RGB picture file; a word's confidence is the mean
        of its letters'. Raises EngineError.
        """
        return self.read_pixels(_load(image), page=page)

    def read_as_it_lies(self, image: Path, *, page: int) -> tuple[PageWords, int]:
        """As read, and how many clockwise quarter turns would set the page upright."""
        return self._read(_load(image), page)

    def read_pixels(self, pixels: npt.NDArray[np.uint8], *, page: int) -> PageWords:
        """As read, for rows of blue, green and red bytes."""
        return self._read(pixels, page)[0]

    def _read(self, pixels: npt.NDArray[np.uint8], page: int) -> tuple[PageWords, int]:
        height, width = pixels.shape[:2]
        small = _bounded(pixels, self.max_pixels)
        with self._lock:
            try:
                lines = list(self._lines(small))
            except EngineError:
                raise
            except Exception:  # RapidOCR's own derive from nothing narrower
                raise EngineError("the OCR model failed", permanent=True) from None
        shape = small.shape[1], small.shape[0]
        words = tuple(_word(found, *shape) for line, _ in lines for found in line)
        origin: WordOrigin = "ocr" if words else "none"
        read = PageWords(page, float(width), float(height), words, origin)
        return read, turns_of([lie for _, lie in lines])

    def _lines(
        self, pixels: npt.NDArray[np.uint8]
    ) -> Iterator[tuple[list[PixelWord], Lie]]:
        from rapidocr.utils.process_img import map_boxes_to_original

        padded = _not_too_long(pixels)
        height, width = padded.shape[:2]
        bounded, record = self._reader.preprocess_img(padded)
        boxes, turns, lines, _ = self._reader.run_ocr_steps(bounded, record)
        if boxes.boxes is None or lines.txts is None:
            return
        quads = map_boxes_to_original(boxes.boxes, record, height, width)
        turned = [label == "180" if s > _SURE else None for label, s in turns.cls_res]
        found = zip(
            lines.txts, lines.scores, lines.word_results, quads, turned, strict=True
        )
        for text, score, layout, quad, over in found:
            letters = _letters(text, layout)
            if letters and score >= self._min_confidence:
                columns = max(layout.line_txt_len, 1.0)
                words = words_of_line(letters, columns, quad, upside_down=bool(over))
                yield words, Lie(len(letters), stands(quad), over)

    @cached_property
    def _model_paths(self) -> dict[str, Path]:
        found = util.find_spec("rapidocr")
        if found is None or found.origin is None:
            raise EngineError("the package rapidocr is not installed", permanent=True)
        folder = Path(found.origin).parent / "models"
        paths = {part: folder / name for part, name in _MODELS.items()}
        if missing := [path.name for path in paths.values() if not path.is_file()]:
            message = f"rapidocr's wheel does not hold {', '.join(missing)}"
            raise EngineError(message, permanent=True)
        return paths

    @cached_property
    def _reader(self) -> Any:
        """The loaded models. Only used under the lock."""
        paths = self._model_paths
        from rapidocr import RapidOCR

        class BoundedRapidOCR(RapidOCR):
            def recognize_txt(self, crops: list[npt.NDArray[np.uint8]]) -> Any:
                return super().recognize_txt([_not_too_wide(crop) for crop in crops])

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        if self._threads:
            cv2.setNumThreads(self._threads)
        threads = self._threads or -1
        return BoundedRapidOCR(
            params={
                "Global.log_level": "error",
                "Global.return_word_box": True,
                "Global.max_side_len": _LONGEST_SIDE,
                "Rec.rec_img_shape": [3, _LINE_HEIGHT, _PADDED_WIDTH],
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                # A path given is a model that RapidOCR does not look for on a server.
                **{f"{part}.model_path": str(path) for part, path in paths.items()},
            }
        )


def _load(image: Path) -> npt.NDArray[np.uint8]:
    pixels = cv2.imdecode(np.fromfile(image, dtype=np.uint8), cv2.IMREAD_COLOR_BGR)
    if pixels is None:
        raise EngineError("not a picture that can be read", permanent=True)
    return pixels.astype(np.uint8, copy=False)


def _bounded(pixels: npt.NDArray[np.uint8], max_pixels: int) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    by_area = (max_pixels / (width * height)) ** 0.5
    factor = min(by_area, _LONGEST_SIDE / max(width, height))
    if factor >= 1:
        return pixels
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _not_too_long(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture with as much paper to its right or below as its shape needs."""
    height, width = pixels.shape[:2]
    shortest = -(-max(height, width) // _LONGEST_SHAPE)
    below, right = max(shortest - height, 0), max(shortest - width, 0)
    edges = ((0, below), (0, right), (0, 0))
    return np.pad(pixels, edges, constant_values=255) if below or right else pixels


def _not_too_wide(crop: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = crop.shape[:2]
    if width <= _WIDEST_LINE * height:
        return crop
    squeezed = cv2.resize(crop, (_WIDEST_LINE * _LINE_HEIGHT, _LINE_HEIGHT))
    return squeezed.astype(np.uint8, copy=False)


def _letters(text: str, layout: Any) -> list[Letter]:
    """The line's letters; spaces, which have no column, take the one before."""
    columns = iter([column for word in layout.word_cols for column in word])
    letters: list[Letter] = []
    for sign, confidence in zip(text, layout.confs, strict=False):
        before = letters[-1].column if letters else 0
        column = before if sign.isspace() else next(columns, before)
        letters.append(Letter(sign, column, float(confidence)))
    return letters


def _word(found: PixelWord, width: int, height: int) -> Word:
    left, top, right, bottom = found.box
    across, down = (left / width, right / width), (top / height, bottom / height)
    box = BoundingBox.clamped(across[0], down[0], across[1], down[1])
    return Word(found.text, box, min(max(found.confidence, 0.0), 1.0))
