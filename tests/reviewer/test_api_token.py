from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from tests.factories import make_tenant, make_user

URL = "/api/v1/token/"
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def token_of(client: Client, name: str) -> str:
    response = client.post(URL, {"username": name, "password": PASSWORD})
    key: str = response.json()["token"]
    return key


def test_a_token_logs_in(client: Client, alice: User) -> None:
    header = f"Token {token_of(client, 'alice')}"

    response = client.get("/api/v1/sources/", headers={"authorization": header})

    assert response.status_code == 200


def test_without_log_in_the_answer_is_401(client: Client, alice: User) -> None:
    response = client.get("/api/v1/sources/")

    assert response.status_code == 401
    assert response.json()["detail"]


def test_a_wrong_password_gives_none(client: Client, alice: User) -> None:
    response = client.post(URL, {"username": "alice", "password": "wrong"})

    assert response.status_code == 400
    assert "token" not in response.json()


@pytest.mark.django_db
def test_who_has_left_gets_none(client: Client) -> None:
    make_user("dora", make_tenant("harbour"), is_active=False)

    response = client.post(URL, {"username": "dora", "password": PASSWORD})

    assert response.status_code == 400


def test_a_void_token_opens_nothing(client: Client, alice: User) -> None:
    headers = {"authorization": f"Token {token_of(client, 'alice')}"}

    assert client.delete(URL, headers=headers).status_code == 204
    assert client.get("/api/v1/sources/", headers=headers).status_code == 401


def test_guessing_is_slowed_down_whatever_the_address(
    client: Client, alice: User
) -> None:
    codes = [
        client.post(
            URL,
            {"username": "Alice", "password": f"guess {number}"},
            REMOTE_ADDR=f"192.0.2.{number}",
        ).status_code
        for number in range(11)
    ]

    assert codes == [400] * 10 + [429]


def test_more_than_a_log_in_needs_is_not_read(client: Client, alice: User) -> None:
    response = client.post(URL, " " * 3 * 1024 * 1024, content_type="application/json")

    assert response.status_code == 413


def test_session_changes_need_the_forms_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert client.post("/api/v1/review-tasks/next/").status_code == 403
