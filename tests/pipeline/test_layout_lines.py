"""Lines: words are put together by where they stand."""

from __future__ import annotations

from catalog.regions import BoundingBox
from pipeline.layout.lines import lines_of, skew_of
from pipeline.words import PageWords, Word
from tests.pipeline.layout_pages import PITCH, page_of, words_at


def page_with(words: list[Word]) -> PageWords:
    return PageWords(1, 595, 842, tuple(words), "ocr")


def leaning(words: list[Word], slope: float) -> list[Word]:
    return [
        Word(
            word.text,
            BoundingBox.clamped(
                word.bbox.left,
                word.bbox.top + slope * word.bbox.center[0],
                word.bbox.right,
                word.bbox.bottom + slope * word.bbox.center[0],
            ),
        )
        for word in words
    ]


def test_words_come_in_lines_whatever_their_order() -> None:
    page = page_of([[(0.1, "one two"), (0.7, "three")], [(0.1, "four")]])
    words = [page.words[i] for i in (2, 0, 3, 1)]
    lines = lines_of(page_with(words))
    assert [line.text for line in lines] == ["one two three", "four"]
    assert [words[i].text for i in lines[0].words] == ["one", "two", "three"]


def test_every_word_is_in_exactly_one_line() -> None:
    words = [
        Word("w", BoundingBox.clamped(x, y, x + 0.05, y + (i % 7) * 0.007))
        for i, x, y in ((i, i * 0.37 % 1, i * 0.73 % 1) for i in range(300))
    ]
    indexes = [i for line in lines_of(page_with(words)) for i in line.words]
    assert sorted(indexes) == list(range(300))


def test_a_leaning_page_keeps_its_lines() -> None:
    text = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    rows = [word for row in range(12) for word in words_at(0.05, row * PITCH, text)]
    slope = 0.03  # nearly two lines from the left edge to the right
    page = page_with(leaning(rows, slope))
    assert abs(skew_of(page.words) - slope) < 0.002
    assert [line.text for line in lines_of(page)] == [text] * 12


def test_large_and_small_words_on_one_baseline_are_one_line() -> None:
    large = Word("TOTAL", BoundingBox(0.1, 0.1, 0.3, 0.14))
    small = Word("9.00", BoundingBox(0.5, 0.125, 0.6, 0.14))
    assert [line.text for line in lines_of(page_with([large, small]))] == ["TOTAL 9.00"]


def test_a_logo_does_not_swallow_the_lines_beside_it() -> None:
    logo = Word("ACME", BoundingBox(0.1, 0.1, 0.3, 0.2))
    beside = [
        w for row in range(4) for w in words_at(0.5, 0.1 + row * 0.025, "some text")
    ]
    texts = [line.text for line in lines_of(page_with([logo, *beside]))]
    assert sum("some text" in text for text in texts) == 4


def test_words_written_up_the_margin_stand_apart() -> None:
    margin = Word("Copyright", BoundingBox(0.02, 0.05, 0.035, 0.2))
    page = page_with([margin, *words_at(0.1, 0.12, "a common line")])
    assert sorted(line.text for line in lines_of(page)) == [
        "Copyright",
        "a common line",
    ]


def test_no_words_make_no_lines() -> None:
    assert lines_of(page_with([])) == ()
