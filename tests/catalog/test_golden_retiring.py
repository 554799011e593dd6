"""Golden cases and values that count no more, and again."""

from __future__ import annotations

import uuid
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from catalog.models import GoldenCase, GoldenRetirement, GoldenValue
from catalog.services import (
    NewCase,
    NothingToFreeze,
    RetirementRefused,
    TrueValue,
    erase,
    file_golden_cases,
    freeze_golden_set,
    restore_golden,
    retire_golden,
)
from pipeline.evaluation.evaluating import cases_of
from tests.factories import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> GoldenCase:
    """A total of 9.50 and a date."""
    return file_case(make_source().pk)


def file_case(source_id: uuid.UUID) -> GoldenCase:
    values = [
        TrueValue("total", "money", "9.50"),
        TrueValue("date", "date", "2026-01-02"),
    ]
    new = NewCase(source_id, "receipt", "import", values=values)
    file_golden_cases(cases=[new])
    return GoldenCase.objects.active().get(source=source_id)


def counting() -> set[str]:
    return set(GoldenValue.objects.that_count().values_list("slot", flat=True))


class TestValues:
    def test_it_counts_no_more_from_then_on_but_in_sets_that_are_frozen(
        self, case: GoldenCase, alice: User
    ) -> None:
        before = freeze_golden_set()
        told = retire_golden(
            case_id=case.pk, slot="total", because="it was a copy", actor=alice
        )
        assert (told.slot, told.actor) == ("total", alice)
        assert counting() == {"date"}
        [kept] = cases_of(before).values()
        assert set(kept.truth.values) == {"total", "date"}
        [now] = cases_of().values()
        assert set(now.truth.values) == {"date"}
        after = freeze_golden_set()
        assert (before.values_count, after.values_count) == (2, 1)
        assert before.members.count() == 2

    def test_it_counts_again_as_it_was(self, case: GoldenCase) -> None:
        retire_golden(case_id=case.pk, slot="total", because="a copy")
        restore_golden(case_id=case.pk, slot="total", because="no copy after all")
        [value] = GoldenValue.objects.that_count().filter(slot="total")
        assert value.value == "9.50"
        acts = GoldenRetirement.objects.of_case(case).values_list("act", flat=True)
        assert list(acts) == ["retire", "restore"]

    def test_a_later_answer_counts_and_is_not_written_over(
        self, case: GoldenCase
    ) -> None:
        retire_golden(case_id=case.pk, slot="total", because="a copy")
        new = NewCase(
            case.source_id,
            "receipt",
            "import",
            values=[TrueValue("total", "money", "9.60")],
        )
        file_golden_cases(cases=[new])
        assert counting() == {"date", "total"}
        with pytest.raises(RetirementRefused, match="Another value"):
            restore_golden(case_id=case.pk, slot="total", because="why not")

    def test_what_makes_no_sense_is_refused(self, case: GoldenCase) -> None:
        for verb, slot, because in (
            (retire_golden, "total", "  "),
            (retire_golden, "company", "nothing there"),
            (restore_golden, "total", "it stands"),
            (restore_golden, "", "it is not retired"),
        ):
            with pytest.raises(RetirementRefused):
                verb(case_id=case.pk, slot=slot, because=because)
        assert not GoldenRetirement.objects.exists()


class TestCases:
    def test_a_case_counts_no_more_and_again(self, case: GoldenCase) -> None:
        retire_golden(case_id=case.pk, because="an unusual form")
        assert counting() == set()
        with pytest.raises(NothingToFreeze):
            freeze_golden_set()
        with pytest.raises(RetirementRefused, match="already"):
            retire_golden(case_id=case.pk, because="again")
        restore_golden(case_id=case.pk, because="it is usual now")
        assert counting() == {"date", "total"}
        case.refresh_from_db()
        assert case.retired_because == ""

    def test_not_beside_a_newer_case_of_the_document(self, case: GoldenCase) -> None:
        retire_golden(case_id=case.pk, because="wrong")
        newer = file_case(case.source_id)
        assert newer.pk != case.pk
        with pytest.raises(RetirementRefused, match="newer case"):
            restore_golden(case_id=case.pk, because="right")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE golden_retirement SET because = 'x'",
        "UPDATE golden_retirement SET act = 'restore'",
        "DELETE FROM golden_retirement",
    ],
)
def test_the_database_keeps_it(case: GoldenCase, sql: str) -> None:
    retire_golden(case_id=case.pk, because="a copy")
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_takes_the_reason(case: GoldenCase, alice: User) -> None:
    retire_golden(case_id=case.pk, slot="total", because="9.50 of Mrs Meyer-Canary")
    erasure = erase(source=case.source, basis="request", actor=alice)
    assert erasure.residue is not None
    assert erasure.residue["total"] == 0
    told = GoldenRetirement.objects.get()
    assert (told.because, told.act) == ("erased", "retire")
    with pytest.raises(RetirementRefused, match="erased"):
        restore_golden(case_id=case.pk, because="back")


def test_the_command(case: GoldenCase) -> None:
    out = StringIO()
    call_command(
        "golden_retire", str(case.pk), slot="date", because="a copy", stdout=out
    )
    assert out.getvalue() == "date: retired.\n"
    call_command("golden_retire", str(case.pk), slot="date", because="no", restore=True)
    assert counting() == {"date", "total"}
    for given in ("nonsense", "01a2192f-52fd-7315-80b9-a3f1b3d57413"):
        with pytest.raises(CommandError, match="no golden case"):
            call_command("golden_retire", given, because="x")
    with pytest.raises(CommandError, match="not retired"):
        call_command("golden_retire", str(case.pk), because="x", restore=True)
