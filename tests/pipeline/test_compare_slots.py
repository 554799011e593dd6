from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.comparing.critical import Critical
from pipeline.comparing.document import summed_up, verdict_of
from pipeline.comparing.slots import SlotsCompared, Word, compare_values
from pipeline.comparing.truth import Truth
from pipeline.comparing.values import Value, key_of, same
from tests.pipeline.compared_values import TYPES, line, money, value


def words(compared: SlotsCompared) -> dict[str, str]:
    return {one.pair.slot: str(one.word) for one in compared.slots}


@pytest.mark.parametrize(
    ("value_type", "one", "other"),
    [
        ("money", "1234.50", "1234.5"),
        ("money", "0.00", "-0"),
        ("number", "2", "2.000"),
        ("date", "2018-01-11", "11 January 2018"),
        ("currency", "EUR", "€"),
        ("id", "RE-2018/17", "re 2018 17"),
        ("name", "Gin  Kee", "GIN KEE"),
        ("address", "1, High St.\n Town", "1 High St Town"),
    ],
)
def test_the_same_value_spelt_in_two_ways(
    value_type: str, one: str, other: str
) -> None:
    assert same(Value(one, value_type), Value(other, value_type))


@pytest.mark.parametrize(
    ("value_type", "one", "other"),
    [
        ("money", "1234.50", "1234.51"),
        ("date", "2018-01-11", "2018-11-01"),
        ("currency", "EUR", "USD"),
        ("id", "RE-17", "RE-71"),
        ("name", "Gin Kee", "Gin Keo"),
        ("text", "a.b", "ab"),
        ("money", "NaN", "nothing"),
    ],
)
def test_two_values(value_type: str, one: str, other: str) -> None:
    assert not same(Value(one, value_type), Value(other, value_type))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "1e400", "", "§", "99/99"])
@pytest.mark.parametrize("value_type", [*TYPES.values(), "date", "id", "currency", "?"])
def test_no_text_breaks_the_comparison(value_type: str, text: str) -> None:
    assert key_of(value_type, text) == key_of(value_type, text)


def test_a_word_for_each_slot() -> None:
    old = {"total": money("9.00"), "tax": money("1.0"), "gone": value("a")}
    new = {"total": money("8.00"), "tax": money("1.00"), "came": value("b")}
    assert words(compare_values(old, new)) == {
        "total": Word.CHANGED,
        "tax": Word.EQUAL,
        "came": Word.ADDED,
        "gone": Word.REMOVED,
    }


@pytest.mark.parametrize(
    ("truth", "word"),
    [("8.00", Word.BETTER), ("9", Word.WORSE), ("7.00", Word.CHANGED)],
)
def test_people_know_which_is_right(truth: str, word: Word) -> None:
    compared = compare_values(
        {"total": money("9.00")},
        {"total": money("8.00")},
        truth=Truth({"total": money(truth)}),
    )
    assert words(compared) == {"total": word}


def test_a_value_that_the_document_does_not_have() -> None:
    nothing = Truth({"tax": money("")})
    assert words(compare_values({"tax": money("1")}, {}, truth=nothing)) == {
        "tax": Word.BETTER
    }
    assert words(compare_values({}, {"tax": money("1")}, truth=nothing)) == {
        "tax": Word.WORSE
    }


def test_a_line_under_another_number_is_no_difference() -> None:
    tea = {"description": "Green tea", "quantity": "2", "amount": "4.00"}
    rice = {"description": "Fried rice", "quantity": "1", "amount": "7.50"}
    cake = {"description": "Cheese cake", "quantity": "1", "amount": "3.20"}
    old = line(0, **tea) | line(1, **rice) | line(2, **cake)
    new = line(0, **rice) | line(1, **cake)
    compared = compare_values(old, new)
    assert compared.line_matches == {"lines[1]": "lines[0]", "lines[2]": "lines[1]"}
    differing = {s: w for s, w in words(compared).items() if w != Word.IDENTICAL}
    assert differing == {f"old lines[0].{c}": Word.REMOVED for c in tea}


def test_a_line_that_went_and_one_that_changed_under_its_number() -> None:
    old = line(0, description="Green tea", amount="4.00") | line(
        1, description="Fried rice", amount="7.50"
    )
    new = line(0, description="Fried rice", amount="7.80")
    assert words(compare_values(old, new)) == {
        "lines[0].description": Word.IDENTICAL,
        "lines[0].amount": Word.CHANGED,
        "old lines[0].description": Word.REMOVED,
        "old lines[0].amount": Word.REMOVED,
    }


def test_lines_with_nothing_in_common_are_two() -> None:
    compared = compare_values(
        line(0, description="Green tea", amount="4.00"),
        line(0, description="Shipping box", amount="119.95"),
    )
    assert not compared.line_matches
    assert set(words(compared).values()) == {Word.ADDED, Word.REMOVED}


def test_a_line_is_judged_by_what_it_says_not_by_its_number() -> None:
    tea = {"description": "Green tea", "amount": "4.00"}
    rice = {"description": "Fried rice", "amount": "7.50"}
    truth = Truth(line(0, **tea) | line(1, **rice))
    old = line(0, **tea) | line(1, description="Fried rice", amount="7.60")
    new = line(0, description="Fried rice", amount="7.50")
    judged = words(compare_values(old, new, truth=truth))
    assert judged["lines[0].amount"] == Word.BETTER
    assert judged["old lines[0].amount"] == Word.WORSE


def test_one_known_cell_speaks_of_the_line_that_was_asked_about() -> None:
    rice = {"description": "Fried rice", "quantity": "1"}
    asked = line(0, description="Tea", amount="7.50") | line(1, **rice, amount="7.60")
    truth = Truth(line(1, amount="7.50"), context=asked)
    new = line(0, **rice, amount="7.50") | line(1, description="Tea", amount="7.50")
    judged = words(compare_values(asked, new, truth=truth))
    assert judged["lines[0].amount"] == Word.BETTER
    assert judged["lines[1].amount"] == Word.IDENTICAL


AMOUNTS = st.sampled_from(["1.00", "1", "2.50", "20.00"])
CELLS = st.fixed_dictionaries(
    {}, optional={"description": st.sampled_from(["tea", "rice", "Tea", "big cake"]),
                  "amount": AMOUNTS, "quantity": AMOUNTS},
)  # fmt: skip
HEADERS = st.dictionaries(st.sampled_from(["total", "tax", "date"]), AMOUNTS)


@st.composite
def readings(draw: st.DrawFn) -> dict[str, Value]:
    said = {slot: money(text) for slot, text in draw(HEADERS).items()}
    for number, cells in enumerate(draw(st.lists(CELLS, max_size=4))):
        said |= line(number, **cells)
    return said


SWAPPED = {
    Word.ADDED: Word.REMOVED,
    Word.REMOVED: Word.ADDED,
    Word.BETTER: Word.WORSE,
    Word.WORSE: Word.BETTER,
}


# Not about speed, which a busy machine has little of.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(readings(), readings(), readings())
def test_swapping_two_readings_swaps_the_words(
    old: dict[str, Value], new: dict[str, Value], true: dict[str, Value]
) -> None:
    truth = Truth(true)
    there = compare_values(old, new, truth=truth)
    back = compare_values(new, old, truth=truth)

    def spelt(compared: SlotsCompared, *, swapped: bool) -> list[tuple[str, str, str]]:
        rows = []
        for one in compared.slots:
            slots = one.pair.old_slot, one.pair.new_slot
            slots = slots if one.pair.old else ("", slots[1])
            slots = slots if one.pair.new else (slots[0], "")
            word = SWAPPED.get(one.word, one.word) if swapped else one.word
            rows.append((*(slots[::-1] if swapped else slots), str(word)))
        return sorted(rows)

    assert spelt(there, swapped=False) == spelt(back, swapped=True)
    critical = Critical(frozenset({"total"}))
    verdict = str(verdict_of(there.slots, critical))
    other = str(verdict_of(back.slots, critical))
    assert other == str(SWAPPED.get(Word(verdict), verdict))


@UNHURRIED
@given(readings())
def test_a_reading_does_not_differ_from_itself(said: dict[str, Value]) -> None:
    found = summed_up(compare_values(said, said), {}, Critical(frozenset({"total"})))
    assert not found.differences
    assert not found.disagrees
    assert found.verdict == "equal"


def test_what_is_critical_decides_the_document() -> None:
    old = {"total": money("9"), "tax": money("1"), "paid": money("1")}
    new = {"total": money("8"), "tax": money("2"), "paid": money("2")}
    truth = Truth({"total": money("8"), "tax": money("1"), "paid": money("1")})
    slots = compare_values(old, new, truth=truth)
    total = summed_up(slots, {}, Critical(frozenset({"total"})))
    assert (total.verdict, total.disagrees) == ("better", True)
    assert summed_up(slots, {}, Critical()).verdict == "worse"
    assert not summed_up(slots, {}, Critical()).disagrees


def test_as_much_better_as_worse_is_a_change() -> None:
    slots = compare_values(
        {"total": money("9"), "tax": money("1")},
        {"total": money("8"), "tax": money("2")},
        truth=Truth({"total": money("8"), "tax": money("1")}),
    )
    assert summed_up(slots, {}, Critical()).verdict == "changed"


def test_lines_disagree_only_where_the_type_says_so() -> None:
    old, new = (
        line(0, description="Tea", amount="4.00"),
        line(0, description="Tea", amount="4.10"),
    )
    slots = compare_values(old, new)
    assert not summed_up(slots, {}, Critical(frozenset({"total"}))).disagrees
    columns = Critical(frozenset(), frozenset({"amount"}))
    assert summed_up(slots, {}, columns).disagrees
