from __future__ import annotations

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
from reviewer import queue_page, services
from reviewer.models import Verdict, scopes_of
from reviewer.narrowing import Narrowing
from reviewer.templatetags.palimpsest import age
from tests.factories import make_task, make_tenant, make_user
from tests.reviewer.cases import one_doubt, two_doubts

QUEUE = "/"
NEXT = "/review/next/"


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant, client: Client) -> User:
    alice = make_user("alice", tenant)
    client.force_login(alice)
    return alice


def text(client: Client, url: str = QUEUE) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_needs_a_log_in(client: Client, db: None) -> None:
    assert client.get(QUEUE).headers["Location"] == "/login/?next=/"
    assert client.post(NEXT).status_code == 302


def test_urgent_tasks_come_first_with_the_reason(
    client: Client, alice: User, tenant: Tenant
) -> None:
    low, high = one_doubt(tenant), two_doubts(tenant)
    page = text(client)
    assert page.index(str(high.pk)) < page.index(str(low.pk))
    assert "Total: it differs from the sum of the line items." in page
    assert "2 fields to answer" in page
    assert "1 field to answer" in page
    assert "High" in page


def test_other_tenants_tasks_are_not_there(client: Client, alice: User) -> None:
    task = two_doubts(make_tenant("globex"))
    page = text(client)
    assert str(task.pk) not in page
    assert "Globex" not in page
    assert "Nothing waits for a person" in page


def test_it_says_who_holds_a_task_until_when(
    client: Client, alice: User, tenant: Tenant
) -> None:
    bob = make_user("bob", tenant, first_name="Bob", last_name="Ross")
    held = services.reserve(user=bob, task_id=two_doubts(tenant).pk)
    assert held.reserved_until is not None
    page = text(client)
    until = f"{held.reserved_until:%H:%M:%S} UTC"
    assert "1 held by others" in page
    assert f"Bob Ross until {until}" in page
    assert "Nothing is left for you" in page
    assert "Start reviewing" not in page


def test_it_says_what_the_user_skipped_and_did(
    client: Client, alice: User, tenant: Tenant
) -> None:
    task = services.reserve(user=alice, task_id=two_doubts(tenant).pk)
    assert task.reservation_token is not None
    services.skip(user=alice, task_id=task.pk, token=task.reservation_token)
    page = text(client)
    assert "1 skipped by you" in page
    assert "0 done by you today" in page


def test_filters_narrow_the_list_and_count_the_rest(
    client: Client, alice: User, tenant: Tenant
) -> None:
    low, high = one_doubt(tenant), two_doubts(tenant)
    page = text(client, f"{QUEUE}?reason={high.reason}")
    assert str(high.pk) in page
    assert str(low.pk) not in page
    assert "Unsure reading" in page


@pytest.mark.parametrize(
    "query", ["stakes=9", "stakes=x", "tenant=%00", "after=x", "after=1~2026~x", "a=b"]
)
def test_senseless_queries_show_a_page(client: Client, alice: User, query: str) -> None:
    assert client.get(f"{QUEUE}?{query}").status_code == 200


def test_next_reserves_and_goes_there(
    client: Client, alice: User, tenant: Tenant
) -> None:
    task = two_doubts(tenant)
    response = client.post(NEXT)
    assert response.headers["Location"] == reverse("task", args=[task.pk])
    task.refresh_from_db()
    assert task.reserver == alice
    assert client.get(NEXT).status_code == 405


def test_next_keeps_the_part_of_the_queue(
    client: Client, alice: User, tenant: Tenant
) -> None:
    two_doubts(tenant)
    wanted = one_doubt(tenant)
    response = client.post(NEXT, {"within": f"reason={wanted.reason}"})
    url = reverse("task", args=[wanted.pk])
    assert response.headers["Location"] == f"{url}?reason={wanted.reason}"


def test_next_without_a_task_explains(client: Client, alice: User) -> None:
    response = client.post(NEXT, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Nothing is left for you here" in response.content.decode()


def test_a_document_of_no_known_type_says_so(
    client: Client, alice: User, tenant: Tenant
) -> None:
    make_task(tenant, document_type="", reason="unknown_document_type")
    page = text(client)
    assert "It is of no known document type." in page
    assert "no field to answer" in page


def test_pages_follow_one_another_without_gap_or_double(
    alice: User, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_page, "PAGE_SIZE", 2)
    wanted = [two_doubts(tenant).pk for _ in range(3)]
    wanted += [one_doubt(tenant).pk for _ in range(2)]
    seen, after, is_first = [], "", True
    while after or is_first:
        page = queue_page.page(alice, Narrowing(), after=after)
        assert page.is_first == is_first
        seen += [row.task.pk for row in page.rows]
        after = queue_page.place_after(page.rows[-1].task) if page.next_query else ""
        is_first = False
    assert seen == wanted


def test_more_tasks_cost_no_more_queries(
    client: Client, alice: User, tenant: Tenant
) -> None:
    costs = []
    for _ in range(2):
        two_doubts(tenant)
        make_task(tenant, document_type="", reason="unknown_document_type")
        with CaptureQueriesContext(connection) as captured:
            client.get(QUEUE)
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 25


def test_done_today_counts_cases_of_today(alice: User, tenant: Tenant) -> None:
    task = services.reserve(user=alice, task_id=one_doubt(tenant).pk)
    assert task.reservation_token is not None
    item = task.items.get()
    services.decide(
        user=alice,
        task_id=task.pk,
        token=task.reservation_token,
        answer=services.Answer(task.pk, item.slot, Verdict.CONFIRM),
    )
    standing = queue_page.standing(alice, scopes_of(alice), Narrowing(), open_count=0)
    assert standing.done_today == 1
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        standing = queue_page.standing(
            alice, scopes_of(alice), Narrowing(), open_count=0
        )
        assert standing.done_today == 0


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (1, "1\xa0minute old"), (135, "2\xa0hours old")],
)
def test_the_age_of_a_task_in_its_largest_unit(minutes: int, words: str) -> None:
    assert age(timezone.now() - timedelta(minutes=minutes)) == words
