"""What managers are told: rates of teams, and nothing of anybody."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Tenant
from reviewer.checks import Rate, checks_of, miss_rate
from reviewer.checks.rates import ENOUGH, ENOUGH_OF_PART
from reviewer.models import Outcome, PlantedAnswer, PlantedError, Verdict
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.checks.cases import TRUE, with_planted

VERDICTS = {
    Outcome.CAUGHT: Verdict.CORRECT,
    Outcome.OTHER: Verdict.ABSENT,
    Outcome.MISSED: Verdict.CONFIRM,
}


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def mona(tenant: Tenant) -> User:
    return make_user("mona", tenant, role="manager")


def given(planted: PlantedError, who: User, outcome: Outcome) -> None:
    PlantedAnswer.objects.create(
        decision_id=uuid.uuid4(),
        planted=planted,
        sequence=planted.answers.count() + 1,
        reviewer=who,
        verdict=VERDICTS[outcome],
        outcome=outcome,
    )


def many(tenant: Tenant, who: User, *, caught: int, missed: int) -> None:
    """Copies of one case with a planted error, answered."""
    for number in range(caught + missed):
        planted = PlantedError.objects.of_task(with_planted(tenant)).get()
        given(planted, who, Outcome.CAUGHT if number < caught else Outcome.MISSED)


def test_the_last_standing_answer_counts(tenant: Tenant, alice: User) -> None:
    task = with_planted(tenant)
    [wrong] = answered(task, alice, say("company", Verdict.CONFIRM))
    assert miss_rate() == Rate(1, 1)
    from reviewer import services

    services.undo(user=alice, decision_id=uuid.uuid4(), undoes=wrong.pk)
    assert miss_rate() == Rate(0, 0)
    answered(
        task,
        alice,
        say("company", Verdict.CONFIRM),
        say("company", Verdict.CORRECT, TRUE),
    )
    assert miss_rate() == miss_rate(tenant, "company") == Rate(0, 1)
    assert miss_rate(tenant, "total") == miss_rate(make_tenant("globex")) == Rate(0, 0)


def test_rates_are_by_team_field_kind_and_time(tenant: Tenant, alice: User) -> None:
    many(tenant, alice, caught=2, missed=1)
    checks = checks_of([tenant.pk])
    assert (checks.whole, checks.planted, checks.learned) == (Rate(1, 3), 3, 0)
    parts = (checks.teams, checks.fields, checks.kinds)
    assert [one.key for [one] in parts] == ["harbour", "company", "lookalike"]
    assert all(one.rate == Rate(1, 3) for [one] in parts)
    tomorrow = timezone.now() + timedelta(days=1)
    assert checks_of(None, since=tomorrow).whole == Rate(0, 0)
    assert checks_of(None, until=tomorrow).whole == Rate(1, 3)
    assert checks_of([make_tenant("globex").pk]).planted == 0


def page_of(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    return client.get(reverse("proof") + query).content.decode()


def test_with_nothing_planted_the_page_says_so(client: Client, mona: User) -> None:
    text = page_of(client, mona)
    assert "Nothing was planted" in text
    assert "no cases with doubtful values" in text
    assert "no rating of people" in text


def test_with_few_answers_it_says_too_few(
    client: Client, tenant: Tenant, mona: User, alice: User
) -> None:
    many(tenant, alice, caught=3, missed=0)
    text = page_of(client, mona)
    assert f"3 of {ENOUGH} checks answered: too few to say" in text
    assert f"3 of {ENOUGH_OF_PART}: too few to say" in text
    assert "100 %</strong>" not in text


def test_with_enough_it_shows_the_rate_and_nobody(
    client: Client,
    tenant: Tenant,
    mona: User,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("reviewer.proof_page.ENOUGH", 4)
    monkeypatch.setattr("reviewer.proof_page.ENOUGH_OF_PART", 4)
    many(tenant, alice, caught=3, missed=1)
    text = page_of(client, mona, "?days=30")
    assert "<strong>75 %</strong> caught" in text
    assert "between 30 and 95 %" in text
    assert "in the last 30 days" in text
    assert "alice" not in text
    assert 'class="rate"' in text


def test_it_is_for_managers_of_the_tenant_only(
    client: Client, tenant: Tenant, mona: User, alice: User, charlie: User
) -> None:
    many(tenant, alice, caught=1, missed=0)
    for user in (alice, charlie):
        client.force_login(user)
        assert client.get(reverse("proof")).status_code == 403
        assert client.get("/api/v1/review-checks/").status_code == 403
    assert reverse("proof") not in page_of(client, alice)
    client.force_login(mona)
    assert reverse("proof") in client.get(reverse("queue")).content.decode()
    other = make_user("otto", make_tenant("globex"), role="admin")
    client.force_login(other)
    assert client.get("/api/v1/review-checks/").json()["answered"] == 0
    asked = client.get("/api/v1/review-checks/?tenant=harbour")
    assert asked.status_code == 404


def test_the_api_and_the_command_tell_the_same(
    client: Client, tenant: Tenant, mona: User, alice: User
) -> None:
    many(tenant, alice, caught=2, missed=1)
    client.force_login(mona)
    told = client.get("/api/v1/review-checks/?tenant=harbour").json()
    out = io.StringIO()
    call_command("review_checks", tenant="harbour", json=True, stdout=out)
    assert json.loads(out.getvalue()) == told
    assert (told["answered"], told["caught"], told["catch_rate"]) == (3, 2, 0.6667)
    assert told["by_field"][0]["name"] == "company"
    assert "alice" not in json.dumps(told)
    out = io.StringIO()
    call_command("review_checks", days=7, stdout=out)
    assert f"3 of {ENOUGH}: too few to say" in out.getvalue()
