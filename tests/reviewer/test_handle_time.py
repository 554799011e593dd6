"""How long answers take: every door, and what counts."""

from __future__ import annotations

import json
import math
import uuid
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from catalog.models import Tenant
from reviewer import handle_time, services
from reviewer.models import ReviewTask, UnansweredTime, Verdict
from reviewer.services import Answer
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.cases import one_doubt, two_doubts

PAGE = "/queue/time/"
API = "/api/v1/handle-time/"
TIMES = [2000, 4000, 8000]  # milliseconds: the median 4 s, mu = ln 4


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def mona(tenant: Tenant) -> User:
    return make_user("mona", tenant, role="manager")


@pytest.fixture
def timed(tenant: Tenant, alice: User) -> None:
    """Three dates that took 2, 4 and 8 s, and a total of unknown time."""
    for ms in TIMES[:2]:
        answered(one_doubt(tenant), alice, say("date", Verdict.CONFIRM, active_ms=ms))
    answered(
        two_doubts(tenant),
        alice,
        say("date", Verdict.CONFIRM, active_ms=TIMES[2]),
        say("total", Verdict.CONFIRM),
    )


def report(tenant: Tenant) -> handle_time.Report:
    return handle_time.report([tenant], *handle_time.bounds(None, None))


def held(tenant: Tenant, user: User) -> dict[str, Any]:
    task = services.reserve(user=user, task_id=two_doubts(tenant).pk)
    return {"user": user, "task_id": task.pk, "token": task.reservation_token}


def test_the_figures_of_a_field(tenant: Tenant, timed: None) -> None:
    [row] = report(tenant).fields
    spread = row.spread
    assert (row.asks, row.type, row.field) == ("doubts", "receipt", "date")
    assert (spread.n, spread.median, spread.mean) == (3, 4.0, 4.667)
    assert spread.p90 == pytest.approx(7.2)
    assert spread.hours == pytest.approx(14 / 3600, abs=1e-4)
    assert spread.mu == pytest.approx(math.log(4), abs=1e-4)
    assert spread.sigma == pytest.approx(math.log(2), abs=1e-4)


def test_lines_are_one_field_whatever_their_number(tenant: Tenant, timed: None) -> None:
    task = two_doubts(tenant)
    task.items.filter(slot="date").update(slot="lines[3].amount")
    task.items.filter(slot="total").update(slot="lines[12].amount")
    alice = User.objects.get(username="alice")
    answered(
        task,
        alice,
        say("lines[3].amount", Verdict.ABSENT, active_ms=1000),
        say("lines[12].amount", Verdict.ABSENT, active_ms=1000),
    )
    found = {row.field: (row.name, row.spread.n) for row in report(tenant).fields}
    assert found["lines.amount"] == ("Lines: amount", 2)


def test_an_undo_is_no_answer(tenant: Tenant, alice: User) -> None:
    [decision] = answered(
        one_doubt(tenant), alice, say("date", Verdict.CONFIRM, active_ms=2000)
    )
    services.undo(user=alice, decision_id=uuid.uuid4(), undoes=decision.pk)
    assert report(tenant).answers == 1


def test_skipped_escalated_and_left_ones_count_too(tenant: Tenant, alice: User) -> None:
    make_user("senior", tenant, role="manager")
    services.skip(**held(tenant, alice), active_ms=1000)
    services.escalate(**held(tenant, alice), note_id=uuid.uuid4(), active_ms=2000)
    left = held(tenant, alice)
    services.put_back(**left, active_ms=3000)
    services.put_back(**left, active_ms=9000)  # holds nothing any more
    kept = {row.ended: row.spread.hours for row in report(tenant).unanswered}
    assert set(kept) == {"skipped", "escalated", "left"}
    assert kept["left"] == pytest.approx(3 / 3600, abs=1e-4)
    assert report(tenant).hours == pytest.approx(6 / 3600, abs=1e-3)


def test_answers_that_came_too_late_are_summed(
    tenant: Tenant, alice: User, bob: User
) -> None:
    task = one_doubt(tenant)
    mine = services.reserve(user=alice, task_id=task.pk)
    ReviewTask.objects.filter(pk=task.pk).update(reserved_until=timezone.now())
    services.reserve(user=bob, task_id=task.pk)
    assert mine.reservation_token is not None
    with pytest.raises(services.ReservationLost):
        services.decide(
            user=alice,
            task_id=task.pk,
            token=mine.reservation_token,
            answer=Answer(uuid.uuid4(), "date", Verdict.CONFIRM, active_ms=7200),
        )
    found = report(tenant)
    assert (found.late, found.late_hours) == (1, 0.002)


def test_pages_send_the_time_with_what_ends_a_case(
    client: Client, tenant: Tenant, alice: User
) -> None:
    client.force_login(alice)
    for verb in ("skip", "put-back"):
        mine = held(tenant, alice)
        sent = {"token": str(mine["token"]), "active_ms": "4321"}
        client.post(f"/review/{mine['task_id']}/{verb}/", sent)
    mine = held(tenant, alice)
    sent = {"token": str(mine["token"]), "active_ms": "-5"}
    client.post(f"/review/{mine['task_id']}/skip/", sent)
    spent = UnansweredTime.objects.values_list("ended", "active_ms")
    assert sorted(spent) == [("left", 4321), ("skipped", 4321)]


def test_the_page_is_for_managers(
    client: Client, tenant: Tenant, alice: User, mona: User, timed: None
) -> None:
    client.force_login(alice)
    assert client.get(PAGE).status_code == 404
    client.force_login(mona)
    html = client.get(PAGE).content.decode()
    assert "4.0 s" in html
    assert "Half of them between 3.0 and 6.0 s" in html
    assert "alice" not in html
    assert "No answer" in client.get(f"{PAGE}?until=2020-01-01").content.decode()
    assert client.get(f"{PAGE}?since=never").status_code == 200


def test_another_tenants_manager_sees_nothing_of_it(
    client: Client, timed: None
) -> None:
    client.force_login(make_user("max", make_tenant("meadow"), role="manager"))
    assert "No answer" in client.get(PAGE).content.decode()
    assert client.get(API).json()["fields"] == []
    assert client.get(API, {"tenant": "harbour"}).status_code == 404


def test_the_api_gives_the_same(
    client: Client, alice: User, mona: User, timed: None
) -> None:
    client.force_login(alice)
    assert client.get(API).status_code == 403
    client.force_login(mona)
    [row] = client.get(API, {"tenant": "harbour"}).json()["fields"]
    assert (row["field"], row["n"], row["median"]) == ("date", 3, 4.0)
    assert client.get(API, {"since": "never"}).status_code == 400


def test_the_command(timed: None) -> None:
    out = StringIO()
    call_command("handle_time", "--json", "--tenant", "harbour", stdout=out)
    assert json.loads(out.getvalue())["fields"][0]["sigma"] == 0.6931
    out = StringIO()
    call_command("handle_time", stdout=out)
    assert "4.00" in out.getvalue()
    with pytest.raises(CommandError, match="no day"):
        call_command("handle_time", "--since", "soon")
    with pytest.raises(CommandError, match="no tenant"):
        call_command("handle_time", "--tenant", "nowhere")


@pytest.mark.parametrize(
    "sql",
    ["UPDATE unanswered_time SET active_ms = 1", "DELETE FROM unanswered_time"],
)
def test_the_database_keeps_it(tenant: Tenant, alice: User, sql: str) -> None:
    services.skip(**held(tenant, alice), active_ms=1000)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
