from __future__ import annotations

from catalog.regions import BoundingBox
from reviewer.odd import Shown, oddness_of, shape

BOX = BoundingBox(0.6, 0.8, 0.7, 0.83)


def alike(count: int, **more: object) -> list[Shown]:
    return [
        Shown(f"{20 + i}.00", "t", 0.9, box=BOX, **more)  # type: ignore[arg-type]
        for i in range(count)
    ]


def oddest(values: list[Shown]) -> tuple[int, str]:
    found = oddness_of(values)
    index = max(range(len(found)), key=lambda i: found[i].score)
    return index, found[index].why


def test_shapes() -> None:
    assert shape("INV-0042") == shape("RE-7") == "A-9"
    assert shape("12.05.2026") != shape("2026-05-12")


def test_like_values_are_not_odd() -> None:
    assert {one.why for one in oddness_of(alike(6))} == {""}


def test_an_amount_ten_times_as_large() -> None:
    values = [*alike(6), Shown("230.00", "t", 0.9, box=BOX)]
    assert oddest(values)[0] == 6
    values = [*alike(6), Shown("23000.00", "t", 0.9, box=BOX)]
    assert oddest(values) == (6, "an amount far from the others")


def test_an_unsure_reading_and_one_that_a_check_contradicts() -> None:
    assert oddest([*alike(5), Shown("23.00", "t", 0.2, box=BOX)]) == (
        5,
        "an unsure reading",
    )
    conflict = Shown("23.00", "t", 0.9, conflict=True, box=BOX)
    assert oddest([*alike(5), conflict]) == (5, "a check contradicts it")


def test_another_form_and_another_place() -> None:
    assert oddest([*alike(5), Shown("23.0O", "t", 0.9, box=BOX)]) == (
        5,
        "written unlike the others",
    )
    elsewhere = BoundingBox(0.6, 0.2, 0.7, 0.23)
    assert oddest([*alike(5), Shown("23.00", "t", 0.9, box=elsewhere)]) == (
        5,
        "it stands elsewhere on the page",
    )


def test_each_is_held_against_its_own_template() -> None:
    """Large amounts of one template are not odd beside small ones of another."""
    large = [Shown(f"{9000 + i}.00", "u", 0.9, box=BOX) for i in range(4)]
    assert {one.why for one in oddness_of([*alike(20), *large])} == {""}
    # One alone of its template is held against all.
    alone = Shown("9000.00", "v", 0.9, box=BOX)
    assert oddest([*alike(8), alone])[0] == 8


def test_one_alone_has_nothing_to_be_unlike() -> None:
    [one] = oddness_of([Shown("5.00", confidence=1.0)])
    assert (one.score, one.why) == (0.0, "")
