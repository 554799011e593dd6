"""What each policy says of itself, from counted and measured figures alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from catalog.models import Generation
from pipeline import versions
from pipeline.events import Reported, StepRecord, ensure_partitions, write_event
from pipeline.forecast import forecast_of, in_words
from pipeline.models import PipelinePolicy, PipelineVersion, Run
from tests.factories import make_generation, make_source, make_user, make_version

pytestmark = pytest.mark.django_db

AUDITS = {"audit_days": "30"}


@pytest.fixture
def behind() -> list[Generation]:
    """Four of 1.0.0; 1.1.0 is active."""
    found = [make_generation() for _ in range(4)]
    newer = make_version(active=False, version="1.1.0")
    versions.activate(version=newer, actor=make_user("olga"), note="for a test")
    return found


def measured(seconds: float) -> None:
    ensure_partitions()
    run = Run(source=make_source(), pipeline_version=make_version(), lane="batch")
    run.state = Run.State.FAILED
    run.save()
    reported = Reported("receipt", "", "human_review", "", round(seconds * 1000))
    write_event(
        run=run,
        steps=[StepRecord("ocr", "ok", 1)],
        reported=reported,
        at=timezone.now(),
    )


def test_where_nothing_was_measured_nobody_knows(behind: list[Generation]) -> None:
    found = forecast_of("doc-extract")

    assert (found.behind, found.fresh, found.mixed_share) == (4, 0, 1.0)
    assert "nobody knows yet" in found.sentence("eager")
    assert "nobody knows yet" in found.sentence("lazy")
    assert "4 of 4 documents (100%) are behind" in found.sentence("pinned")
    assert "for ever" in found.sentence("pinned")


def test_eager_is_told_by_the_measured_time(behind: list[Generation]) -> None:
    measured(40)
    measured(50)

    found = forecast_of("doc-extract")

    assert (found.reading_seconds, found.measured) == (45.0, 2)
    assert "at most about 3 minutes of one worker" in found.sentence("eager")


def test_lazy_is_told_by_what_was_asked_for(behind: list[Generation]) -> None:
    asked = make_generation(version="1.1.0")
    for generation in behind[:2]:
        Run.objects.create(
            source=generation.source,
            pipeline_version=PipelineVersion.objects.get(version="1.1.0"),
            lane="interactive",
        )
    assert forecast_of("doc-extract").reads_a_day is None
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        found = forecast_of("doc-extract")

    assert (found.behind, found.fresh) == (4, 1)
    assert asked.state == "current"
    assert found.reads_a_day == pytest.approx(0.5, rel=0.01)
    assert "About 0.5 a day are asked for" in found.sentence("lazy")
    assert "in about 8 days" in found.sentence("lazy")


def test_where_nothing_is_behind_it_says_so() -> None:
    make_generation()

    assert "of one make" in forecast_of("doc-extract").sentence("lazy")
    assert "No version is active" in forecast_of("other").sentence("lazy")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 minute"),
        (600, "10 minutes"),
        (7200, "2 hours"),
        (200_000, "2 days"),
        (1e8, "3 years"),
    ],
)
def test_lengths_in_words(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.fixture
def operator(client: Client) -> User:
    user = make_user("otto", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_a_policy_is_chosen_in_the_admin_and_its_history_kept(
    client: Client, operator: User, behind: list[Generation]
) -> None:
    page = "/admin/pipeline/pipelinepolicy/"
    given = {"name": "doc-extract", "mode": "pinned", **AUDITS, "audit_share": "0.02"}
    assert client.post(f"{page}add/", given).status_code == 302

    own = f"{page}doc-extract/change/"
    text = client.get(own).content.decode()
    assert "4 of 4 documents (100%) are behind doc-extract@1.1.0" in text
    assert "nobody knows yet" in text
    response = client.post(own, {"mode": "lazy", **AUDITS, "audit_share": "0.05"})

    assert response.status_code == 302
    policy = PipelinePolicy.objects.get()
    assert (policy.mode, policy.updated_by) == ("lazy", operator)
    told = LogEntry.objects.order_by("-pk").first()
    assert told is not None
    assert "went from pinned to lazy" in told.change_message
    assert client.get(f"{page}add/").status_code == 403
    assert client.post(f"{page}doc-extract/delete/", {}).status_code == 403


def test_a_share_is_a_share(client: Client, operator: User) -> None:
    PipelinePolicy.objects.create(name="doc-extract")

    page = "/admin/pipeline/pipelinepolicy/doc-extract/change/"
    response = client.post(page, {"mode": "lazy", **AUDITS, "audit_share": "2"})

    assert "Give a share from 0 to 1" in response.content.decode()
