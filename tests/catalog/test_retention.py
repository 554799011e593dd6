"""What goes when its time is over, what is held, and what goes when a tenant leaves."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from catalog import blobs
from catalog.models import (
    Erasure,
    LegalHold,
    Membership,
    RetentionClass,
    SourceMedia,
    Tenant,
)
from catalog.services import (
    Due,
    EraseRefused,
    TenantOffBoarded,
    apply_retention,
    begin_erasure,
    due_by_class,
    lift_hold,
    off_board,
    place_hold,
    register_source,
)
from tests.factories import PDF, make_generation, make_source, make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(db: None) -> RetentionClass:
    return RetentionClass.objects.create(name="month", keep_days=30, action="erase")


def upload(
    tenant: Tenant, data: bytes, kept_for: RetentionClass | None = None
) -> SourceMedia:
    return register_source(
        tenant=tenant,
        stream=io.BytesIO(PDF + data),
        name="a.pdf",
        retention_class=kept_for,
    ).source


def later(days: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days))


def test_nothing_is_due_without_a_class_that_erases() -> None:
    make_source()

    with later(10_000):
        assert due_by_class() == []
        assert apply_retention().erased == 0


def test_what_is_due_is_listed_by_class_and_tenant(month: RetentionClass) -> None:
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    held = upload(harbour, b"1", month)
    upload(harbour, b"2", month)
    upload(meadow, b"3", month)
    upload(meadow, b"4")
    place_hold(tenant=harbour, source=held, reference="CASE-1")

    with later(29):
        assert due_by_class() == []
    with later(31):
        assert due_by_class() == [
            Due("month", "harbour", sources=2, held=1),
            Due("month", "meadow", sources=1, held=0),
        ]


def test_what_is_due_goes_and_what_is_held_stays(month: RetentionClass) -> None:
    tenant = make_tenant("harbour")
    held, due = upload(tenant, b"1", month), upload(tenant, b"2", month)
    other = upload(tenant, b"3")
    hold = place_hold(tenant=tenant, source=held, reference="CASE-1")

    with later(31):
        assert apply_retention().erased == 1
    erasure = Erasure.objects.get()
    assert (erasure.source, erasure.basis) == (due, "retention")
    assert erasure.reference == "class month"
    assert set(SourceMedia.objects.kept()) == {held, other}

    lift_hold(hold=hold)
    with later(31):
        assert apply_retention().erased == 1
    assert set(SourceMedia.objects.kept()) == {other}


def test_it_goes_on_in_batches(
    month: RetentionClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.services.retention.BATCH", 2)
    tenant = make_tenant()
    for number in range(5):
        upload(tenant, str(number).encode(), month)

    with later(31):
        assert apply_retention(most=3).erased == 3
        assert apply_retention().erased == 2


def test_the_tenants_class_is_that_of_its_uploads(month: RetentionClass) -> None:
    tenant = make_tenant("harbour")
    tenant.retention_class = month
    tenant.save()

    assert upload(tenant, b"1").retention_class == month
    standard = RetentionClass.objects.standard()
    assert upload(tenant, b"2", standard).retention_class == standard


def test_a_class_that_erases_says_when() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        RetentionClass.objects.create(name="soon", action="erase", keep_days=0)


def test_the_command_lists_and_applies(month: RetentionClass) -> None:
    tenant = make_tenant("harbour")
    upload(tenant, b"1", month)
    out = io.StringIO()

    with later(31):
        call_command("retention", "--dry-run", "--json", stdout=out)
        assert json.loads(out.getvalue())["due"] == [
            {"retention_class": "month", "tenant": "harbour", "sources": 1, "held": 0}
        ]
        assert not Erasure.objects.exists()
        call_command("retention", "--apply", stdout=out)
    assert "Erased 1." in out.getvalue()
    with pytest.raises(CommandError):
        call_command("retention")


def test_lifting_is_once(alice: User) -> None:
    hold = place_hold(tenant=make_tenant("harbour"), reference="CASE-1")

    lift_hold(hold=hold, actor=alice)
    lift_hold(hold=hold)

    assert LegalHold.objects.get().lifted_by == alice


def test_a_tenant_leaves_with_everything(alice: User, charlie: User) -> None:
    harbour, meadow = make_tenant("harbour"), make_tenant("meadow")
    ours = [make_generation(make_source(harbour)).source for _ in range(3)]
    theirs = make_source(meadow)
    # Alice works for meadow too; bob and his token have no other place.
    bob = make_user("bob", harbour)
    Membership.objects.create(user=alice, tenant=meadow)
    for user in (alice, bob, charlie):
        Token.objects.create(user=user)

    done = off_board(tenant=harbour, reference="K-77", actor=alice)

    assert (done.erased, done.with_residue) == (3, ())
    harbour.refresh_from_db()
    assert harbour.off_boarded_at is not None
    assert not SourceMedia.objects.kept().filter(tenant=harbour).exists()
    assert not any(blobs.exists(source.content_hash) for source in ours)
    assert {e.basis for e in Erasure.objects.all()} == {"off_boarding"}
    assert set(Membership.objects.values_list("user__username", "tenant__slug")) == {
        ("alice", "meadow"),
        ("charlie", "meadow"),
    }
    assert set(Token.objects.values_list("user__username", flat=True)) == {
        "alice",
        "charlie",
    }
    assert SourceMedia.objects.kept().filter(pk=theirs.pk).exists()


def test_nothing_comes_in_any_more() -> None:
    tenant = make_tenant("harbour")
    stale = Tenant.objects.get(pk=tenant.pk)
    off_board(tenant=tenant)

    # Of whoever read the tenant before, too.
    with pytest.raises(TenantOffBoarded, match="harbour was off-boarded"):
        upload(stale, b"late")
    assert not SourceMedia.objects.exists()


def test_a_hold_keeps_a_tenant() -> None:
    tenant = make_tenant("harbour")
    source = make_source(tenant)
    make_source(tenant)
    place_hold(tenant=tenant, source=source, reference="CASE-5")

    with pytest.raises(EraseRefused, match="CASE-5"):
        off_board(tenant=tenant)

    assert not Erasure.objects.exists()


def test_an_off_boarding_goes_on_where_it_was_cut_off() -> None:
    tenant = make_tenant("harbour")
    cut_off, other = make_source(tenant), make_source(tenant)
    begin_erasure(source=cut_off, basis="off_boarding")

    assert off_board(tenant=tenant).erased == 1

    assert Erasure.objects.unfinished().count() == 0
    assert {e.source for e in Erasure.objects.all()} == {cut_off, other}
    assert off_board(tenant=tenant).erased == 0


def test_the_command_counts_and_off_boards() -> None:
    tenant = make_tenant("harbour")
    make_source(tenant)
    out = io.StringIO()

    call_command("off_board", "harbour", "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue())["sources"] == 1
    assert not Erasure.objects.exists()

    out = io.StringIO()
    call_command("off_board", "harbour", "--reference", "K-1", "--json", stdout=out)
    assert json.loads(out.getvalue())["erased"] == 1
    with pytest.raises(CommandError, match="no tenant"):
        call_command("off_board", "nowhere")
