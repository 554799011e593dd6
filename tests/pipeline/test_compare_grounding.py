from __future__ import annotations

import pytest

from pipeline.comparing.grounding import Grounding, grounding_of, iou, pcc_iou
from pipeline.comparing.slots import Word, compare_values
from pipeline.comparing.values import Value
from tests.pipeline.compared_values import money, page_of

# "TOTAL" .10-.15, "9.00" .50-.54; "CASH" .10-.14, "9.00" .50-.54 a line below.
PAGE = page_of(
    ("TOTAL", 0.1, 0.5), ("9.00", 0.5, 0.5), ("CASH", 0.1, 0.6), ("9.00", 0.5, 0.6)
)
TIGHT = (0.5, 0.5, 0.54, 0.52)
NEXT_LINE = (0.5, 0.6, 0.54, 0.62)


def moved(old: Value, new: Value) -> Grounding:
    found = grounding_of(old, new, [PAGE])
    assert found is not None
    return found


def test_half_a_line_height_is_a_third_of_the_box() -> None:
    # operations.md 2.9: thin text makes IoU harsh.
    one = money("9.00", (0.5, 0.5, 0.54, 0.52)).region
    half_down = money("9.00", (0.5, 0.51, 0.54, 0.53)).region
    assert one is not None
    assert half_down is not None
    assert iou(one, half_down) == pytest.approx(1 / 3)


def test_empty_paper_around_a_word_is_nothing() -> None:
    found = moved(money("9.00", TIGHT), money("9.00", (0.45, 0.49, 0.6, 0.53)))
    assert found.iou is not None
    assert found.iou < 0.5
    assert found.pcc == 1.0
    assert found.stays


def test_pseudo_characters_are_counted() -> None:
    # The left half of a word of four letters, and all of it.
    half = money("9.00", (0.5, 0.5, 0.52, 0.52)).region
    whole = money("9.00", TIGHT).region
    assert half is not None
    assert whole is not None
    assert pcc_iou(half, whole, [PAGE]) == 0.5


def test_the_same_value_at_another_place_has_moved() -> None:
    found = moved(money("9.00", TIGHT), money("9.00", NEXT_LINE))
    assert (found.iou, found.pcc, found.holds) == (0.0, 0.0, True)
    assert not found.stays


def test_a_wider_box_around_the_same_print_stays() -> None:
    found = moved(money("9.00", (0.1, 0.5, 0.54, 0.52)), money("9.00", TIGHT))
    assert found.iou is not None
    assert found.iou < 0.5
    assert found.pcc is not None
    assert found.pcc < 0.8
    assert found.stays


def test_a_box_over_other_words_holds_nothing() -> None:
    found = moved(money("9.00", TIGHT), money("9.00", (0.1, 0.5, 0.15, 0.52)))
    assert found.holds is False
    assert not found.stays


def test_a_value_without_a_box_has_lost_it() -> None:
    assert not moved(money("9.00", TIGHT), money("9.00")).stays
    gained = moved(money("9.00"), money("9.00", TIGHT))
    assert gained.iou is None
    assert gained.stays
    assert not moved(money("9.00"), money("9.00", (0.1, 0.5, 0.15, 0.52))).stays


def test_nothing_to_say_where_nothing_moved() -> None:
    assert grounding_of(money("9.00", TIGHT), money("9.00", TIGHT), [PAGE]) is None
    assert grounding_of(money("9.00"), money("9.00"), [PAGE]) is None


def test_without_words_only_boxes_can_be_compared() -> None:
    near = grounding_of(
        money("9.00", TIGHT), money("9.00", (0.5, 0.5, 0.54, 0.525)), []
    )
    assert near is not None
    assert (near.pcc, near.holds, near.stays) == (None, None, True)
    far = grounding_of(money("9.00", TIGHT), money("9.00", NEXT_LINE), [])
    assert far is not None
    assert (far.holds, far.stays) == (None, False)


def test_another_page_is_another_place() -> None:
    there = grounding_of(money("9.00", TIGHT), money("9.00", TIGHT, page=2), [PAGE])
    assert there is not None
    assert (there.iou, there.pcc, there.holds) == (0.0, 0.0, None)


def test_the_word_for_a_value_whose_box_left_it() -> None:
    compared = compare_values(
        {"total": money("9.00", TIGHT)},
        {"total": money("9.0", (0.1, 0.5, 0.15, 0.52))},
        pages=[PAGE],
    )
    assert [one.word for one in compared.slots] == [Word.UNGROUNDED]
