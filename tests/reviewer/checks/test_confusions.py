"""What a misreading is called, how it is made, and what is learned from people."""

from __future__ import annotations

import random

import pytest
from django.contrib.auth.models import User

from catalog.regions import BoundingBox, Region
from pipeline.claims import Claim, ValueType
from pipeline.extracting.values import same_value
from pipeline.words import Word
from reviewer.checks.confusions import (
    BUILT_IN,
    BUILT_IN_PAIRS,
    ENOUGH,
    History,
    Slip,
    kind_of,
    pairs_of,
)
from reviewer.checks.misreading import Around, misread
from reviewer.checks.slips import learn
from reviewer.models import Confusion, Verdict
from tests.factories import make_tenant
from tests.reviewer.answering import answered, say
from tests.reviewer.cases import two_doubts

MONEY, DATE, ID = ValueType.MONEY, ValueType.DATE, ValueType.ID


@pytest.mark.parametrize(
    ("slip", "kind"),
    [
        (Slip(MONEY, "", "21.20"), Confusion.NOTHING),
        (Slip(MONEY, "27.20", "21.20"), Confusion.LOOKALIKE),
        (Slip(MONEY, "20.00", "21.20", frozenset(["20.00"])), Confusion.OTHER_FIELD),
        (Slip(MONEY, "2120.00", "21.20"), Confusion.DECIMAL),
        (Slip(MONEY, "12.20", "21.20"), Confusion.SWAPPED),
        (Slip(MONEY, "1.20", "21.20"), Confusion.DROPPED),
        (Slip(DATE, "2018-11-01", "2018-01-11"), Confusion.DAY_MONTH),
        (Slip(DATE, "2018-01-17", "2018-01-11"), Confusion.LOOKALIKE),
        (Slip(ID, "INV-OO1", "INV-001"), Confusion.LOOKALIKE),
        (Slip(MONEY, "997.65", "21.20", moved=True), Confusion.NEIGHBOUR),
        (Slip(MONEY, "997.65", "21.20"), None),
        (Slip(MONEY, "21.2", "21.20"), None),
        (Slip(MONEY, "21.20", ""), None),
    ],
)
def test_a_wrong_value_has_a_kind(slip: Slip, kind: Confusion | None) -> None:
    assert kind_of(slip) == kind


def test_pairs_say_what_is_printed_and_what_was_read() -> None:
    assert pairs_of(Slip(ID, "INV-OO1", "INV-001")) == [("0", "O"), ("0", "O")]


def test_with_little_history_the_built_in_list_is_used_and_it_says_so() -> None:
    slip = Slip(MONEY, "27.20", "21.20")
    little = History.of([slip] * (ENOUGH - 1)).weights(MONEY)
    enough = History.of([slip] * ENOUGH).weights(MONEY)
    assert (little.learned, little.of_kinds) == (False, BUILT_IN[MONEY])
    assert (enough.learned, enough.of_kinds) == (True, {Confusion.LOOKALIKE: ENOUGH})


def test_corrections_that_stand_are_learned_from(db: None, alice: User) -> None:
    task = two_doubts(make_tenant("harbour"))
    [made, _] = answered(
        task,
        alice,
        say("total", Verdict.CORRECT, "21.70"),
        say("date", Verdict.CORRECT, "2018-11-01"),
    )
    history = learn()
    assert history.kinds == {
        (MONEY, Confusion.LOOKALIKE): 1,
        (DATE, Confusion.DAY_MONTH): 1,
    }
    assert history.pairs == {("7", "2"): 1}
    assert made.correction.old_value == "21.20"


HERE = Region(1, BoundingBox(0.6, 0.8, 0.7, 0.83))
BESIDE = BoundingBox(0.6, 0.84, 0.7, 0.87)


def claim(value: str, raw: str, value_type: ValueType, slot: str = "total") -> Claim:
    return Claim(slot, value, raw, value_type, 1.0, HERE)


CLAIMS = [
    claim("1021.20", "RM 1,021.20", MONEY),
    claim("2018-01-11", "11/01/2018", DATE, "date"),
    claim("INV-2018/001", "INV-2018/001", ID, "number"),
    claim("Gin Kee Trading", "Gin Kee Trading", ValueType.NAME, "company"),
]
WORDS = [Word("19.90", BESIDE), Word("Total", BESIDE), Word("1021.20", HERE.bbox)]
AROUND = Around(
    [
        *CLAIMS,
        claim("20.00", "20.00", MONEY, "tax"),
        claim("2018-02-11", "11/02/2018", DATE, "due"),
    ],
    lambda page: WORDS,
    BUILT_IN_PAIRS,
)


def thrown(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a test's


@pytest.mark.parametrize("one", CLAIMS, ids=lambda one: one.slot)
def test_what_is_made_is_a_value_of_its_type_and_another_one(one: Claim) -> None:
    made = 0
    for seed in range(200):
        dice = thrown(seed)
        for kind in Confusion:
            found = misread(kind, one, AROUND, dice)
            if found is None or kind == Confusion.NOTHING:
                continue
            made += 1
            assert found.value
            assert not same_value(one.value_type, found.value, one.value)
    assert made > 300


def test_a_neighbour_brings_its_box_and_another_field_its_own() -> None:
    made = misread(Confusion.NEIGHBOUR, CLAIMS[0], AROUND, thrown(1))
    assert made is not None
    assert made.region is not None
    assert (made.value, made.region.bbox) == ("19.90", BESIDE)
    other = misread(Confusion.OTHER_FIELD, CLAIMS[0], AROUND, thrown(1))
    assert other is not None
    assert other.value == "20.00"


def test_what_cannot_be_misread_so_gives_nothing() -> None:
    same_day = claim("2018-01-01", "01/01/2018", DATE)
    assert misread(Confusion.DAY_MONTH, same_day, AROUND, thrown(1)) is None
    assert misread(Confusion.DECIMAL, CLAIMS[3], AROUND, thrown(1)) is None
