from __future__ import annotations

import pytest

from catalog.models import DerivedArtifact
from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ValueType
from reviewer import desk
from reviewer.citations import Page
from reviewer.crops import crop_of

PAGE = Page(number=1, image=DerivedArtifact(), width=600, height=800)
BOX = BoundingBox(0.5, 0.5, 0.6, 0.52)


def claim(value: str, *others: str) -> Claim:
    return Claim(
        slot="total",
        value=value,
        raw=value,
        value_type=ValueType.MONEY,
        confidence=0.5,
        region=Region(1, BOX),
        candidates=tuple(claim(other) for other in others),
    )


def values(machine: Claim | None, standing: Claim | None) -> list[tuple[int, str]]:
    found = desk.candidates_of(machine, standing)
    return [(candidate.key, candidate.value) for candidate in found]


def test_candidates_are_further_values_on_the_keys_from_one() -> None:
    machine = claim("1.00", "2.00", "1.00", "2.00", "3.00", "4.00", "5.00")
    assert values(machine, machine) == [(1, "2.00"), (2, "3.00"), (3, "4.00")]


def test_after_a_correction_the_machines_value_is_a_candidate() -> None:
    assert values(claim("1.00", "2.00"), claim("9.00")) == [(1, "2.00"), (2, "1.00")]
    assert values(None, claim("9.00")) == []
    assert values(claim("1.00"), None) == [(1, "1.00")]


def test_a_crop_holds_the_box_with_room_around_it() -> None:
    crop = crop_of(Region(1, BOX), {1: PAGE})
    assert crop is not None
    assert crop.left < BOX.left * PAGE.width
    assert crop.left + crop.width > BOX.right * PAGE.width
    assert crop.top < BOX.top * PAGE.height
    assert crop.top + crop.height > BOX.bottom * PAGE.height
    mark = {name: float(number) for name, number in crop.mark.items()}
    assert crop.top < mark["y"] < BOX.top * PAGE.height
    assert mark["y"] + mark["height"] > BOX.bottom * PAGE.height


@pytest.mark.parametrize(
    "box",
    [
        BoundingBox(0, 0, 0.01, 0.01),
        BoundingBox(0.99, 0.99, 1, 1),
        BoundingBox(0, 0, 1, 1),
        BoundingBox(0.5, 0.5, 0.5, 0.5),
        BoundingBox(0.4, 0.0, 0.42, 1.0),
    ],
)
def test_a_crop_stays_on_the_page(box: BoundingBox) -> None:
    crop = crop_of(Region(1, box), {1: PAGE})
    assert crop is not None
    assert crop.width > 0
    assert crop.height > 0
    assert 0 <= crop.left <= crop.left + crop.width <= PAGE.width + 1e-6
    assert 0 <= crop.top <= crop.top + crop.height <= PAGE.height + 1e-6


def test_without_a_place_or_a_picture_there_is_no_crop() -> None:
    assert crop_of(None, {1: PAGE}) is None
    assert crop_of(Region(2, BOX), {1: PAGE}) is None


def test_a_place_survives_the_form() -> None:
    region = Region(3, BoundingBox(0.10001, 0.2, 0.3, 0.45678))
    assert desk.from_field(desk.as_field(region)) == region
    assert desk.from_field("") is None
    assert desk.as_field(None) == ""


@pytest.mark.parametrize(
    "text", ["x", "1", "1,2,3,4,5", "0,0,0,1,1", "1,0,0,1", "1,,,,"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        desk.from_field(text)
