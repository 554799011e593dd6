"""One round trip: the answer in, the next case out, and the one after kept ahead."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import Tenant
from reviewer import claiming, services
from reviewer.models import AHEAD, ReviewTask, Scope, Verdict, scopes_of
from reviewer.narrowing import Narrowing
from reviewer.services import Answer
from tests.factories import make_tenant
from tests.reviewer.cases import one_doubt, two_doubts


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


def held(tenant: Tenant, user: User) -> ReviewTask:
    return services.reserve(user=user, task_id=one_doubt(tenant).pk)


def go_on(task: ReviewTask, user: User) -> services.Turn:
    assert task.reservation_token is not None
    return services.decide_and_go_on(
        user=user,
        task_id=task.pk,
        token=task.reservation_token,
        answer=Answer(uuid.uuid4(), "date", Verdict.CONFIRM),
    )


def test_the_next_case_and_the_one_after_come_with_the_last_answer(
    tenant: Tenant, alice: User
) -> None:
    task, second, third = held(tenant, alice), one_doubt(tenant), one_doubt(tenant)
    turn = go_on(task, alice)
    assert (turn.done, turn.following, turn.ahead) == (True, second, third)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.reserver, second.ahead) == (alice, False)
    assert (third.reserver, third.ahead) == (alice, True)
    assert third.reserved_until is not None
    assert third.reserved_until - timezone.now() <= AHEAD


def test_what_was_kept_ahead_comes_next(tenant: Tenant, alice: User) -> None:
    task = held(tenant, alice)
    kept = one_doubt(tenant)
    assert services.reserve_ahead(user=alice, shown=task) == kept
    urgent = two_doubts(tenant)
    turn = go_on(task, alice)
    assert (turn.following, turn.ahead) == (kept, urgent)


def test_what_is_only_kept_ahead_is_lent_to_who_finds_nothing_else(
    tenant: Tenant, alice: User, bob: User
) -> None:
    task = held(tenant, alice)
    kept = one_doubt(tenant)
    services.reserve_ahead(user=alice, shown=task)
    assert services.reserve_next(user=bob) == kept
    assert go_on(task, alice).following is None


def test_a_heartbeat_keeps_what_is_ahead(tenant: Tenant, alice: User) -> None:
    task = held(tenant, alice)
    kept = one_doubt(tenant)
    services.reserve_ahead(user=alice, shown=task)
    assert task.reservation_token is not None
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        services.extend(user=alice, task_id=task.pk, token=task.reservation_token)
    kept.refresh_from_db()
    assert kept.reserved_until is not None
    assert kept.reserved_until > timezone.now() + timedelta(seconds=100)


def test_leaving_puts_back_what_was_ahead_too(tenant: Tenant, alice: User) -> None:
    task = held(tenant, alice)
    one_doubt(tenant)
    services.reserve_ahead(user=alice, shown=task)
    assert task.reservation_token is not None
    services.put_back(user=alice, task_id=task.pk, token=task.reservation_token)
    assert not ReviewTask.objects.exclude(reserver=None).exists()


def test_what_ran_out_comes_before_what_is_more_urgent(
    tenant: Tenant, alice: User, bob: User
) -> None:
    low = held(tenant, alice)
    two_doubts(tenant)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert services.reserve_next(user=bob) == low


def test_a_page_gets_the_next_desk_in_the_answer(
    client: Client, tenant: Tenant, alice: User
) -> None:
    client.force_login(alice)
    task, second = held(tenant, alice), one_doubt(tenant)
    form = {
        "token": task.reservation_token,
        "decision_id": uuid.uuid4(),
        "slot": "date",
        "choice": "confirm",
    }
    url = reverse("task-decide", args=[task.pk])
    for _ in range(2):  # and again, where the answer was lost on the way
        told = client.post(url, form, headers={"Accept": "application/json"}).json()
        second.refresh_from_db()
        assert told["following"] == reverse("task", args=[second.pk])
        assert f'data-token="{second.reservation_token}"' in told["desk"]


def test_an_answer_that_nobody_waits_for_takes_no_case(
    client: Client, tenant: Tenant, alice: User
) -> None:
    client.force_login(alice)
    task = held(tenant, alice)
    shown = services.reserve(user=alice, task_id=one_doubt(tenant).pk)
    url = reverse("task-decide", args=[task.pk])
    form = {"decision_id": uuid.uuid4(), "slot": "date", "choice": "confirm"}
    form |= {"token": task.reservation_token, "alone": "1"}
    for _ in range(2):
        told = client.post(url, form, headers={"Accept": "application/json"}).json()
        assert told["done"]
        assert "desk" not in told
    token = shown.reservation_token
    shown.refresh_from_db()
    assert shown.reservation_token == token


def test_a_turn_takes_few_statements(tenant: Tenant, alice: User) -> None:
    task = held(tenant, alice)
    for _ in range(3):
        one_doubt(tenant)
    with CaptureQueriesContext(connection) as captured:
        go_on(task, alice)
    assert len(captured) <= 24


# More open tasks like the one there is, of twenty document types.
MANY_OPEN = """
INSERT INTO review_task SELECT (jsonb_populate_record(t, jsonb_build_object(
    'task_id', gen_random_uuid(), 'document_type', 'type ' || n % 20, 'priority', n
))).* FROM review_task t, generate_series(1, 3000) n
"""


@pytest.mark.parametrize("ahead", [False, True])
def test_a_claim_is_one_statement_that_walks_the_partial_indexes(
    tenant: Tenant, alice: User, *, ahead: bool
) -> None:
    one_doubt(tenant)
    wanted = claiming.Claim(
        user_id=alice.pk,
        token=uuid.uuid4(),
        now=timezone.now(),
        scopes=[*scopes_of(alice), Scope(tenant.pk, ("receipt",), ("en",))],
        narrowing=Narrowing(reason="x", stakes="3", type="receipt", tenant="harbour"),
        length=AHEAD,
        ahead=ahead,
    )
    statement, parameters = claiming.claim_sql(wanted)
    with connection.cursor() as cursor:
        # As of a long queue: of an all but empty one every plan costs the same.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX one_open_task_of_a_kind")
        cursor.execute(MANY_OPEN)
        cursor.execute("ANALYZE review_task")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "review_task_free_of_type" in plan
    assert "review_task_held" in plan
    assert claiming.claim(wanted) is None
