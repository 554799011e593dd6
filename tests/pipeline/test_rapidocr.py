from __future__ import annotations

import socket
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.engines.base import EngineError
from pipeline.engines.rapidocr import RapidOcrEngine
from pipeline.engines.rapidocr_lines import (
    Letter,
    Lie,
    PixelWord,
    turns_of,
    words_of_line,
)
from pipeline.words import PageWords
from tests.pipeline.reading_inputs import text_picture

QUAD = np.array([[100, 50], [300, 50], [300, 70], [100, 70]], dtype=np.float32)


@pytest.fixture(scope="module")
def engine() -> RapidOcrEngine:
    return RapidOcrEngine(threads=1)


def letters(text: str, *, pitch: int = 2, confidence: float = 0.9) -> list[Letter]:
    return [Letter(sign, at * pitch, confidence) for at, sign in enumerate(text)]


def texts(words: list[PixelWord]) -> list[str]:
    return [word.text for word in words]


def read(engine: RapidOcrEngine, picture: Image.Image, folder: Path) -> PageWords:
    path = folder / "page.png"
    picture.save(path)
    return engine.read(path, page=3)


def test_words_where_they_stand(
    engine: RapidOcrEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    picture = text_picture("Total 12.00", "Cash 20.00", size=(700, 400))
    page = read(engine, picture, tmp_path)
    assert [word.text for word in page.words] == ["Total", "12.00", "Cash", "20.00"]
    assert (page.page, page.width, page.height) == (3, 700, 400)
    assert page.origin == "ocr"
    total, amount, cash, _ = page.words
    assert total.bbox.right <= amount.bbox.left + 0.01
    assert total.bbox.bottom < cash.bbox.top + 0.02
    assert total.bbox.left == pytest.approx(60 / 700, abs=0.02)
    assert all(word.confidence > 0.8 for word in page.words)


def test_boxes_of_a_large_picture_are_page_fractions(
    engine: RapidOcrEngine, tmp_path: Path
) -> None:
    small = text_picture("Total 12.00", size=(700, 400))
    large = small.resize((2800, 1600))
    found = [read(engine, picture, tmp_path) for picture in (small, large)]
    first, second = (page.words[0].bbox.as_list() for page in found)
    assert first == pytest.approx(second, abs=0.02)


def test_a_page_without_text(engine: RapidOcrEngine, tmp_path: Path) -> None:
    page = read(engine, Image.new("RGB", (300, 300), "white"), tmp_path)
    assert (page.words, page.origin) == ((), "none")


def test_a_long_strip_is_no_trouble(engine: RapidOcrEngine, tmp_path: Path) -> None:
    line = "Total of this long invoice 12.00 EUR"
    strip = text_picture(line, size=(3600, 130))
    started = time.process_time()
    for picture in (strip, strip.rotate(90, expand=True)):
        page = read(engine, picture, tmp_path)
        assert [word.text for word in page.words] == line.split()
    assert time.process_time() - started < 10


def test_what_is_no_picture(engine: RapidOcrEngine, tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(b"no picture")
    with pytest.raises(EngineError) as caught:
        engine.read(path, page=1)
    assert caught.value.permanent


def test_identity(engine: RapidOcrEngine) -> None:
    assert engine.model_id.startswith("rapidocr-")
    assert len(engine.weights_digest) == 64


def test_words_part_at_spaces_and_keep_their_own_confidence() -> None:
    line = [*letters("AB", confidence=1.0), Letter(" ", 4, 0.1), Letter("C", 6, 0.5)]
    first, second = words_of_line(line, 10, QUAD)
    assert (first.text, first.confidence) == ("AB", 1.0)
    assert (second.text, second.confidence) == ("C", 0.5)
    assert first.box[2] <= second.box[0]
    assert (first.box[0], first.box[1], first.box[3]) == (100, 50, 70)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No:17", ["No:", "17"]),
        ("10:12AM", ["10:12AM"]),
        ("https://x", ["https://x"]),
        ("No:", ["No:"]),
        (":933", [":933"]),
        ("\uff31\uff34\uff39\uff1a4", ["QTY:", "4"]),
    ],
)
def test_labels_part_from_values(text: str, words: list[str]) -> None:
    assert texts(words_of_line(letters(text), 60, QUAD)) == words


def test_a_wide_gap_parts_words() -> None:
    line = [Letter("A", 0, 1), Letter("B", 2, 1), Letter("C", 12, 1)]
    assert texts(words_of_line(line, 20, QUAD)) == ["AB", "C"]


def test_upside_down_and_upright_lines() -> None:
    (turned,) = words_of_line(letters("AB"), 20, QUAD, upside_down=True)
    assert turned.box[0] > 250
    tall = np.array([[10, 0], [30, 0], [30, 200], [10, 200]], dtype=np.float32)
    (standing,) = words_of_line(letters("AB"), 20, tall)
    assert standing.box == pytest.approx((10, 0, 30, 35))


@pytest.mark.parametrize(
    ("lies", "turns"),
    [
        ([Lie(40, stands=False, turned=False)], 0),
        ([Lie(40, stands=True, turned=True)], 1),
        ([Lie(40, stands=False, turned=True)], 2),
        ([Lie(40, stands=True, turned=False)], 3),
        ([Lie(29, stands=True, turned=True)], 0),  # too little to go by
        ([Lie(40, stands=True, turned=None)], 0),
        ([Lie(40, stands=False, turned=True), Lie(20, stands=False, turned=False)], 0),
        ([Lie(90, stands=False, turned=True), Lie(10, stands=True, turned=False)], 2),
    ],
)
def test_how_a_page_lies_is_what_nearly_all_letters_say(
    lies: list[Lie], turns: int
) -> None:
    assert turns_of(lies) == turns
