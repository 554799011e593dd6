from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject

from catalog.regions import BoundingBox
from pipeline.reading.errors import UnreadableError, UnreadableReason
from pipeline.reading.pdf import PdfPage, count_pages, embedded_words, page_sizes
from pipeline.reading.pictures import dpi_within, render, size_of
from pipeline.reading.poppler import reason_of, run_tool
from tests.pipeline.reading_inputs import text_picture, write_pdf


def changed(path: Path, *, angle: int, cropped: bool) -> Path:
    writer = PdfWriter()
    for page in PdfReader(path).pages:
        if cropped:
            page.cropbox = RectangleObject((40, 500, 500, 800))
        page.rotate(angle)
        writer.add_page(page)
    out = path.with_suffix(f".{angle}.{cropped}")
    writer.write(out)
    return out


def ink_box(picture: Path) -> BoundingBox:
    with Image.open(picture) as opened:
        edges = ImageOps.invert(opened.convert("L")).point(lambda v: v // 128 * 255)
        found = edges.getbbox()
        assert found is not None
        width, height = opened.size
    left, top, right, bottom = found
    return BoundingBox(left / width, top / height, right / width, bottom / height)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_words_fit_the_drawn_page(tmp_path: Path, angle: int, *, cropped: bool) -> None:
    path = changed(
        write_pdf(tmp_path / "plain", ("INVOICE",)), angle=angle, cropped=cropped
    )
    pages = page_sizes(path, last=1)
    (words,) = embedded_words(path, pages)
    drawn = render(path, pages, tmp_path, dpi=100, max_pixels=1e7, max_side=5000)
    width, height = size_of(drawn[1])
    assert width / height == pytest.approx(words.width / words.height, rel=0.01)
    assert [word.text for word in words.words] == ["INVOICE"]
    box, ink = words.words[0].bbox, ink_box(drawn[1])
    assert box.overlap(ink) >= 0.9 * ink.area
    assert box.area < 4 * ink.area


def test_pages_words_and_origin(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("Total 12.00 €", "Käse & <Brot>"), ())
    assert count_pages(path) == 2
    first, second = embedded_words(path, page_sizes(path, last=9))
    texts = [word.text for word in first.words]
    assert texts == ["Total", "12.00", "€", "Käse", "&", "<Brot>"]
    assert (first.page, first.origin) == (1, "embedded")
    assert (second.page, second.origin, second.words) == (2, "none", ())
    assert all(word.confidence == 1 for word in first.words)


def test_words_off_the_page_are_left_out(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("inside",), size=(300, 200))
    writer = PdfWriter()
    page = PdfReader(path).pages[0]
    page.cropbox = RectangleObject((0, 0, 300, 60))
    writer.add_page(page)
    writer.write(path)
    (words,) = embedded_words(path, page_sizes(path, last=1))
    assert words.words == ()


def test_a_password(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("secret",), password="hidden")
    with pytest.raises(UnreadableError) as caught:
        count_pages(path)
    assert caught.value.reason == UnreadableReason.ENCRYPTED
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("returncode", "errors", "reason"),
    [
        (1, b"Command Line Error: Incorrect password", UnreadableReason.ENCRYPTED),
        (1, b"Syntax Error: no trailer", UnreadableReason.BROKEN),
        (1, b"Out of memory", UnreadableReason.TOO_MUCH_MEMORY),
        (-6, b"", UnreadableReason.TOO_MUCH_MEMORY),
        (-24, b"", UnreadableReason.TIMED_OUT),
        (-11, b"", UnreadableReason.BROKEN),
    ],
)
def test_reasons_of_a_tool(
    returncode: int, errors: bytes, reason: UnreadableReason
) -> None:
    assert reason_of(returncode, errors) == reason


def test_a_missing_tool_and_a_slow_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "pdf", ("page",))
    with pytest.raises(UnreadableError) as slow:
        run_tool("pdfinfo", [str(path)], seconds=0.0001)
    assert slow.value.reason == UnreadableReason.TIMED_OUT
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableError) as missing:
        run_tool("pdfinfo", [str(path)], seconds=5)
    assert missing.value.reason == UnreadableReason.TOOL_MISSING


def test_resolution_stays_within_bounds() -> None:
    poster = PdfPage(page=1, width=72_000, height=7_200)
    assert dpi_within(poster, dpi=150, max_pixels=1e6, max_side=4000) == 3
    card = PdfPage(page=1, width=200, height=100)
    assert dpi_within(card, dpi=150, max_pixels=1e6, max_side=4000) == 150


def test_pages_of_different_size_and_content_are_all_drawn(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("one",), ("two",), text_picture("three"))
    writer = PdfWriter(clone_from=path)
    writer.pages[1].mediabox = RectangleObject((0, 0, 6000, 6000))
    writer.pages[1].cropbox = RectangleObject((0, 0, 6000, 6000))
    writer.write(path)
    pages = page_sizes(path, last=3)
    drawn = render(path, pages, tmp_path, dpi=60, max_pixels=1e6, max_side=900)
    assert sorted(drawn) == [1, 2, 3]
    assert max(size_of(drawn[2])) <= 900
    assert len(set(drawn.values())) == 3
