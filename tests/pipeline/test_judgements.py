from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Comparison, Generation, GoldenCase
from catalog.services import compare_by_hash
from pipeline.comparing import Judgement, compare_generations, judgements, judging
from tests.factories import make_source
from tests.pipeline.compared_readings import answer, know, read, two_readings

pytestmark = pytest.mark.django_db
UNKNOWN = Judgement(None, None)


def judged(old: Generation, new: Generation) -> Judgement:
    row = compare_generations(old=old, new=new)
    return judgements([row])[row.pk]


def test_what_people_learned_after_the_comparison_counts() -> None:
    old, new = two_readings({}, {"total": "2.12"})
    assert judged(old, new) == UNKNOWN
    know(old.source, total="2.12")
    assert judged(old, new) == Judgement(old_right=False, new_right=True)
    know(old.source, total="21.2")
    assert judged(old, new) == Judgement(old_right=True, new_right=False)
    know(old.source, total="7.00")
    assert judged(old, new) == Judgement(old_right=False, new_right=False)


def test_a_retired_case_knows_nothing() -> None:
    old, new = two_readings({}, {"total": "2.12"})
    know(old.source, total="2.12")
    GoldenCase.objects.update(retired_at=timezone.now(), retired_because="wrong")
    assert judged(old, new) == UNKNOWN


def test_an_answer_counts_as_long_as_it_stands(alice: User) -> None:
    old, new = two_readings({}, {"total": "2.12"})
    answer(old, alice, "total", "2.12")
    assert judged(old, new) == Judgement(old_right=False, new_right=True)
    answer(old, alice, "total", "21.20")
    assert judged(old, new) == Judgement(old_right=True, new_right=False)


def test_all_critical_fields_that_differ_have_to_be_right() -> None:
    old, new = two_readings({}, {"total": "2.12", "date": "2018-11-01"})
    know(old.source, total="2.12")
    assert judged(old, new) == Judgement(old_right=False, new_right=None)
    know(old.source, date="2018-01-11")
    assert judged(old, new) == Judgement(old_right=False, new_right=False)


def test_fields_that_are_not_critical_or_do_not_differ_judge_nothing() -> None:
    old, new = two_readings({"tip": "1.00"}, {"tip": "2.00"})
    know(old.source, tip="2.00", total="99.00")
    assert judged(old, new) == UNKNOWN


def test_a_comparison_by_hash_is_judged_by_its_values() -> None:
    old, new = two_readings({}, {"total": "2.12"})
    know(old.source, total="2.12")
    compare_by_hash(candidates=Generation.objects.filter(pk=new.pk))
    [row] = Comparison.objects.all()
    assert row.disagrees is None
    assert judgements([row])[row.pk] == Judgement(old_right=False, new_right=True)


def test_many_are_judged_in_a_handful_of_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = []
    for i in range(9):
        source = make_source()
        old, new = read(source), read(source, "1.1.0", total="2.12")
        if i % 3:
            know(source, total="2.12" if i % 3 == 1 else "21.20")
        rows.append(compare_generations(old=old, new=new))
    with CaptureQueriesContext(
        connection,
    ) as few:
        found = judgements(rows[:3])
    with CaptureQueriesContext(connection) as many:
        found = judgements(rows)
    assert len(many) == len(few) <= 8
    assert [found[row.pk].new_right for row in rows] == [None, True, False] * 3
    monkeypatch.setattr(judging, "AT_ONCE", 2)
    assert judgements(Comparison.objects.order_by("pk").iterator()) == found
