"""Two questions about one document: neither waits for the other, nor hides it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from catalog.models import Tenant
from catalog.slices import Slice
from reviewer import services
from reviewer.affected import affected, waiting_by_tenant
from reviewer.models import ReviewTask, Verdict
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.differing import difference_task


def both(tenant: Tenant, user: User) -> tuple[ReviewTask, ReviewTask]:
    """An ordinary task and one between two versions, of one reading."""
    which = difference_task(tenant)
    return services.reopen(user=user, source_id=which.source_id), which


@pytest.mark.django_db
def test_a_list_of_sources_names_the_task_on_which_the_release_waits(
    alice: User,
) -> None:
    ordinary, which = both(make_tenant("harbour"), alice)

    [row] = affected([which.generation], Slice())
    assert row.task == ordinary.pk
    assert waiting_by_tenant(Slice()) == {"harbour": 2}


@pytest.mark.django_db
def test_the_queue_shows_and_counts_both(client: Client, alice: User) -> None:
    ordinary, which = both(make_tenant("harbour"), alice)
    client.force_login(alice)

    html = client.get("/").content.decode()
    assert str(ordinary.pk) in html
    assert str(which.pk) in html
    assert "<strong>2</strong> open" in html
    source = client.get(f"/sources/{which.source_id}/").content.decode()
    assert f"/review/{ordinary.pk}/" in source
    assert f"/review/{which.pk}/" in source
    assert "Review again" not in source


@pytest.mark.django_db
def test_two_people_may_work_on_one_each(alice: User, bob: User) -> None:
    ordinary, which = both(make_tenant("harbour"), alice)

    first = services.reserve_next(user=alice)
    second = services.reserve_next(user=bob)
    assert {first, second} == {ordinary, which}


@pytest.mark.django_db(transaction=True)
def test_an_answer_does_not_wait_for_who_is_answering_the_other_one() -> None:
    tenant = make_tenant("harbour")
    alice = make_user("alice", tenant)
    ordinary, which = both(tenant, alice)
    taken, finished = threading.Event(), threading.Event()

    def hold() -> None:
        """As an answer to the other question does, until it is stored."""
        try:
            with transaction.atomic():
                ReviewTask.objects.select_for_update(no_key=True).get(pk=which.pk)
                taken.set()
                finished.wait(timeout=30)
        finally:
            connection.close()

    def answer() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '10s'")
            answered(ordinary, alice, say("total", Verdict.CONFIRM))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(hold)
        assert taken.wait(timeout=20)
        try:
            pool.submit(answer).result(timeout=25)
        finally:
            finished.set()
        holding.result(timeout=20)
    assert ordinary.items.get(slot="total").decided
    which.refresh_from_db()
    assert which.state == ReviewTask.State.OPEN
