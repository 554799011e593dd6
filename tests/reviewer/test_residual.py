"""What is still wrong after review."""

from __future__ import annotations

import json
from io import StringIO

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client

from catalog.models import Tenant
from reviewer.models import Verdict
from reviewer.proof_sections import residual_context
from reviewer.residual import Doubled, Misses, Seen, residual_of
from reviewer.review_counts import report_of
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.cases import two_doubts
from tests.reviewer.second_looking import (
    THIRD,
    confirm,
    first_answered,
    look_at,
    make_rule,
)


def test_by_hand() -> None:
    """1,000 values, 70 put right, 30 of 100 seeded errors missed: prevalence .07 / .7 =
    .1, of which 30 % is left."""
    found = residual_of(Seen(single=1000, put_right=70, seeded=Misses(30, 100)))
    assert found.point == pytest.approx(0.03, abs=0.002)
    assert found.interval is not None
    assert found.interval.low < 0.03 < found.interval.high
    assert found.once == found.point


def test_two_captures() -> None:
    """Of 100 errors, each found by 70 %: 49 by both, 21 by each alone, 9 by nobody."""
    twice = Doubled(fields=1000, both=49, first=21, second=21)
    assert twice.misses.point == pytest.approx(0.3)
    found = residual_of(Seen(doubled=twice))
    assert found.point == pytest.approx(0.009, abs=0.001)
    assert found.once == pytest.approx(0.03, abs=0.003)


def test_too_few_to_say_and_how_many_are_needed() -> None:
    found = residual_of(Seen(single=20, put_right=2, seeded=Misses(1, 10)))
    assert found.too_few
    assert (found.more_checks, found.more_reviewed) == (30, 40)
    assert found.as_json()["residual"] is None


def test_measures_that_contradict_each_other_are_not_put_together() -> None:
    twice = Doubled(fields=500, both=5, first=40, second=40)
    found = residual_of(
        Seen(single=500, put_right=50, doubled=twice, seeded=Misses(2, 100))
    )
    assert found.disagree
    assert found.misses == twice.misses


def test_the_interval_covers_the_truth() -> None:
    """500 runs of one team: about 95 % of the intervals hold what is really left."""
    dice = np.random.default_rng(7)
    covered, runs = 0, 500
    for _ in range(runs):
        prevalence, missed = 0.1, 0.3
        n, twice, checks = 1500, 600, 150
        errors = dice.binomial(n, prevalence)
        put_right = dice.binomial(errors, 1 - missed)
        errors_twice = dice.binomial(twice, prevalence)
        one = dice.random(errors_twice) > missed
        two = dice.random(errors_twice) > missed
        found = residual_of(
            Seen(
                single=n,
                put_right=int(put_right),
                doubled=Doubled(
                    twice,
                    int((one & two).sum()),
                    int((one & ~two).sum()),
                    int((two & ~one).sum()),
                ),
                seeded=Misses(int(dice.binomial(checks, missed)), checks),
            )
        )
        # Of the process; what is left in these very documents has luck of its own.
        truth = prevalence * (n * missed + twice * missed**2) / (n + twice)
        assert found.interval is not None
        covered += found.interval.low <= truth <= found.interval.high
    # Four standard errors around 95 %.
    assert 0.91 <= covered / runs <= 0.99


@pytest.fixture
def harbour(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.mark.django_db
class TestCounting:
    def test_what_one_person_put_right(self, harbour: Tenant, alice: User) -> None:
        confirm(two_doubts(harbour), alice, total="20.00")
        answered(
            two_doubts(harbour),
            alice,
            say("total", Verdict.UNREADABLE),
            say("date", Verdict.CONFIRM),
        )
        two_doubts(harbour)  # nobody answered

        seen = report_of([harbour]).whole.seen
        # What cannot be read is not known to be right or wrong.
        assert (seen.single, seen.put_right) == (3, 1)

    def test_who_found_what_of_two(
        self, harbour: Tenant, alice: User, bob: User
    ) -> None:
        carol = make_user("carol", harbour)
        make_rule(slot="total")
        # Found by both; by the first only; by the second only; and no error at all.
        confirm(first_answered(harbour, alice, total="20.00"), bob, total="20.00")
        for one, two, true in (
            ({"total": "20.00"}, {}, "20.00"),
            ({}, {"total": "20.00"}, "20.00"),
            ({"total": "20.00"}, {}, "21.20"),
        ):
            look = first_answered(harbour, alice, **one)
            confirm(look, bob, **two)
            third = look_at(look, THIRD)
            answered(third, carol, say("total", Verdict.CORRECT, true))

        report = report_of([harbour])
        twice = report.whole.seen.doubled
        assert (twice.fields, twice.both, twice.first, twice.second) == (4, 1, 1, 1)
        assert {one.key for one in report.fields} == {"total", "date"}
        assert report.whole.seen.single == 4  # the dates

    def test_a_look_that_is_open_says_nothing_yet(
        self, harbour: Tenant, alice: User, bob: User
    ) -> None:
        make_rule(slot="total")
        look = first_answered(harbour, alice, total="20.00")
        seen = report_of([harbour]).whole.seen
        assert seen.reviewed == 2
        confirm(look, bob)
        assert report_of([harbour]).whole.seen.doubled.fields == 0

    def test_another_tenants_values_do_not_count(
        self, harbour: Tenant, alice: User
    ) -> None:
        confirm(two_doubts(harbour), alice)
        assert report_of([make_tenant("meadow")]).whole.seen.reviewed == 0


@pytest.mark.django_db
def test_command_page_and_api(client: Client, harbour: Tenant, alice: User) -> None:
    confirm(two_doubts(harbour), alice, total="20.00")
    out = StringIO()
    call_command("residual", "--json", stdout=out)
    assert json.loads(out.getvalue())["put_right"] == 1
    out = StringIO()
    call_command("residual", tenant="harbour", stdout=out)
    assert "too few to say" in out.getvalue()
    html = render_to_string("review/_proof_residual.html", residual_context([harbour]))
    assert "Too few to say." in html
    assert "40 known errors and 58 values more are needed." in html

    url = "/api/v1/proof/residual/"
    client.force_login(alice)
    assert client.get(url).status_code == 403
    client.force_login(make_user("mona", harbour, "manager"))
    assert client.get(url).json()["put_right"] == 1
    client.force_login(make_user("nora", make_tenant("meadow"), "manager"))
    assert client.get(url).json()["put_right"] == 0


def test_the_page_of_a_team_that_measures() -> None:
    seen = Seen(single=1000, put_right=70, seeded=Misses(30, 100))
    residual = {"whole": residual_of(seen), "parts": [("Total", residual_of(seen))]}
    html = render_to_string("review/_proof_residual.html", {"residual": residual})
    assert "of the values that people reviewed are still wrong" in html
    assert "3.0\N{NO-BREAK SPACE}%" in html
