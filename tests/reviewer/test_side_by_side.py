"""What pages say of two readings that were compared."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Comparison, Generation
from catalog.services import promote
from pipeline.comparing import compare_generations
from pipeline.comparing.wording import verdict_text
from reviewer.side_by_side import chosen, side_by_side
from tests.factories import field_artifact, make_generation, make_source, make_tenant
from tests.pipeline.compared_readings import answer, know, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(alice: User) -> tuple[Generation, Generation]:
    """A better total, a worse date, a company spelt in another way; put in place."""
    source = make_source(make_tenant("harbour"))
    know(source, total="2.12", date="2018-01-11")
    old = read(source)
    new = read(source, "1.1.0", total="2.12", date="2018-11-01", company="GIN KEE")
    compare_generations(old=old, new=new)
    promote(candidates=Generation.objects.filter(pk=new.pk), actor=alice)
    return old, new


def test_rows_say_which_one_people_know_to_be_right(
    pair: tuple[Generation, Generation],
) -> None:
    rows = {row.slot: row.verdict for row in side_by_side(*pair).rows}
    assert rows == {"total": "better", "date": "worse", "company": "equal"}


def test_without_a_choice_the_current_one_stands_beside_the_newest() -> None:
    source = make_source(make_tenant("harbour"))
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        read(source, version, total=f"{version[2]}.00")
    found = list(Generation.objects.filter(source=source).order_by("-created_at"))

    pair = chosen(found, "", "")

    assert pair is not None
    assert [one.pipeline_version for one in (pair.left, pair.right)] == [
        "1.0.0",
        "1.2.0",
    ]
    assert pair.differing_first[0].slot == "total"


def test_the_pages_say_it_in_words(
    client: Client, alice: User, pair: tuple[Generation, Generation]
) -> None:
    client.force_login(alice)
    html = client.get(f"/sources/{pair[0].source_id}/history/").content.decode()
    for words in ("Better", "Worse", "Same value", "2 of 3 values differ"):
        assert words in html
    assert "Compared: 2 values differ." in html
    assert "answers: 2 values differ." in html


def test_a_box_elsewhere_is_told_from_the_comparison() -> None:
    source = make_source()
    boxes = [{"page": 1, "bbox": [x, 0.79, x + 0.09, 0.84]} for x in (0.2, 0.1)]
    old, new = (
        make_generation(
            source, version=v, fields=[field_artifact("total", "21.20", region=box)]
        )
        for v, box in zip(("1.0.0", "1.1.0"), boxes, strict=True)
    )
    assert [row.verdict for row in side_by_side(old, new).rows] == ["same"]
    compare_generations(old=old, new=new)
    told = side_by_side(old, new)
    assert [row.words for row in told.rows] == ["Box elsewhere"]
    assert told.compared.startswith("The same values, but a box lost its place")


def test_a_moved_line_is_one_row_with_both_names() -> None:
    source = make_source()
    old, new = (
        make_generation(
            source,
            version=version,
            fields=[
                field_artifact(f"lines[{i}].description", text, value_type="text")
                for i, text in enumerate(lines)
            ],
        )
        for version, lines in (
            ("1.0.0", ["Green tea", "Fried rice"]),
            ("1.1.0", ["Fried rice"]),
        )
    )
    rows = [(r.slot, r.was, r.verdict) for r in side_by_side(old, new).rows]
    assert rows == [
        ("lines[0].description", "lines[1].description", "same"),
        ("lines[0].description", "", "only left"),
    ]


def test_an_answer_that_there_is_nothing_differs_from_no_value_in_no_way(
    alice: User,
) -> None:
    source = make_source()
    old, new = read(source, tip="1.00"), read(source, "1.1.0")
    answer(old, alice, "tip", "", "absent")
    rows = {row.slot: row.verdict for row in side_by_side(old, new).rows}
    assert rows["tip"] == "same"


@pytest.mark.parametrize(
    ("verdict", "differences", "words"),
    [
        ("identical", {}, "Every payload is the same"),
        ("changed", {"field:total": "changed"}, "1 value differs"),
        (
            "better",
            {"field:total": "better", "ocr:page=1": "changed"},
            "Closer to what people know to be true: 1 value and 1 other artifact"
            " differ",
        ),
        (
            "equal",
            {"ocr:page=1": "changed", "table:lines": "added"},
            "The same values, in the same places: 2 artifacts differ",
        ),
    ],
)
def test_a_verdict_is_a_sentence(
    verdict: str, differences: dict[str, str], words: str
) -> None:
    assert verdict_text(Comparison(verdict=verdict, differences=differences)) == words
