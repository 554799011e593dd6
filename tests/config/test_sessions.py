"""Who is logged in, by the compiled queries that every request asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories import make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice", make_tenant())


@pytest.fixture
def logged_in(client: Client, alice: User) -> Client:
    assert client.login(username="alice", password="correct horse")
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_each_person_has_their_own_session(logged_in: Client) -> None:
    make_user("bob")
    other = Client()
    assert not is_in(other)
    assert other.login(username="bob", password="correct horse")
    assert logged_in.session["_auth_user_id"] != other.session["_auth_user_id"]


def test_a_session_that_ran_out_is_none(logged_in: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(logged_in)


def test_a_log_out_ends_it_at_once(logged_in: Client) -> None:
    Session.objects.all().delete()
    assert not is_in(logged_in)


def test_who_was_switched_off_is_out_with_the_next_request(
    logged_in: Client, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not is_in(logged_in)


def test_a_new_password_ends_the_sessions_of_the_old_one(
    logged_in: Client, alice: User
) -> None:
    alice.set_password("battery staple")
    alice.save()
    assert not is_in(logged_in)
