from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"


def test_every_page_has_the_strict_policy(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert policy.startswith(STRICT)
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_missing_pages_too(client: Client) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert response.headers["Content-Security-Policy"].startswith(STRICT)


def test_admin_needs_no_exception(admin_client: Client) -> None:
    response = admin_client.get("/admin/")
    assert response.headers["Content-Security-Policy"].startswith(STRICT)
    assert not re.search(
        rb"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", response.content
    )


def test_api_page_alone_may_style_itself(client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.get("/api/docs/")
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    assert not re.search(rb"<script(?![^>]*src=)", response.content)


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2", True), ("a b", False), ("x" * 65, False)]
)
def test_request_id_is_kept_if_harmless(client: Client, given: str, kept: bool) -> None:  # noqa: FBT001
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response.headers["X-Request-ID"] == given) is kept
    assert len(response.headers["X-Request-ID"]) <= 64
