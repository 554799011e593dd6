from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from catalog.models import Tenant
from reviewer import services
from reviewer.models import ReviewTask
from reviewer.narrowing import Narrowing
from reviewer.services import ReservationLost
from tests.factories import make_tenant, make_user
from tests.reviewer.cases import one_doubt, two_doubts

AFTER_THE_RESERVATION = services.RESERVATION + timedelta(seconds=1)


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def bob(tenant: Tenant) -> User:
    return make_user("bob", tenant)


def token_of(task: ReviewTask) -> object:
    task.refresh_from_db()
    return task.reservation_token


def test_the_most_urgent_task_comes_first(tenant: Tenant, alice: User) -> None:
    low = one_doubt(tenant)
    high = two_doubts(tenant)
    assert high.priority > low.priority
    assert services.reserve_next(user=alice) == high


def test_two_people_get_different_tasks(tenant: Tenant, alice: User, bob: User) -> None:
    two_doubts(tenant)
    two_doubts(tenant)
    one, other = services.reserve_next(user=alice), services.reserve_next(user=bob)
    assert one is not None
    assert other is not None
    assert one != other


def test_one_person_gets_the_held_task_again(tenant: Tenant, alice: User) -> None:
    two_doubts(tenant)
    two_doubts(tenant)
    assert services.reserve_next(user=alice) == services.reserve_next(user=alice)


def test_a_new_page_takes_the_token(tenant: Tenant, alice: User) -> None:
    task = two_doubts(tenant)
    first = services.reserve(user=alice, task_id=task.pk).reservation_token
    second = services.reserve(user=alice, task_id=task.pk).reservation_token
    assert first is not None
    assert second is not None
    assert first != second
    services.put_back(user=alice, task_id=task.pk, token=first)
    assert token_of(task) == second
    with pytest.raises(ReservationLost):
        services.extend(user=alice, task_id=task.pk, token=first)


def test_other_tenants_tasks_do_not_come(alice: User) -> None:
    task = two_doubts(make_tenant("globex"))
    assert services.reserve_next(user=alice) is None
    with pytest.raises(ReviewTask.DoesNotExist):
        services.reserve(user=alice, task_id=task.pk)


def test_a_tenant_or_a_narrowing_limits_what_comes(tenant: Tenant, alice: User) -> None:
    two_doubts(tenant)
    wanted = one_doubt(tenant)
    narrowing = Narrowing(reason=wanted.reason)
    assert services.reserve_next(user=alice, narrowing=narrowing) == wanted
    assert services.reserve_next(user=alice, tenant=make_tenant("globex")) is None


def test_a_held_task_is_refused_to_others(
    tenant: Tenant, alice: User, bob: User
) -> None:
    task = two_doubts(tenant)
    services.reserve(user=alice, task_id=task.pk)
    with pytest.raises(ReservationLost) as refusal:
        services.reserve(user=bob, task_id=task.pk)
    assert refusal.value.task.reserver == alice
    assert services.reserve_next(user=bob) is None


def test_a_reservation_ends_by_time(tenant: Tenant, alice: User, bob: User) -> None:
    task = two_doubts(tenant)
    services.reserve_next(user=alice)
    with time_machine.travel(timezone.now() + services.RESERVATION / 2):
        assert services.reserve_next(user=bob) is None
    with time_machine.travel(timezone.now() + AFTER_THE_RESERVATION):
        assert services.reserve_next(user=bob) == task


def test_a_heartbeat_makes_it_last(tenant: Tenant, alice: User, bob: User) -> None:
    task = two_doubts(tenant)
    held = services.reserve_next(user=alice)
    assert held is not None
    assert held.reservation_token is not None
    with time_machine.travel(timezone.now() + services.RESERVATION / 2):
        services.extend(user=alice, task_id=task.pk, token=held.reservation_token)
    with time_machine.travel(timezone.now() + services.RESERVATION * 1.2):
        assert services.reserve_next(user=bob) is None


def test_a_late_heartbeat_holds_on_while_nobody_else_came(
    tenant: Tenant, alice: User, bob: User
) -> None:
    task = two_doubts(tenant)
    held = services.reserve(user=alice, task_id=task.pk)
    assert held.reservation_token is not None
    with time_machine.travel(timezone.now() + AFTER_THE_RESERVATION):
        services.extend(user=alice, task_id=task.pk, token=held.reservation_token)
        assert services.reserve_next(user=bob) is None


def test_a_task_that_is_put_back_is_free_at_once(
    tenant: Tenant, alice: User, bob: User
) -> None:
    task = two_doubts(tenant)
    held = services.reserve(user=alice, task_id=task.pk)
    assert held.reservation_token is not None
    services.put_back(user=bob, task_id=task.pk, token=held.reservation_token)
    assert services.reserve_next(user=bob) is None
    services.put_back(user=alice, task_id=task.pk, token=held.reservation_token)
    assert services.reserve_next(user=bob) == task


def test_skipping_gives_another_and_leaves_it_to_others(
    tenant: Tenant, alice: User, bob: User
) -> None:
    two_doubts(tenant)
    two_doubts(tenant)
    first = services.reserve_next(user=alice)
    assert first is not None
    assert first.reservation_token is not None
    services.skip(user=alice, task_id=first.pk, token=first.reservation_token)
    second = services.reserve_next(user=alice)
    assert second is not None
    assert second != first
    assert services.reserve_next(user=bob) == first


def test_a_skipped_task_comes_by_name(tenant: Tenant, alice: User) -> None:
    task = services.reserve(user=alice, task_id=two_doubts(tenant).pk)
    assert task.reservation_token is not None
    services.skip(user=alice, task_id=task.pk, token=task.reservation_token)
    assert services.reserve_next(user=alice) is None
    assert services.reserve(user=alice, task_id=task.pk) == task


@pytest.mark.django_db(transaction=True)
def test_twelve_people_at_once_get_twelve_tasks() -> None:
    tenant = make_tenant("acme")
    people = [make_user(f"person-{number}", tenant) for number in range(12)]
    for _ in people:
        two_doubts(tenant)
    ready = threading.Barrier(len(people))

    def take(user: User) -> object:
        try:
            ready.wait(timeout=20)
            task = services.reserve_next(user=user)
            return task and task.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        taken = list(pool.map(take, people))
    assert len(set(taken) - {None}) == len(people)
    holders = ReviewTask.objects.values_list("reserver", flat=True)
    assert len(set(holders)) == len(people)


@pytest.mark.django_db(transaction=True)
def test_one_task_goes_to_one_of_many_who_want_it() -> None:
    tenant = make_tenant("acme")
    people = [make_user(f"person-{number}", tenant) for number in range(8)]
    task = two_doubts(tenant)
    ready = threading.Barrier(len(people))

    def take(user: User) -> bool:
        try:
            ready.wait(timeout=20)
            services.reserve(user=user, task_id=task.pk)
        except ReservationLost:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        assert sum(pool.map(take, people)) == 1
