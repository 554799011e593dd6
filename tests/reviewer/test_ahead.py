"""The desk of the case that is kept for after this one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from catalog import services as catalog
from catalog.models import Tenant
from reviewer import services
from reviewer.models import AHEAD, ReviewTask, TaskNote
from tests.factories import make_tenant
from tests.reviewer.cases import one_doubt

NOTHING = {"desk": "", "seconds": 0, "stamp": ""}


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
    told = answer(client, shown)
    assert f'data-task="{other.pk}"' in told["desk"]
    assert plain(early) == plain(told["desk"])


def answer(client: Client, shown: ReviewTask, **more: str) -> Any:
    """The only field of it."""
    given = {"decision_id": uuid.uuid4(), "slot": "date", "choice": "confirm"}
    return client.post(
        f"/review/{shown.pk}/decide/",
        {"token": shown.reservation_token, "active_ms": "0", **given, **more},
        headers={"Accept": "application/json"},
    ).json()


def test_a_desk_that_came_ahead_is_not_sent_again(
    client: Client, tenant: Tenant, alice: User, shown: ReviewTask
) -> None:
    other = one_doubt(tenant)
    early = ask(client, shown, alice).json()
    told = answer(client, shown, drawn=early["stamp"])
    other.refresh_from_db()
    assert "desk" not in told
    assert told["following"] == f"/review/{other.pk}/"
    assert told["held"] == {
        "token": str(other.reservation_token),
        "undoes": told["decision_id"],
    }
    assert (other.reserver, other.ahead) == (alice, False)


def noted(task: ReviewTask, user: User) -> None:
    TaskNote.objects.create(
        note_id=uuid.uuid4(), task=task, kind="comment", author=user, text="Look."
    )


def settled(task: ReviewTask, user: User) -> None:
    task.items.update(decided=True)


def read_anew(task: ReviewTask, user: User) -> None:
    payload = task.items.get(slot="date").artifact.payload  # type: ignore[union-attr]
    answer = catalog.HumanValue("date", payload or {}, None, uuid.uuid4(), user)
    catalog.record_human_artifact(generation=task.generation, answer=answer)


def more_urgent(task: ReviewTask, user: User) -> None:
    ReviewTask.objects.filter(pk=task.pk).update(stakes=3)


@pytest.mark.parametrize("change", [noted, settled, read_anew, more_urgent])
def test_what_has_changed_since_is_sent_as_it_is_now(
    client: Client,
    tenant: Tenant,
    alice: User,
    bob: User,
    shown: ReviewTask,
    change: Callable[[ReviewTask, User], None],
) -> None:
    other = one_doubt(tenant)
    early = ask(client, shown, alice).json()
    change(other, bob)
    told = answer(client, shown, drawn=early["stamp"])
    assert f'data-task="{other.pk}"' in told["desk"]
    assert "held" not in told


def test_the_desk_of_another_case_is_not_taken_for_this_one(
    client: Client, tenant: Tenant, alice: User, bob: User, shown: ReviewTask
) -> None:
    kept, third = one_doubt(tenant), one_doubt(tenant)
    early = ask(client, shown, alice).json()
    ReviewTask.objects.filter(pk=kept.pk).update(
        reserver=bob, reserved_until=timezone.now() + AHEAD, ahead=False
    )
    told = answer(client, shown, drawn=early["stamp"])
    assert f'data-task="{third.pk}"' in told["desk"]


def plain(desk: str) -> str:
    """Without what static/js/desk-next.js leaves out when it compares two."""
    names = "token|decision_id|note_id|undoes|csrfmiddlewaretoken"
    desk = re.sub(rf'(name="(?:{names})" value=")[^"]*', r"\1", desk)
    desk = re.sub(r'(data-token=")[^"]*', r"\1", desk)
    return re.sub(r"data-undo hidden", "data-undo", desk)


def test_nothing_is_after_the_last(
    client: Client, alice: User, shown: ReviewTask
) -> None:
    assert ask(client, shown, alice).json() == NOTHING


def test_only_who_holds_this_one_gets_the_next(
    client: Client, tenant: Tenant, alice: User, bob: User, charlie: User, shown: Any
) -> None:
    other = one_doubt(tenant)
    assert ask(client, shown, charlie).status_code == 404
    assert ask(client, shown, bob).json() == NOTHING
    assert ask(client, shown, alice, token=uuid.uuid4()).json() == NOTHING
    assert ask(client, shown, alice, token="no token").status_code == 404
    other.refresh_from_db()
    assert other.reserver is None
    services.put_back(user=alice, task_id=shown.pk, token=shown.reservation_token)
    assert ask(client, shown, alice).json() == NOTHING
