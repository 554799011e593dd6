from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from catalog.models import Comparison, Generation, Promotion
from catalog.services import SourceErased, erase, promote, roll_back
from pipeline.comparing import compare_generations, slot_changes
from tests.factories import field_artifact, make_generation, make_source, make_tenant
from tests.pipeline.compared_readings import (
    answer,
    know,
    read,
    two_readings,
)

pytestmark = pytest.mark.django_db


def put_in_place(new: Generation, old: Generation) -> None:
    compare_generations(old=old, new=new)
    promote(candidates=Generation.objects.filter(pk=new.pk))


def test_the_same_payloads_are_identical() -> None:
    old, new = two_readings({}, {})
    found = compare_generations(old=old, new=new)
    assert found.verdict == "identical"
    assert (found.differences, found.disagrees) == ({}, False)


def test_equal_values_in_another_spelling() -> None:
    old, new = two_readings({"company": "Gin Kee"}, {"company": "GIN  KEE"})
    found = compare_generations(old=old, new=new)
    assert (found.verdict, found.differences) == ("equal", {})


def test_a_critical_field_disagrees_and_another_one_does_not() -> None:
    old, new = two_readings({}, {"total": "2.12", "date": ""})
    found = compare_generations(old=old, new=new)
    assert found.differences == {"field:total": "changed", "field:date": "removed"}
    assert (found.verdict, found.disagrees) == ("changed", True)
    old, new = two_readings({"tip": "1.00"}, {"tip": "2.00"})
    assert compare_generations(old=old, new=new).disagrees is False


def test_golden_values_tell_which_got_better() -> None:
    source = make_source()
    know(source, total="2.12", date="2018-01-11")
    old, new = read(source), read(source, "1.1.0", total="2.12")
    assert compare_generations(old=old, new=new).verdict == "better"
    assert compare_generations(old=new, new=old).verdict == "worse"


def test_what_people_said_in_the_old_generation_is_the_truth(alice: User) -> None:
    old, new = two_readings({"total": "9.00"}, {"total": "21.20"})
    answer(old, alice, "total", "21.2")
    found = compare_generations(old=old, new=new)
    assert found.differences == {"field:total": "better"}


def test_nobody_knows_what_nobody_can_read(alice: User) -> None:
    old, new = two_readings({"total": "9.00"}, {"total": "21.20"})
    answer(old, alice, "total", "", "unreadable")
    found = compare_generations(old=old, new=new)
    assert found.differences == {"field:total": "changed"}


def test_a_document_that_does_not_say(alice: User) -> None:
    old, new = two_readings({"tip": ""}, {"tip": "3.00"})
    answer(old, alice, "tip", "", "absent")
    assert compare_generations(old=old, new=new).verdict == "worse"


def test_a_box_that_left_its_value() -> None:
    source = make_source()
    words = {"page": 1, "bbox": [0.1, 0.79, 0.18, 0.84]}  # over "Total"
    there = {"page": 1, "bbox": [0.2, 0.79, 0.29, 0.84]}  # over "21.20"
    old, moved, fine = (
        make_generation(
            source, version=v, fields=[field_artifact("total", "21.20", region=region)]
        )
        for v, region in (("1.0.0", there), ("1.1.0", words), ("1.2.0", None))
    )
    found = compare_generations(old=old, new=moved)
    assert found.verdict == "ungrounded"
    assert found.disagrees is False
    assert found.grounding == {"total": {"iou": 0.0, "pcc": 0.0, "holds": False}}
    assert compare_generations(old=moved, new=old).verdict == "equal"
    assert compare_generations(old=old, new=fine).verdict == "ungrounded"


def test_promoting_names_the_typed_comparison() -> None:
    old, new = two_readings({}, {"total": "2.12"})
    put_in_place(new, old)
    [row] = Promotion.objects.filter(reason="replacement")
    assert row.comparison is not None
    assert (row.comparison.comparator_version, row.comparison.verdict) == (
        "typed-1",
        "changed",
    )


def test_an_old_version_that_came_back_says_what_it_said(alice: User) -> None:
    """A person's answer is carried over both times, and is neither version's value."""
    old, new = two_readings({"total": "9.00"}, {"total": "21.20"})
    answer(old, alice, "total", "21.20")
    put_in_place(new, old)
    roll_back(promotions=Promotion.objects.filter(reason="replacement"))
    back = Generation.objects.get(restores=old)
    found = compare_generations(old=back, new=new)
    assert found.differences == {"field:total": "better"}
    assert compare_generations(old=old, new=back).verdict == "identical"


def test_a_gone_line_keeps_its_old_name() -> None:
    source = make_source()
    old, new = (
        make_generation(
            source,
            version=version,
            fields=[
                field_artifact(f"lines[{i}].{column}", text, value_type=value_type)
                for i, (name, amount) in enumerate(lines)
                for column, text, value_type in (
                    ("description", name, "text"),
                    ("amount", amount, "money"),
                )
            ],
        )
        for version, lines in (
            ("1.0.0", [("Green tea", "4.00"), ("Fried rice", "7.50")]),
            ("1.1.0", [("Fried rice", "7.80")]),
        )
    )
    found = compare_generations(old=old, new=new)
    assert found.line_matches == {"lines[1]": "lines[0]"}
    rows = {(c.old_slot, c.new_slot): c.word for c in slot_changes(found)}
    assert rows == {
        ("lines[1].amount", "lines[0].amount"): "changed",
        ("lines[0].description", ""): "removed",
        ("lines[0].amount", ""): "removed",
    }


def test_the_same_pair_is_one_row_and_the_database_sees_to_it() -> None:
    old, new = two_readings({}, {"total": "2.12"})
    first = compare_generations(old=old, new=new)
    assert compare_generations(old=old, new=new) == first
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_two_documents_are_not_compared() -> None:
    old, _ = two_readings({}, {})
    other, _ = two_readings({}, {})
    with pytest.raises(ValueError, match="one source"):
        compare_generations(old=old, new=other)


def test_what_was_erased_is_not_compared_again() -> None:
    old, new = two_readings({}, {"total": "2.12"})
    compare_generations(old=old, new=new)
    erase(source=old.source, basis="request")
    row = Comparison.objects.get()
    assert (row.differences, row.grounding, row.line_matches) == ({}, None, None)
    with pytest.raises(SourceErased):
        compare_generations(old=new, new=old)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_comparison() -> None:
    source = make_source(make_tenant("harbour"))
    old, new = read(source), read(source, "1.1.0", total="2.12")

    def compare(_: int) -> object:
        try:
            return compare_generations(old=old, new=new).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(compare, range(16)))
    assert len(found) == 1
    assert Comparison.objects.count() == 1
