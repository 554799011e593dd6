from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from pipeline.events import Reported, StepRecord, write_event
from pipeline.models import Run
from tests.factories import make_run, make_source, make_tenant


@pytest.fixture
def run(alice: User) -> Run:
    run = make_run(make_source(make_tenant("harbour")))
    write_event(
        run=run,
        steps=[StepRecord(step="ocr", outcome="ok", ms=410)],
        reported=Reported(
            document_type="receipt",
            template_key="",
            disposition="human_review",
            reason="verify_conflict",
            total_ms=410,
        ),
        at=timezone.now(),
    )
    return run


def test_a_run_says_what_became_of_it(client: Client, run: Run, alice: User) -> None:
    client.force_login(alice)

    shown = client.get(f"/api/v1/runs/{run.pk}/").json()

    assert (shown["state"], shown["disposition"]) == ("finished", "human_review")
    assert shown["pipeline_version"] == "1.0.0"


def test_a_rejected_run_says_what_to_do(client: Client, alice: User) -> None:
    run = make_run(
        make_source(make_tenant("harbour")),
        disposition="rejected",
        reason="encrypted",
        fields=(),
    )
    client.force_login(alice)

    shown = client.get(f"/api/v1/runs/{run.pk}/").json()

    assert "password" in shown["message"]


def test_an_event_is_spelled_as_in_the_specification(
    client: Client, run: Run, alice: User
) -> None:
    client.force_login(alice)

    [event] = client.get(f"/api/v1/events/?source={run.source_id}").json()["results"]

    assert event["payload"]["event"] == "artifact_processed"
    assert event["payload"]["steps"][0]["ms"] == 410


def test_events_are_found_by_time_and_disposition(
    client: Client, run: Run, alice: User
) -> None:
    client.force_login(alice)
    later = (timezone.now() + timedelta(hours=1)).isoformat()

    def count(**query: str) -> int:
        return len(client.get("/api/v1/events/", query).json()["results"])

    assert count(disposition="human_review") == 1
    assert count(disposition="auto_accept") == 0
    assert count(before=later) == 1
    assert count(after=later) == 0


def test_foreign_events_are_not_there(client: Client, run: Run, charlie: User) -> None:
    client.force_login(charlie)

    assert client.get("/api/v1/events/").json()["results"] == []
    assert client.get(f"/api/v1/events/?run={run.pk}").json()["results"] == []


@pytest.mark.parametrize(
    "query",
    ["source=x", "after=soon", "after=0001-01-01T00:00:00%2B14:00", "cursor=cD14"],
)
def test_malformed_parameters_are_no_server_error(
    client: Client, alice: User, query: str
) -> None:
    client.force_login(alice)

    assert client.get(f"/api/v1/events/?{query}").status_code < 500
