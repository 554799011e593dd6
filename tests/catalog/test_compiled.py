"""Questions whose SQL is written once, and rows put in by an SQL that is kept."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.compiled import NotCompilable, compiled
from catalog.ids import new_id
from catalog.models import Membership, SourceMedia, Tenant
from catalog.writing import insert, update
from tests.factories import make_source, make_tenant, make_user

pytestmark = pytest.mark.django_db


@compiled
def named(name: str, *, with_tenant: bool) -> QuerySet[SourceMedia]:
    sources = SourceMedia.objects.filter(name=name).order_by("uploaded_at")
    return sources.select_related("tenant") if with_tenant else sources


@compiled
def of_tenant(
    tenant_id: uuid.UUID, user_id: int, since: datetime
) -> QuerySet[SourceMedia]:
    joined = Membership.objects.filter(tenant=OuterRef("tenant"), user=user_id)
    seen = SourceMedia.objects.annotate(seen=Exists(joined))
    return seen.filter(tenant=tenant_id, uploaded_at__gte=since)


@compiled
def names(one: uuid.UUID, other: uuid.UUID) -> QuerySet[SourceMedia, tuple[str, str]]:
    both = SourceMedia.objects.filter(pk__in=[one, other]).order_by("name")
    return both.values_list("name", "tenant__slug")


def test_the_same_rows_come_for_every_value_of_a_parameter() -> None:
    first, second = make_source(name="a.pdf"), make_source(name="b.pdf")
    assert named("a.pdf", with_tenant=False) == [first]
    assert named("b.pdf", with_tenant=False) == [second]
    assert named("c.pdf", with_tenant=False) == []


def test_nothing_but_the_values_given_is_ever_asked_for() -> None:
    make_source(name="a.pdf")
    with CaptureQueriesContext(connection) as asked:
        named("a.pdf", with_tenant=False)
        named("b.pdf", with_tenant=False)
    assert ["a.pdf" in q["sql"] for q in asked.captured_queries] == [True, False]
    assert len(asked) == 2


def test_each_shape_has_an_sql_of_its_own() -> None:
    make_source(make_tenant("north"), name="a.pdf")
    [plain] = named("a.pdf", with_tenant=False)
    [joined] = named("a.pdf", with_tenant=True)
    with CaptureQueriesContext(connection) as asked:
        assert joined.tenant.slug == "north"
        assert len(asked) == 0
        assert plain.tenant.slug == "north"
        assert len(asked) == 1


def test_ids_numbers_and_times_are_parameters_and_annotations_come_along() -> None:
    tenant = make_tenant()
    alice, charlie = make_user("alice", tenant), make_user("charlie")
    source, now = make_source(tenant), timezone.now()
    [seen] = of_tenant(tenant.pk, alice.pk, now - timedelta(hours=1))
    [unseen] = of_tenant(tenant.pk, charlie.pk, now - timedelta(hours=1))
    assert (seen, seen.seen, unseen.seen) == (source, True, False)  # type: ignore[attr-defined]
    assert of_tenant(tenant.pk, alice.pk, now + timedelta(hours=1)) == []
    assert of_tenant(make_tenant().pk, alice.pk, datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_a_list_of_parameters_keeps_their_order() -> None:
    one = make_source(make_tenant("north"), name="a.pdf")
    other = make_source(make_tenant("south"), name="b.pdf")
    assert names(one.pk, other.pk) == [("a.pdf", "north"), ("b.pdf", "south")]
    assert names(one.pk, one.pk) == [("a.pdf", "north")]


def test_a_parameter_that_is_changed_on_its_way_is_refused() -> None:
    @compiled
    def shouted(name: str) -> QuerySet[SourceMedia]:
        return SourceMedia.objects.filter(name=name.upper())

    with pytest.raises(NotCompilable, match="changed on its way"):
        shouted("a.pdf")


def test_a_parameter_that_chooses_the_sql_is_refused() -> None:
    @compiled
    def some(number: int) -> QuerySet[SourceMedia]:
        return SourceMedia.objects.all()[:number]

    with pytest.raises(NotCompilable, match="text of the SQL"):
        some(3)


def test_what_has_no_place_of_its_own_is_refused() -> None:
    @compiled
    def some(names: list[str]) -> QuerySet[SourceMedia]:
        return SourceMedia.objects.filter(name__in=names)

    with pytest.raises(NotCompilable, match="cannot be a parameter"):
        some(["a.pdf"])


def test_prefetching_and_dictionaries_are_refused() -> None:
    @compiled
    def prefetched(name: str) -> QuerySet[SourceMedia]:
        return SourceMedia.objects.filter(name=name).prefetch_related("generations")

    @compiled
    def as_dictionaries(name: str) -> QuerySet[SourceMedia, Any]:
        return SourceMedia.objects.filter(name=name).values("name")

    with pytest.raises(NotCompilable, match="prefetching"):
        prefetched("a.pdf")
    with pytest.raises(NotCompilable, match="values_list"):
        as_dictionaries("a.pdf")


def test_an_inserted_row_is_as_a_saved_one() -> None:
    saved = Tenant(slug="saved", name="Saved")
    saved.save(force_insert=True)
    put = Tenant(slug="put", name="Put")
    insert(put)
    read = Tenant.objects.get(slug="put")
    assert read == put
    assert read.created_at == put.created_at
    assert not put._state.adding
    different = {"tenant_id", "slug", "name", "created_at"}
    for field in Tenant._meta.concrete_fields:
        if field.attname not in different:
            assert getattr(put, field.attname) == getattr(saved, field.attname)


def test_an_inserted_row_learns_the_number_that_the_database_gave_it() -> None:
    member = Membership(user=make_user("alice"), tenant=make_tenant(), role="reviewer")
    insert(member)
    assert Membership.objects.get(pk=member.pk).user_id == member.user_id


def test_what_the_database_refuses_is_refused() -> None:
    insert(Tenant(tenant_id=new_id(), slug="once", name="Once"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Tenant(tenant_id=new_id(), slug="once", name="Twice"))


def test_a_row_that_may_be_there_is_left_out_without_an_error() -> None:
    assert insert(Tenant(slug="once", name="Once"), unless_there=True)
    again = Tenant(slug="once", name="Twice")
    assert not insert(again, unless_there=True)
    assert again._state.adding
    assert Tenant.objects.get(slug="once").name == "Once"


def test_only_the_named_columns_of_a_changed_row_are_written() -> None:
    make_tenant("north")
    tenant = Tenant.objects.get(slug="north")
    Tenant.objects.filter(pk=tenant.pk).update(name="Meanwhile")
    tenant.slug, tenant.name = "south", "Mine"
    update(tenant, "slug")
    read = Tenant.objects.get(pk=tenant.pk)
    assert (read.slug, read.name) == ("south", "Meanwhile")
    with pytest.raises(KeyError):
        update(tenant, "no_such_column")
