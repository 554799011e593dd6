from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from config.middleware import POLICY


def test_the_schema_is_valid_and_complete(tmp_path: Path) -> None:
    call_command(
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--file",
        str(tmp_path / "schema.yml"),
        skip_checks=True,
    )


def test_the_schema_is_for_people_with_a_log_in(client: Client, alice: User) -> None:
    assert client.get("/api/schema/").status_code == 401

    client.force_login(alice)
    text = client.get("/api/schema/").content.decode()

    for path in ("sources/", "export/", "review-tasks/{task_id}/decide/", "search/"):
        assert f"/api/v1/{path}" in text


@pytest.mark.django_db
def test_the_page_leads_to_the_log_in(client: Client) -> None:
    assert client.get("/api/docs/").status_code == 302


def test_the_page_runs_no_script_of_its_own(client: Client, alice: User) -> None:
    client.force_login(alice)

    response = client.get("/api/docs/")

    assert POLICY["script-src"] == "'self'"
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]
    assert "<script>" not in response.content.decode()
