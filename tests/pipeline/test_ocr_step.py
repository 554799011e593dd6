from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from catalog.regions import BoundingBox
from pipeline.engines.rapidocr import RapidOcrEngine
from pipeline.steps.base import Output, StepError, StepInput, StepResult
from pipeline.steps.normalize import Normalize
from pipeline.steps.ocr import Ocr
from pipeline.steps.registry import step_named
from pipeline.words import PageWords, Word
from tests.pipeline.reading_inputs import no_engine, step_input, text_picture, write_pdf


class RecordingEngine:
    """Answers with the same words for every page, and remembers the pages."""

    model_id = "recording/1"
    weights_digest = "0" * 64

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.pages: list[int] = []

    def read(self, image: Path, *, page: int) -> PageWords:
        self.pages.append(page)
        box = BoundingBox(0.1, 0.1, 0.2, 0.2)
        words = tuple(Word(text, box, 0.8) for text in self.texts)
        return PageWords(page, 100, 100, words, "ocr" if words else "none")


class TurningRecorder(RecordingEngine):
    """Says of its first readings how the pages lie, then that they are upright."""

    def __init__(self, *turns: int, again: float = 0.8) -> None:
        super().__init__("Total", "12.00")
        self.turns = list(turns)
        self.again = again
        self.sizes: list[tuple[int, int]] = []

    def read_as_it_lies(self, image: Path, *, page: int) -> tuple[PageWords, int]:
        with Image.open(image) as picture:
            self.sizes.append(picture.size)
        read = self.read(image, page=page)
        if len(self.sizes) > 1:
            words = tuple(replace(word, confidence=self.again) for word in read.words)
            read = replace(read, words=words)
        return read, self.turns.pop(0) if self.turns else 0


def given(path: Path, engine: RecordingEngine | None, **params: float) -> StepInput:
    pages = Normalize().run(step_input(path, path.parent / "normal"))

    def choose(alias: str) -> Any:
        assert alias == "ocr"
        return engine

    return step_input(
        path,
        path.parent / "ocr",
        params=params,
        upstream=pages.outputs,
        engine=choose if engine else no_engine,
    )


def payloads(result: StepResult) -> list[PageWords]:
    return [PageWords.from_json(output.payload or {}) for output in result.outputs]


def test_born_digital_pages_need_no_engine(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("Total 12.00",), ("Page two",))
    result = Ocr().run(given(path, None))
    first, second = payloads(result)
    assert [word.text for word in first.words] == ["Total", "12.00"]
    assert (second.page, second.origin) == (2, "embedded")
    assert result.model_id == ""
    assert [output.inputs for output in result.outputs] == [(), ()]
    assert result.quality == {
        "words": 4,
        "pages_ocr": 0,
        "pages_embedded": 2,
        "pages_empty": 0,
        "char_conf_mean": 1.0,
    }


def test_a_mixed_document_is_decided_page_by_page(tmp_path: Path) -> None:
    scan = text_picture("Scanned 4711")
    engine = RecordingEngine("Scanned", "4711")
    path = write_pdf(tmp_path / "pdf", ("Total 12.00",), scan, ())
    result = Ocr().run(given(path, engine))
    assert engine.pages == [2]
    assert [page.origin for page in payloads(result)] == ["embedded", "ocr", "none"]
    assert [output.inputs for output in result.outputs] == [
        (),
        (("page_image", "page=2"),),
        (),
    ]
    assert result.model_id == "recording/1"
    assert result.quality["char_conf_mean"] == round((10 + 0.8 * 11) / 21, 4)


def test_a_picture_is_read_by_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    text_picture("Total 12.00").save(path, format="JPEG")
    result = Ocr().run(given(path, RecordingEngine("Total", "12.00")))
    (page,) = payloads(result)
    assert [word.text for word in page.words] == ["Total", "12.00"]
    assert result.quality["pages_ocr"] == 1


def test_invisible_words_over_a_scan_are_read_anew(tmp_path: Path) -> None:
    """The page carries words where the scan shows only paper."""
    words = write_pdf(tmp_path / "words", tuple(f"junk {n}" for n in range(20)))
    scan = write_pdf(tmp_path / "scan", text_picture("Total", size=(595, 842)))
    writer = PdfWriter(clone_from=words)
    writer.pages[0].merge_page(PdfWriter(clone_from=scan).pages[0])
    path = tmp_path / "pdf"
    writer.write(path)
    engine = RecordingEngine("Total")
    (page,) = payloads(Ocr().run(given(path, engine)))
    assert (engine.pages, page.origin) == ([1], "ocr")


def test_own_words_stay_when_ocr_finds_fewer(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("Photo album",))
    writer = PdfWriter(clone_from=path)
    photo = Image.effect_noise((595, 300), 90)
    picture = write_pdf(tmp_path / "photo", photo, size=(595, 300))
    writer.pages[0].merge_page(PdfWriter(clone_from=picture).pages[0])
    writer.write(path)
    engine = RecordingEngine("dust")
    (page,) = payloads(Ocr().run(given(path, engine)))
    assert (engine.pages, page.origin) == ([1], "embedded")
    assert [word.text for word in page.words] == ["Photo", "album"]


def test_pictures_remain_when_the_words_cannot_be_had(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("Total 12.00",))
    engine = RecordingEngine("Total", "12.00")
    result = Ocr().run(given(path, engine, seconds=0.01))
    assert result.detail == {"embedded_failed": "timed_out"}
    assert payloads(result)[0].origin == "ocr"


def test_too_much_ocr_is_given_up(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", text_picture("one"), text_picture("two"))
    with pytest.raises(StepError) as caught:
        Ocr().run(given(path, RecordingEngine("one"), ocr_seconds=-1))
    assert caught.value.reason == "timed_out"


def picture_file(folder: Path) -> Path:
    path = folder / "picture"
    text_picture("Total 12.00", size=(300, 200)).save(path, format="JPEG")
    return path


def test_a_page_on_its_side_is_set_upright_and_read_again(tmp_path: Path) -> None:
    engine = TurningRecorder(1)
    result = Ocr().run(given(picture_file(tmp_path), engine))
    upright, words = result.outputs
    assert engine.sizes == [(300, 200), (200, 300)]
    assert (upright.kind, upright.slot) == ("page_image", "page=1 upright")
    assert (words.kind, words.slot) == ("ocr", "page=1")
    assert upright.inputs == words.inputs == (("page_image", "page=1"),)
    assert result.detail == {"turned": [1]}
    assert upright.file is not None
    with Image.open(upright.file) as picture:
        assert picture.size == (200, 300)


@pytest.mark.parametrize(
    "engine", [TurningRecorder(0), TurningRecorder(1, 1), TurningRecorder(2, again=0.1)]
)
def test_a_page_is_left_as_it_lies_if_turning_does_not_help(
    tmp_path: Path, engine: TurningRecorder
) -> None:
    result = Ocr().run(given(picture_file(tmp_path), engine))
    assert [output.kind for output in result.outputs] == ["ocr"]
    assert result.detail == {}


def test_an_earlier_version_turns_no_page(tmp_path: Path) -> None:
    engine = TurningRecorder(1)
    result = step_named("ocr", "1.0.0").run(given(picture_file(tmp_path), engine))
    assert [output.kind for output in result.outputs] == ["ocr"]
    assert engine.sizes == []


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_real_page_ends_upright(tmp_path: Path, turns: int) -> None:
    texts = [f"Article number {n} costs 12.0{n}" for n in range(6)]
    lying = text_picture(*texts, size=(700, 500)).rotate(90 * turns, expand=True)
    path = tmp_path / "picture"
    lying.save(path, format="PNG")
    pages = Normalize().run(step_input(path, tmp_path / "normal"))
    result = Ocr().run(
        step_input(
            path,
            tmp_path / "ocr",
            upstream=pages.outputs,
            engine=lambda alias: RapidOcrEngine(threads=1),
        )
    )
    page = PageWords.from_json(result.outputs[-1].payload or {})
    assert page.width > page.height
    assert page.words[0].text == "Article"
    assert page.words[0].bbox.center[1] < page.words[-1].bbox.center[1]
    assert page.words[0].bbox.left < 0.3


def test_nothing_to_read(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    text_picture("Total").save(path, format="PNG")
    empty: tuple[Output, ...] = ()
    with pytest.raises(StepError):
        Ocr().run(step_input(path, tmp_path / "ocr", upstream=empty))
