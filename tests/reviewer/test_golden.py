from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import GoldenCase
from reviewer import services
from reviewer.models import Verdict
from tests.factories import make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(alice: User, client: Client, tmp_path: Path) -> GoldenCase:
    """A case with a total of 25.30 where the machine read 21.20."""
    make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    task = services.reserve_next(user=alice)
    assert task is not None
    assert task.reservation_token is not None
    services.decide(
        user=alice,
        task_id=task.pk,
        token=task.reservation_token,
        answer=services.Answer(
            decision_id=uuid.uuid4(),
            slot="total",
            verdict=Verdict.CORRECT,
            value="25.30",
        ),
    )
    client.force_login(alice)
    return GoldenCase.objects.get()


def test_none_yet_leads_to_the_queue(client: Client, bob: User) -> None:
    client.force_login(bob)
    assert "No golden cases yet" in client.get("/golden/").content.decode()


def test_the_list_counts_values_and_slips(client: Client, case: GoldenCase) -> None:
    [row] = client.get("/golden/").context["rows"]
    assert (row.values, row.slips) == (1, 1)
    assert row.thumbnail is not None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("document_type=receipt", 1),
        ("document_type=invoice", 0),
        ("template=t-000000000001", 1),
        ("template=t-other", 0),
        ("tenant=harbour", 1),
        ("came_from=import", 0),
    ],
)
def test_filters_narrow(
    client: Client, case: GoldenCase, query: str, count: int
) -> None:
    assert len(client.get(f"/golden/?{query}").context["rows"]) == count


def test_a_case_shows_true_and_machine_values(client: Client, case: GoldenCase) -> None:
    html = client.get(f"/golden/{case.pk}/").content.decode()
    for shown in (
        "25.30",
        "The machine read “21.20”",
        "alice",
        "Version 1.0.0",
        "is-human",
    ):
        assert shown in html


def test_another_tenants_cases_do_not_exist(
    client: Client, charlie: User, case: GoldenCase
) -> None:
    client.force_login(charlie)
    assert client.get(f"/golden/{case.pk}/").status_code == 404
    assert "tea.jpg" not in client.get("/golden/").content.decode()
