"""When a second look pays."""

from __future__ import annotations

import random

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Tenant
from reviewer.expected_loss import Costs, People, look_at
from reviewer.review_errors import WEIGHT, people_of
from tests.factories import make_tenant

SHARES = st.floats(0, 1)


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_chance_of_an_error_is_what_a_simulation_finds(*, confirmed: bool) -> None:
    people, confidence = People(misses=0.3, slips=0.02), 0.8
    dice, wrong, shown = random.Random(1), 0, 0  # noqa: S311 - a simulation
    for _ in range(200_000):
        right = dice.random() < confidence
        if right:
            said_right, true = dice.random() >= people.slips, None
            error = not said_right
        else:
            said_right = dice.random() < people.misses
            true = dice.random() >= people.slips
            error = said_right or not true
        if said_right == confirmed:
            shown += 1
            wrong += error
    look = look_at(
        confidence=confidence,
        confirmed=confirmed,
        people=people,
        costs=Costs(1, 1),
    )
    assert look.p_error == pytest.approx(wrong / shown, rel=0.05)


def test_chows_rule_at_its_edge() -> None:
    """P(err) x loss x catch = cost: just below it does not pay, just above it does."""
    people = People(misses=0.3, slips=0.0)
    look = look_at(confidence=0.9, confirmed=True, people=people, costs=Costs(100, 1))
    # .1 x .3 / (.1 x .3 + .9) = .03226, found by 70 %: 2.258 of 100.
    assert look.p_error == pytest.approx(0.032258, abs=1e-6)
    assert look.gain == pytest.approx(2.258, abs=1e-3)
    assert look.pays
    dear = look_at(confidence=0.9, confirmed=True, people=people, costs=Costs(100, 3))
    assert not dear.pays


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(SHARES, SHARES, SHARES, st.booleans())
def test_chances_are_chances(
    confidence: float,
    misses: float,
    slips: float,
    confirmed: bool,  # noqa: FBT001 - given by name
) -> None:
    look = look_at(
        confidence=confidence,
        confirmed=confirmed,
        people=People(misses=misses, slips=slips),
        costs=Costs(1, 1),
    )
    assert 0 <= look.p_error <= 1
    assert 0 <= look.catch <= 1


def test_the_less_sure_the_machine_the_likelier_a_confirmed_error() -> None:
    chances = [
        look_at(
            confidence=confidence, confirmed=True, people=People(), costs=Costs(1, 1)
        ).p_error
        for confidence in (0.99, 0.9, 0.6, None, 0.3)
    ]
    assert chances == sorted(chances)


@pytest.mark.django_db
def test_before_anything_is_measured_it_is_believed() -> None:
    people = people_of(make_tenant("harbour"), "total")
    assert (people.misses, people.measured) == (0.35, 0)


@pytest.mark.django_db
def test_what_is_measured_takes_the_place_of_what_is_believed(
    monkeypatch: pytest.MonkeyPatch, alice: User
) -> None:
    from reviewer.checks import Rate

    asked = []

    def measured(tenant: Tenant | None, family: str | None) -> Rate:
        asked.append((tenant, family))
        return Rate(missed=180, answered=1980)

    monkeypatch.setattr("reviewer.review_errors.miss_rate", measured)
    harbour = make_tenant("harbour")
    people = people_of(harbour, "lines[3].amount")
    assert people.misses == pytest.approx((0.35 * WEIGHT + 180) / 2000)
    assert people.measured == 1980
    assert asked == [(harbour, "lines.amount")]
