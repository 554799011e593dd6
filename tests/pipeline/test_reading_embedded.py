from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from catalog.regions import BoundingBox
from pipeline.reading.embedded import PageLook, garbage_share, look_at, needs_ocr
from pipeline.words import PageWords, Word

PLAIN = PageLook(ink=0.05, uncovered=0.1, visible=1.0)
SIZE = (600, 800)


def page(*words: Word) -> PageWords:
    return PageWords(1, *SIZE, words, "embedded" if words else "none")


def word(text: str, left: float = 0.1, top: float = 0.1) -> Word:
    return Word(text, BoundingBox(left, top, left + 0.1, top + 0.05))


def drawn(folder: Path, *boxes: BoundingBox) -> Path:
    picture = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        left, right = box.left * SIZE[0], box.right * SIZE[0]
        top, bottom = box.top * SIZE[1], box.bottom * SIZE[1]
        pen.rectangle((left, top, right, bottom), fill="black")
    path = folder / "page.jpg"
    picture.save(path)
    return path


def test_visible_words_with_a_meaning_are_kept() -> None:
    assert not needs_ocr(page(*[word("Total")] * 20), PLAIN)


def test_a_page_of_few_words_is_kept_when_they_are_all_there_is() -> None:
    assert not needs_ocr(page(word("Total")), PLAIN)


def test_few_words_beside_a_lot_of_ink_are_not_enough() -> None:
    look = PageLook(ink=0.05, uncovered=0.95, visible=1.0)
    assert needs_ocr(page(word("Scanned"), word("by")), look)
    assert not needs_ocr(page(*[word("Total")] * 20), look)


def test_invisible_words_are_not_trusted() -> None:
    look = PageLook(ink=0.05, uncovered=0.9, visible=0.3)
    assert needs_ocr(page(*[word("junk")] * 50), look)


def test_letters_without_a_meaning_are_not_trusted() -> None:
    assert needs_ocr(page(*[word("\ue001\ue002\ufffd")] * 20), PLAIN)
    assert garbage_share((word("ab\ufffd\x02"),)) == 0.5
    assert garbage_share(()) == 0


def test_no_words_need_ocr_only_where_there_is_ink() -> None:
    assert needs_ocr(page(), PLAIN)
    assert not needs_ocr(page(), PageLook(ink=0.0, uncovered=0.0, visible=1.0))


def test_a_word_on_ink_is_visible_and_covers_it(tmp_path: Path) -> None:
    on_ink, on_paper = word("a"), word("b", left=0.6)
    look = look_at(drawn(tmp_path, on_ink.bbox), page(on_ink, on_paper))
    assert look.visible == 0.5
    assert look.uncovered < 0.05
    assert 0.003 < look.ink < 0.007


def test_ink_away_from_words_is_uncovered(tmp_path: Path) -> None:
    scan = BoundingBox(0.2, 0.4, 0.8, 0.9)
    look = look_at(drawn(tmp_path, word("a").bbox, scan), page(word("a")))
    assert look.uncovered > 0.9


def test_a_white_page_has_no_ink(tmp_path: Path) -> None:
    look = look_at(drawn(tmp_path), page())
    assert (look.ink, look.uncovered, look.visible) == (0.0, 0.0, 1.0)


def test_a_word_of_no_size_at_the_edge_is_no_trouble(tmp_path: Path) -> None:
    corner = Word("x", BoundingBox(1, 1, 1, 1))
    assert look_at(drawn(tmp_path), page(corner)).visible == 0
