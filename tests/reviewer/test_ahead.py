"""The desk of the case that is kept for after this one."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from catalog.models import Tenant
from reviewer import services
from reviewer.models import AHEAD, ReviewTask
from tests.factories import make_tenant
from tests.reviewer.cases import one_doubt


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def shown(tenant: Tenant, alice: User) -> ReviewTask:
    return services.reserve(user=alice, task_id=one_doubt(tenant).pk)


def ask(client: Client, task: ReviewTask, user: User, **given: Any) -> Any:
    client.force_login(user)
    form = {"token": task.reservation_token, **given}
    return client.post(f"/review/{task.pk}/ahead/", form)


def test_it_is_kept_while_it_waits_and_is_the_one_that_the_turn_gives(
    client: Client, tenant: Tenant, alice: User, shown: ReviewTask
) -> None:
    other = one_doubt(tenant)
    told = ask(client, shown, alice).json()
    assert f'data-task="{other.pk}"' in told["desk"]
    assert told["seconds"] == AHEAD.total_seconds()
    other.refresh_from_db()
    assert (other.reserver, other.ahead) == (alice, True)
    with time_machine.travel(timezone.now() + timedelta(seconds=50), tick=False):
        assert ask(client, shown, alice).json()["desk"]
        other.refresh_from_db()
        assert other.reserved_until == timezone.now() + AHEAD
    assert services.reserve_next(user=alice, resume=False) == other


def test_it_is_drawn_as_the_turn_draws_it_but_for_its_numbers(
    client: Client, tenant: Tenant, alice: User, shown: ReviewTask
) -> None:
    other = one_doubt(tenant)
    early = ask(client, shown, alice).json()["desk"]
    answer = {"decision_id": uuid.uuid4(), "slot": "date", "choice": "confirm"}
    told = client.post(
        f"/review/{shown.pk}/decide/",
        {"token": shown.reservation_token, "active_ms": "0", **answer},
        headers={"Accept": "application/json"},
    ).json()
    assert f'data-task="{other.pk}"' in told["desk"]
    assert plain(early) == plain(told["desk"])


def plain(desk: str) -> str:
    """Without what static/js/desk-next.js leaves out when it compares two."""
    names = "token|decision_id|note_id|undoes|csrfmiddlewaretoken"
    desk = re.sub(rf'(name="(?:{names})" value=")[^"]*', r"\1", desk)
    desk = re.sub(r'(data-(?:token|ahead)=")[^"]*', r"\1", desk)
    return re.sub(r"data-undo hidden", "data-undo", desk)


def test_nothing_is_after_the_last(
    client: Client, alice: User, shown: ReviewTask
) -> None:
    assert ask(client, shown, alice).json() == {"desk": "", "seconds": 0}


def test_only_who_holds_this_one_gets_the_next(
    client: Client, tenant: Tenant, alice: User, bob: User, charlie: User, shown: Any
) -> None:
    other = one_doubt(tenant)
    assert ask(client, shown, charlie).status_code == 404
    assert ask(client, shown, bob).status_code == 409
    assert ask(client, shown, alice, token=uuid.uuid4()).status_code == 409
    assert ask(client, shown, alice, token="no token").status_code == 404
    other.refresh_from_db()
    assert other.reserver is None
    services.put_back(user=alice, task_id=shown.pk, token=shown.reservation_token)
    assert ask(client, shown, alice).status_code == 409
