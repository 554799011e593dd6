from __future__ import annotations

import pytest

from pipeline.comparing.critical import Critical
from pipeline.comparing.truth import Truth
from pipeline.comparing.values import Value
from pipeline.evaluation.figures import Document, by_slice, figures, paired
from pipeline.evaluation.scores import Scored, Tally, scored
from tests.pipeline.compared_values import line, money, page_of, value

TOTAL = Critical(frozenset({"total"}))


def score(
    true: dict[str, Value], said: dict[str, Value], critical: Critical = TOTAL
) -> Scored:
    return scored(Truth(true), said, critical=critical)


def test_values_are_counted_after_normalising() -> None:
    found = score(
        {
            "total": money("9.50"),
            "tax": money("0.50"),
            "paid": money("10.00"),
            "tip": money(""),
            "fee": money(""),
        },
        {
            "total": money("9.5"),
            "tax": money("0.60"),
            "fee": money("1.00"),
            "other": money("7.00"),
        },
    )
    assert found.fields == {
        "total": Tally(right=1),
        "tax": Tally(wrong=1, missed=1),
        "paid": Tally(missed=1),
        "tip": Tally(absent=1),
        "fee": Tally(wrong=1),
    }
    assert found.unknown == 1
    sum_of = figures([Document(found, "human_review")])["fields"]
    assert (sum_of["precision"], sum_of["recall"]) == (0.3333, 0.3333)
    assert sum_of["null_correct"] == 1


def test_nearly_counts_for_free_text_only() -> None:
    found = score(
        {"company": value("abcdef", "name"), "total": money("10.00")},
        {"company": value("abcdxy", "name"), "total": money("10.01")},
    )
    # Two of six letters are others; below a half it would be 0.
    assert found.anls == pytest.approx([4 / 6])
    assert score({"company": value("Gin", "name")}, {}).anls == [0.0]


def anls_of(*pairs: tuple[str, str]) -> float:
    """The mean over pairs of truth and prediction, as an evaluation tells it."""
    true = {f"text_{i}": value(text, "name") for i, (text, _) in enumerate(pairs)}
    said = {f"text_{i}": value(text, "name") for i, (_, text) in enumerate(pairs)}
    found = figures([Document(score(true, said), "human_review")])["anls"]
    assert found["texts"] == len(pairs)
    mean: float = found["mean"]
    return mean


def test_free_text_scores_as_published() -> None:
    """The README of anls_star 1.0.1 (Peer et al., arXiv 2402.03848): 0.766... for the
    first example; of the second the scores of its keys "a", "l1", "l2" and "value".
    """
    closest = [("hello", "hello!"), ("a", "a"), ("test", "test"), ("this", "this")]
    assert anls_of(*closest, ("is", "be")) == pytest.approx(0.76666, abs=1e-4)
    assert anls_of(("Hello", "Helloo")) == pytest.approx(0.8333333333333334, abs=1e-4)
    assert anls_of(("aa", "a"), ("c", "c")) == 0.75
    assert anls_of(("b", "q"), ("d", "d")) == 0.5
    assert anls_of(("12.3", "12.1"), ("13.4", "13.4")) == 0.875


def test_half_alike_is_half_and_no_more_than_that_is_nothing() -> None:
    """At exactly a half anls_star keeps the score; the formula of the first DocVQA
    competition, strict there, gives 0.
    """
    assert anls_of(("abcd", "abxy")) == 0.5
    assert anls_of(("abcd", "axyz")) == 0.0


def test_all_critical_fields_have_to_be_right() -> None:
    both = Critical(frozenset({"total", "date"}))
    true = {"total": money("1"), "date": value("2018-01-11", "date")}
    said = {"total": money("1.00"), "date": value("2018-01-11", "date")}
    assert score(true, said, both).all_right is True
    assert score(true, {"total": money("1")}, both).all_right is False
    assert score({"total": money("1")}, said, both).all_right is None
    assert score({"total": money("2")}, said, both).all_right is False
    assert score(true, said, Critical()).all_right is None


TRUE_LINES = line(0, description="Green tea", amount="4.00") | line(
    1, description="Fried rice", amount="7.50"
)


def test_lines_are_scored_after_the_best_pairing() -> None:
    said = (
        line(0, description="Fried rice", amount="7.50", quantity="1")
        | line(1, description="Green tea", amount="4.10")
        | line(2, description="Service", amount="1.00")
    )
    found = score(TRUE_LINES, said)
    # The quantity's column is unknown to the truth and counts for nothing.
    assert found.lines == Tally(right=3, wrong=3, missed=1)
    assert not found.fields


def test_lines_may_be_critical() -> None:
    amounts = Critical(frozenset(), frozenset({"amount"}))
    moved = line(3, description="Fried rice!", amount="7.50") | line(
        5, description="Green tea", amount="4.00"
    )
    assert score(TRUE_LINES, moved, amounts).all_right is True
    short = line(0, description="Green tea", amount="4.00")
    assert score(TRUE_LINES, short, amounts).all_right is False


def test_single_cells_that_people_answered_are_fields() -> None:
    truth = Truth(
        line(1, amount="7.50"),
        context=line(1, description="Fried rice", amount="7.60"),
    )
    said = line(0, description="Fried rice", amount="7.50")
    found = scored(truth, said, critical=TOTAL)
    assert found.lines is None
    assert found.fields == {"lines.amount": Tally(right=1)}


def test_boxes_hold_what_they_are_said_to_hold() -> None:
    page = page_of(("9.50", 0.5, 0.5), ("CASH", 0.1, 0.6))
    said = {
        "total": money("9.50", (0.49, 0.49, 0.6, 0.53)),
        "paid": money("9.50", (0.1, 0.6, 0.2, 0.62)),
        "tax": money("1.00"),
    }
    found = scored(Truth(), said, critical=TOTAL, pages=[page])
    assert (found.boxes, found.boxes_hold) == (2, 1)


def documents(*rows: tuple[bool | None, str]) -> list[Document]:
    return [
        Document(Scored(all_right=right), disposition, {"tenant": disposition[0]}, i, 2)
        for i, (right, disposition) in enumerate(rows, 1)
    ]


def test_risk_is_of_what_would_be_accepted() -> None:
    rows = documents(
        *[(True, "auto_accept")] * 6,
        (False, "auto_accept"),
        (None, "auto_accept"),
        (False, "human_review"),
        (True, "human_review"),
    )
    found = figures(rows)
    assert found["accepted"] == {
        "count": 8,
        "coverage": 0.8,
        "known": 7,
        "wrong": 1,
        "risk": 0.1429,
        "upper": 0.5207,
    }
    assert found["review_rate"]["share"] == 0.2
    assert found["all_critical_right"]["of"] == 9
    assert found["ms"] == {"measured": 10, "sum": 55, "median": 5, "p95": 10}
    assert found["micro_usd"]["sum"] == 20
    slices = by_slice(rows, "tenant")
    assert {key: one["documents"] for key, one in slices.items()} == {"a": 8, "h": 2}


def test_nothing_counted_is_no_figure() -> None:
    found = figures([])
    assert found["fields"]["f1"] is None
    assert found["accepted"]["upper"] == 1.0
    assert found["ms"]["median"] is None


def test_two_versions_on_the_same_documents() -> None:
    rights = [(True, False), (False, True), (True, True), (False, False), (None, True)]
    ours = dict(enumerate(documents(*((one, "x") for one, _ in rights))))
    theirs = dict(enumerate(documents(*((other, "x") for _, other in rights))))
    del ours[3]
    assert paired(ours, theirs) == {
        "documents": 4,
        "both_right": 1,
        "only_this_right": 1,
        "only_other_right": 1,
        "both_wrong": 0,
    }


FREIGHT = line(4, description="Freight", amount="41.00")


def test_a_single_line_that_is_known_is_missed_where_it_is_not_read() -> None:
    truth = Truth(line(4, amount="41.00"), context=FREIGHT)
    there = line(0, description="Bolts", amount="8.00")
    moved = there | line(1, description="Freight", amount="41.00")
    wrong = there | line(1, description="Freight", amount="14.00")
    found = [
        scored(truth, said, critical=Critical(frozenset(), frozenset({"amount"})))
        for said in (moved, wrong, there)
    ]
    assert [one.known_lines for one in found] == [
        Tally(right=1),
        Tally(wrong=1, missed=1),
        Tally(missed=1),
    ]
    assert [one.all_right for one in found] == [None, False, False]


def test_a_single_line_that_is_none_is_wrong_where_it_is_read() -> None:
    truth = Truth({"lines[4].amount": value("")}, context=FREIGHT)
    found = [scored(truth, said, critical=Critical()) for said in (FREIGHT, {})]
    assert [one.known_lines for one in found] == [Tally(wrong=1), Tally(absent=1)]
