"""Statements that do not wait for each other are a transaction as any other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection

from catalog.models import Tenant
from catalog.sending import transaction_at_once
from catalog.writing import insert, update
from tests.factories import make_tenant

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def named(slug: str) -> Tenant:
    return Tenant(slug=slug, name=slug)


def test_all_of_it_is_stored() -> None:
    with transaction_at_once():
        first = named("first")
        insert(first, told=False)
        first.name = "First"
        update(first, "name")
        insert(named("second"), told=False)
    assert dict(Tenant.objects.values_list("slug", "name")) == {
        "first": "First",
        "second": "second",
    }


def test_a_statement_does_not_wait_for_what_came_of_the_one_before() -> None:
    make_tenant("taken")
    passed = []
    with suppress(IntegrityError), transaction_at_once():
        insert(named("taken"), told=False)
        passed.append("the insert that fails")
        Tenant.objects.count()
        passed.append("what is read after it")
    assert passed == ["the insert that fails"]


def last_fails() -> None:
    insert(named("new"), told=False)
    insert(named("taken"), told=False)


def first_fails() -> None:
    insert(named("taken"), told=False)
    insert(named("new"), told=False)
    Tenant.objects.count()
    pytest.fail("the error was not raised by what is read after it")


@pytest.mark.parametrize("work", [last_fails, first_fails])
def test_nothing_is_stored_where_a_statement_fails(work: Callable[[], None]) -> None:
    """And the connection is as good as before."""
    make_tenant("taken")
    before = backend()
    with pytest.raises(IntegrityError, match="tenant_slug"):
        transaction_at_once()(work)()
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["taken"]
    assert backend() == before


def python_fails() -> None:
    insert(named("new"), told=False)
    raise ZeroDivisionError


def test_nothing_is_stored_where_python_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        transaction_at_once()(python_fails)()
    assert not Tenant.objects.exists()


def test_statements_tell_how_many_rows_they_changed() -> None:
    tenant = make_tenant("here")
    with transaction_at_once():
        assert insert(named("new"), unless_there=True)
        assert not insert(named("here"), unless_there=True)
        assert Tenant.objects.filter(slug="here").update(name="There") == 1
        assert Tenant.objects.filter(slug="nowhere").update(name="There") == 0
        tenant.name = "Elsewhere"
        tenant.save(update_fields=["name"])
        [raw] = Tenant.objects.raw("SELECT * FROM tenant WHERE slug = 'here'")
        assert raw.name == "Elsewhere"


def test_what_the_database_fills_in_is_asked_for_when_it_is_read() -> None:
    tenant = named("new")
    with transaction_at_once():
        insert(tenant, told=False)
        assert "created_at" in tenant.get_deferred_fields()
    assert tenant.created_at == Tenant.objects.get().created_at
