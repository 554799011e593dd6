"""The demo's desk of simulated reviewers, whose error rates are known."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import SourceMedia, Tenant
from pipeline import versions
from reviewer.checks import checks_of
from reviewer.demo import load, practice
from reviewer.demo.practice_slips import ASKED, slip
from reviewer.models import Decision, PlantedAnswer, ReviewTask, Verdict

pytestmark = pytest.mark.django_db
CASES = 9


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setattr(practice, "CASES", CASES)
    for slug, name in load.TENANTS.items():
        Tenant.objects.get_or_create(slug=slug, defaults={"name": name})
    load.add_people()
    return Tenant.objects.get(slug=practice.SLUG)


def practise() -> None:
    practice.practise(built_in=versions.ensure_built_in(), progress=load.no_progress)


def test_a_slip_is_the_same_whenever_it_is_drawn() -> None:
    assert slip(3) == slip(3)
    assert slip(3).content != slip(4).content
    wrong = [
        claim.slot
        for number in range(60)
        for drawn in [slip(number)]
        for claim in drawn.claims
        if claim.value != drawn.truth[claim.slot]
    ]
    assert 10 < len(wrong) < 60
    assert set(wrong) <= set(ASKED)


def test_they_answer_all_and_the_rest_is_done_once(desk: Tenant) -> None:
    practise()
    tasks = ReviewTask.objects.filter(tenant=desk)
    assert tasks.count() == CASES
    assert not tasks.exclude(state=ReviewTask.State.DONE).exists()
    checks = checks_of([desk.pk])
    assert checks.planted == checks.whole.answered == CASES
    # Nothing is read anew by the pipeline, as what was forgotten is.
    assert not SourceMedia.objects.without_run(before=timezone.now()).exists()
    before = Decision.objects.count()
    practise()
    assert (tasks.count(), Decision.objects.count()) == (CASES, before)


@pytest.mark.parametrize(("misses", "caught"), [(0.0, CASES), (1.0, 0)])
def test_what_is_caught_follows_from_the_rates(
    desk: Tenant, monkeypatch: pytest.MonkeyPatch, misses: float, caught: int
) -> None:
    monkeypatch.setattr(practice, "MISSES", dict.fromkeys(practice.MISSES, misses))
    practise()
    assert checks_of([desk.pk]).whole.caught == caught
    verdicts = set(PlantedAnswer.objects.values_list("verdict", flat=True))
    assert verdicts == {Verdict.CONFIRM if misses else Verdict.CORRECT}


def test_its_manager_sees_it_and_it_says_what_it_is(
    desk: Tenant, client: Client
) -> None:
    practise()
    assert client.login(username="petra", password=load.PASSWORD)
    page = client.get("/proof/").content.decode()
    assert "(simulated)" in page
    assert not client.login(username="simulated-1", password=load.PASSWORD)
