from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from pipeline.engines import tesseract
from pipeline.engines.base import EngineError
from pipeline.engines.handler import engines
from pipeline.engines.tesseract import TesseractEngine
from pipeline.manifest import EngineChanged, Manifest
from pipeline.versions import ensure_built_in
from pipeline.words import PageWords
from tests.pipeline.memo_readings import (
    generation_of,
    picture_source,
    read,
    spared,
    version_with,
)
from tests.pipeline.reading_inputs import text_picture


@pytest.fixture(scope="module")
def engine() -> TesseractEngine:
    return TesseractEngine()


def page_of(engine: TesseractEngine, picture: Image.Image, folder: Path) -> PageWords:
    path = folder / "page.png"
    picture.save(path)
    return engine.read(path, page=3)


def test_words_where_they_stand(engine: TesseractEngine, tmp_path: Path) -> None:
    picture = text_picture("Total 12.00", "Cash 20.00", size=(700, 400))
    page = page_of(engine, picture, tmp_path)
    assert [word.text for word in page.words] == ["Total", "12.00", "Cash", "20.00"]
    assert (page.page, page.width, page.height, page.origin) == (3, 700, 400, "ocr")
    total, amount, cash, _ = page.words
    assert total.bbox.right <= amount.bbox.left
    assert total.bbox.bottom < cash.bbox.top
    assert total.bbox.left == pytest.approx(60 / 700, abs=0.02)
    assert all(0.5 < word.confidence <= 1 for word in page.words)


def test_a_page_without_text(engine: TesseractEngine, tmp_path: Path) -> None:
    page = page_of(engine, Image.new("RGB", (300, 300), "white"), tmp_path)
    assert (page.words, page.origin) == ((), "none")


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_how_a_page_lies(engine: TesseractEngine, tmp_path: Path, turned: int) -> None:
    lines = [f"The quick brown fox number {n} jumps over dogs" for n in range(12)]
    upright = text_picture(*lines, size=(1400, 1000))
    path = tmp_path / "page.png"
    upright.rotate(-90 * turned, expand=True).save(path)
    _, turns = engine.read_as_it_lies(path, page=1)
    assert turns == -turned % 4


def test_what_is_no_picture(engine: TesseractEngine, tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(b"no picture")
    with pytest.raises(EngineError) as caught:
        engine.read(path, page=1)
    assert caught.value.permanent


def test_identity(engine: TesseractEngine) -> None:
    assert engine.model_id.startswith("tesseract-5.")
    assert engine.model_id.endswith("-eng")
    plain = TesseractEngine(turns=False)
    folder = Path(next(p for p in tesseract.PLACES if Path(p).is_dir()))
    data = (folder / "eng.traineddata").read_bytes()
    assert plain.weights_digest == hashlib.sha256(data).hexdigest()
    # Data that may turn a page decides what is read.
    assert engine.weights_digest != plain.weights_digest


def test_missing_data_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tesseract, "PLACES", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    engine = TesseractEngine("deu")
    with pytest.raises(EngineError, match="apt-get install tesseract-ocr-deu"):
        assert engine.weights_digest


@pytest.mark.django_db
def test_a_version_chooses_it_and_what_others_read_stays() -> None:
    built_in = ensure_built_in()
    source = picture_source()
    first = read(source, built_in)

    def change(manifest: dict[str, object]) -> None:
        other = Manifest.from_json(manifest).with_engine("ocr_tesseract")
        manifest |= other.as_json()

    second = read(source, version_with(built_in, "1.5.0", change))
    words = generation_of(second).artifacts.get(kind="ocr")
    assert words.model_id is not None
    assert words.model_id.startswith("tesseract-")
    # The pages are drawn once, and read by both.
    assert spared(second) >= {"normalize"}
    assert "ocr" not in spared(second)
    # And who comes back to the first engine finds its words.
    back = version_with(built_in, "1.5.1", lambda manifest: None)
    assert spared(read(source, back)) >= {"ocr", "extract", "verify"}
    assert generation_of(first).artifacts.get(kind="ocr").model_id != words.model_id


@pytest.mark.django_db
def test_a_machine_without_it_runs_what_does_not_name_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_in = ensure_built_in()
    naming = Manifest.of(built_in).with_engine("ocr_tesseract")
    monkeypatch.setattr(tesseract, "PLACES", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    engines.forget()
    Manifest.of(built_in).check_runnable()
    with pytest.raises(EngineChanged, match="tesseract-ocr-eng"):
        naming.check_runnable()
    settings.ENGINES = {k: v for k, v in settings.ENGINES.items() if "_" not in k}
    Manifest.of(built_in).check_runnable()
    with pytest.raises(EngineChanged, match="'ocr_tesseract' is not set up here"):
        naming.check_runnable()
