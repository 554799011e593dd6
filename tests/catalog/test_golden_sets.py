from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from catalog.fsck.base import Scope
from catalog.fsck.golden_sets import GoldenSets
from catalog.hashing import digest_of
from catalog.models import GoldenCase, GoldenSet, GoldenSetValue, GoldenValue
from catalog.services import NothingToFreeze, erase, freeze_golden_set
from tests.factories import make_source, make_user
from tests.pipeline.compared_readings import know

pytestmark = pytest.mark.django_db


def held(golden_set: GoldenSet) -> set[str]:
    values = GoldenValue.objects.filter(in_sets__golden_set=golden_set)
    return set(values.values_list("value", flat=True))


def test_what_stands_is_frozen_and_what_comes_later_is_not() -> None:
    source = make_source()
    know(source, total="1.00", date="2018-01-11")
    know(source, total="2.00")
    know(make_source(), total="3.00")
    operator = make_user("olga")

    first = freeze_golden_set(actor=operator, note="before the new model")
    know(source, total="4.00")
    second = freeze_golden_set()

    assert held(first) == {"2.00", "2018-01-11", "3.00"}
    assert held(second) == {"4.00", "2018-01-11", "3.00"}
    assert (first.number, first.cases, first.values_count) == (1, 2, 3)
    assert (second.number, first.created_by) == (2, operator)
    ids = GoldenSetValue.objects.filter(golden_set=first).order_by("value_id")
    assert first.digest == digest_of([str(m.value_id) for m in ids])


def test_retired_cases_and_withdrawn_values_are_not_in_a_set() -> None:
    retired = know(make_source(), total="1.00")
    GoldenCase.objects.filter(pk=retired.pk).update(
        retired_at=timezone.now(), retired_because="a copy"
    )
    case = know(make_source(), total="2.00", date="2018-01-11")
    GoldenValue.objects.create(
        case=case, slot="total", value_type="money", withdrawn=True, pipeline_version=""
    )

    assert held(freeze_golden_set()) == {"2018-01-11"}


def test_freezing_the_same_again_gives_the_same_set() -> None:
    know(make_source(), total="1.00")
    assert freeze_golden_set() == freeze_golden_set(note="again")
    assert GoldenSet.objects.count() == 1


def test_nothing_is_no_set() -> None:
    with pytest.raises(NothingToFreeze, match="golden_import"):
        freeze_golden_set()


def test_a_frozen_set_takes_nothing_and_gives_nothing() -> None:
    know(make_source(), total="1.00")
    frozen = freeze_golden_set()
    later = know(make_source(), total="2.00").values.get()

    with pytest.raises(IntegrityError, match="takes no more"), transaction.atomic():
        GoldenSetValue.objects.create(golden_set=frozen, value=later)
    with pytest.raises(DatabaseError), transaction.atomic():
        GoldenSetValue.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        GoldenSet.objects.update(cases=7)


def test_an_erasure_takes_values_out_of_every_set() -> None:
    gone = make_source()
    know(gone, total="1.00")
    know(make_source(), total="2.00")
    frozen = freeze_golden_set()

    erase(source=gone, basis="request")

    assert held(frozen) == {"2.00"}
    steps = list(GoldenSets().steps(Scope(share=1.0, seed=1), None))
    assert [step.findings for step in steps] == [[]]
    assert freeze_golden_set().number == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_take_the_same_number() -> None:
    sources = [make_source() for _ in range(6)]

    def freeze(index: int) -> int:
        try:
            know(sources[index], total="1.00")
            return freeze_golden_set().number
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(freeze, range(6)))
    made = GoldenSet.objects.count()
    assert set(numbers) == set(range(1, made + 1))
    newest = GoldenSet.objects.newest()
    assert newest is not None
    assert newest.cases == 6
