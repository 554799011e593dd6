from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/login/", "/review/next/", "/api/v1/token/"])
def test_a_long_body_is_refused_where_no_document_is_expected(
    client: Client, path: str
) -> None:
    answer = client.post(path, b"x" * 3_000_000, content_type="text/plain")

    assert answer.status_code == 413


@pytest.mark.parametrize("charset", ["idna", "latin-1", "utf-16"])
@pytest.mark.parametrize("path", ["/login/", "/upload/", "/nothing/"])
def test_forms_come_in_utf_8(client: Client, path: str, charset: str) -> None:
    answer = client.post(
        path,
        b"username=x",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )

    assert answer.status_code == 400


def test_pages_of_people_stay_out_of_caches(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get("/sources/").headers["Cache-Control"] == "private, no-store"


def test_guessing_a_password_is_slow(client: Client, alice: User) -> None:
    cache.clear()
    for _ in range(10):
        answer = client.post("/login/", {"username": "alice", "password": "wrong"})
        assert answer.status_code == 200

    alice.set_password("correct horse")
    alice.save()
    right = {"username": "alice", "password": "correct horse"}
    refused = client.post("/login/", right)

    assert refused.status_code == 429
    assert b"wait a minute" in refused.content
    cache.clear()
    assert client.post("/login/", right).status_code == 302


def test_the_schema_ignores_a_version_of_the_visitor(
    client: Client, alice: User
) -> None:
    client.force_login(alice)

    assert client.get("/api/schema/?version=%00").status_code == 200


def test_a_name_that_is_no_text_is_no_server_error(client: Client) -> None:
    body = '{"username": "\\ud800", "password": "x"}'

    answer = client.post("/api/v1/token/", body, content_type="application/json")

    assert answer.status_code == 400
