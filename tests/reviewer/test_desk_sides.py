"""Where two versions' findings are shown: on one cut-out, or on two."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import DerivedArtifact, Generation
from reviewer.citations import Page
from reviewer.desk_sides import BothReadings, Sides
from reviewer.models import ReviewItem

PAGES = {
    number: Page(number=number, image=DerivedArtifact(), width=600, height=800)
    for number in (1, 2)
}
LINE = 0.02


def found(value: str, top: float | None, *, page: int = 1) -> DerivedArtifact:
    box = None if top is None else [0.4, top, 0.6, top + LINE]
    region = None if box is None else {"page": page, "bbox": box}
    return DerivedArtifact(payload={"value": value, "raw": value}, region=region)


def sides(
    older: DerivedArtifact | None,
    newer: DerivedArtifact | None,
    *,
    apart: dict[int, DerivedArtifact] | None = None,
) -> Sides:
    both = both_readings(apart)
    found = both.sides(item_of(older, newer), PAGES)
    assert found is not None
    return found


def both_readings(apart: dict[int, DerivedArtifact] | None = None) -> BothReadings:
    return BothReadings(
        Generation(pipeline_version="1.0.0"),
        Generation(pipeline_version="1.1.0"),
        apart or {},
    )


def item_of(older: DerivedArtifact | None, newer: DerivedArtifact | None) -> ReviewItem:
    return ReviewItem(slot="total", artifact=older, other_artifact=newer)


def marks(found: Sides) -> list[list[str]]:
    return [[mark.side.key for mark in cut.marks] for cut in found.cut_outs]


@pytest.mark.parametrize("apart", [0, 0.5, 1, 2.9])
def test_places_that_one_look_takes_in_share_a_cut_out(apart: float) -> None:
    both = sides(found("1", 0.5), found("2", 0.5 + apart * LINE))

    assert marks(both) == [["1", "2"]]
    [cut] = both.cut_outs
    for mark in cut.marks:
        top = mark.box.top * PAGES[1].height
        assert cut.crop.top <= top <= cut.crop.top + cut.crop.height
    assert cut.words == "Cut-out of page 1 with the place of the older and the newer"


def test_places_far_apart_have_a_cut_out_each() -> None:
    both = sides(found("1", 0.2), found("2", 0.8))

    assert marks(both) == [["1"], ["2"]]
    assert both.place == both.older.place


def test_places_on_two_pages_have_a_cut_out_each() -> None:
    both = sides(found("1", 0.5), found("2", 0.5, page=2))

    assert marks(both) == [["1"], ["2"]]
    assert [cut.crop.page.number for cut in both.cut_outs] == [1, 2]


def test_the_numbers_stand_on_either_side_even_where_the_places_are_one() -> None:
    [cut] = sides(found("1", 0.5), found("2", 0.5)).cut_outs

    older, newer = (float(mark.tag["cx"]) for mark in cut.marks)
    assert older < 0.4 * 600
    assert newer > 0.6 * 600


@pytest.mark.parametrize("box", [[0, 0, 1, 0.02], [0.99, 0.98, 1, 1], [0, 0, 0, 0]])
def test_the_numbers_stay_on_the_cut_out(box: list[float]) -> None:
    one = DerivedArtifact(payload={"value": "1"}, region={"page": 1, "bbox": box})
    [cut] = sides(one, one).cut_outs

    for mark in cut.marks:
        tag = {name: float(number) for name, number in mark.tag.items()}
        right = cut.crop.left + cut.crop.width
        assert cut.crop.left <= tag["cx"] - tag["r"] + 0.01
        assert tag["cx"] + tag["r"] <= right + 0.01


@pytest.mark.parametrize(
    ("older", "newer", "shown", "short"),
    [
        (None, found("2", 0.5), [["2"]], "nothing or 2"),
        (found("1", 0.5), None, [["1"]], "1 or nothing"),
        (found("1", 0.5), found("", 0.5), [["1"]], "1 or nothing"),
        (found("1", None), found("2", None), [], "1 or 2"),
    ],
)
def test_what_is_not_there_has_no_place(
    older: Any, newer: Any, shown: Any, short: str
) -> None:
    both = sides(older, newer)

    assert marks(both) == shown
    assert both.short == short


def test_a_place_on_another_picture_is_not_drawn_on_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A newer version that sets pages upright has boxes of its own pictures."""
    monkeypatch.setattr("reviewer.citations.words_on", lambda generation, page: None)
    own = DerivedArtifact(slot="page=1")
    one, other = found("1", 0.5), found("2", 0.5)
    both = sides(one, other, apart={1: own})

    assert marks(both) == [["1"], ["2"]]
    assert [cut.crop.page.image for cut in both.cut_outs][1] is own
    assert both.newer.look == ""
    drawn = both_readings({1: own}).boxes(item_of(one, other))
    assert [box.look for box in drawn] == ["older"]


def test_on_the_page_both_light_up_together() -> None:
    drawn = both_readings().boxes(item_of(found("1", 0.2), found("2", 0.8)))

    assert [(box.slot, box.look) for box in drawn] == [
        ("total", "older"),
        ("total", "newer"),
    ]
