from __future__ import annotations

import pytest

from pipeline.gate.deciding import Decided, Judged, Rules, Verdict, Why, decide
from tests.pipeline.gate_documents import documents

RULES = Rules({})


def of(decided: Decided, dimension: str, key: str = "") -> Judged:
    return next(
        one
        for one in decided.judged
        if (one.slice.dimension, one.slice.key) == (dimension, key)
    )


def test_nothing_that_differs_moves_without_an_answer_but_proves_little() -> None:
    decided = decide(documents(["same"] * 10), RULES)
    assert decided.whole.verdict == Verdict.PASS
    assert decided.whole.why == Why.NOTHING_DIFFERS
    assert decided.moves.all()
    assert not decided.fit


@pytest.mark.parametrize(("n", "fit"), [(58, False), (59, True)])
def test_fifty_nine_without_a_difference_prove_five_percent(n: int, fit: bool) -> None:  # noqa: FBT001
    assert decide(documents(["same"] * n), RULES).fit is fit


def test_a_decided_loss_within_the_margin_passes_but_the_lost_stay() -> None:
    decided = decide(documents(["same"] * 96 + ["worse"] * 4), RULES)
    whole = decided.whole
    assert (whole.verdict, whole.why) == (Verdict.PASS, Why.DECIDED)
    assert whole.figures.at_least == pytest.approx(-0.04)
    assert whole.moving == 96
    assert not decided.moves[96:].any()
    assert not decided.fit


def test_a_decided_loss_beyond_the_margin_holds_without_blaming_the_version() -> None:
    decided = decide(documents(["same"] * 18 + ["worse"] * 2), RULES)
    whole = decided.whole
    assert (whole.verdict, whole.why) == (Verdict.INSUFFICIENT, Why.LOST)
    assert whole.needed > 0
    assert not decided.moves.any()


def test_harm_is_blocked() -> None:
    decided = decide(documents(["same"] * 80 + ["worse"] * 20), RULES)
    assert (decided.whole.verdict, decided.whole.why) == (Verdict.BLOCK, Why.HARM)


def test_it_says_how_many_answers_are_missing_and_these_suffice() -> None:
    rest = ["same"] * 150
    decided = decide(documents(rest + ["undecided"] * 50), RULES)
    whole = decided.whole
    assert (whole.verdict, whole.why) == (Verdict.INSUFFICIENT, Why.ANSWER)
    asked = whole.needed
    assert 0 < asked < 50
    answered = rest + ["both wrong"] * asked + ["undecided"] * (50 - asked)
    assert decide(documents(answered), RULES).whole.verdict == Verdict.PASS


def test_answers_that_were_no_draw_infer_nothing() -> None:
    known_before = documents(
        ["same"] * 150 + ["better"] * 40 + ["undecided"] * 10, sampled=False
    )
    whole = decide(known_before, RULES).whole
    assert whole.figures.at_least == pytest.approx((40 - 10) / 200)
    assert whole.figures.lower == -1


def test_one_bad_template_does_not_hold_the_others_back() -> None:
    outcomes, templates = [], []
    for number in range(20):
        bad = number == 7
        outcomes += ["worse"] * (15 if bad else 0) + ["same"] * (35 if bad else 50)
        templates += [f"t{number:02}"] * 50
    keys = {"template": templates, "tenant": ["mill"] * 1000}
    decided = decide(documents(outcomes, slices=keys), RULES)
    assert of(decided, "template", "t07").verdict == Verdict.BLOCK
    assert int(decided.moves.sum()) == 950
    assert of(decided, "tenant", "mill").moving == 950
    assert not of(decided, "tenant", "mill").holds
    assert not decided.fit


def test_a_broader_slice_that_is_worse_over_what_would_move_holds_its_own() -> None:
    """Each template loses within its margin, all of it in one tenant."""
    outcomes, templates, tenants = [], [], []
    for number in range(10):
        outcomes += ["worse"] * 2 + ["same"] * 48
        templates += [f"t{number}"] * 50
        tenants += ["harbour"] * 10 + ["mill"] * 40
    keys = {"template": templates, "tenant": tenants}
    decided = decide(documents(outcomes, slices=keys), RULES)
    assert all(of(decided, "template", f"t{n}").verdict == "pass" for n in range(10))
    assert of(decided, "tenant", "harbour").holds
    assert of(decided, "tenant", "harbour").moving == 0
    assert not of(decided, "tenant", "mill").holds
    assert of(decided, "tenant", "mill").moving == 400
    assert not of(decided, "").holds


def test_documents_without_a_template_are_a_slice() -> None:
    keys = {"template": [""] * 40}
    decided = decide(documents(["worse"] * 20 + ["same"] * 20, slices=keys), RULES)
    assert of(decided, "template", "").verdict == Verdict.BLOCK


def test_two_dimensions_are_crossed_only_where_there_is_enough() -> None:
    keys = {
        "template": ["a"] * 60 + ["b"] * 60,
        "tenant": (["x"] * 31 + ["y"] * 29) * 2,
    }
    decided = decide(documents(["same"] * 120, slices=keys), RULES)
    crossed = {o.slice.key for o in decided.judged if o.slice.is_crossed}
    assert crossed == {"a x x", "b x x"}


def test_a_stopped_canary_blocks_the_whole() -> None:
    decided = decide(documents(["same"] * 100), RULES, canary_stops=True)
    assert (decided.whole.verdict, decided.whole.why) == (Verdict.BLOCK, Why.CANARY)
    assert not decided.fit


def test_documents_that_could_not_be_read_count_against_what_comes() -> None:
    read = documents(["same"] * 100)
    assert decide(read, RULES).fit
    assert not decide(read, RULES, failed=3).fit


def test_a_margin_of_its_own() -> None:
    lost = documents(["worse"] * 1 + ["same"] * 49)
    assert decide(lost, Rules({"template": 0.01})).judged[1].verdict != Verdict.PASS
    assert decide(lost, Rules({"": 0.01})).judged[1].verdict != Verdict.PASS
    assert decide(lost, Rules({"": 0.01, "template": 0.05})).judged[1].verdict == "pass"


def test_slices_that_cannot_speak_do_not_silence_the_others() -> None:
    """Eight lost in one template, beside forty templates of one document each."""
    outcomes = ["worse"] * 8 + ["same"] * 12 + ["same"] * 40
    keys = {"template": ["bad"] * 20 + [f"t{n}" for n in range(40)]}
    decided = decide(documents(outcomes, slices=keys), RULES)
    assert of(decided, "template", "bad").verdict == Verdict.BLOCK
