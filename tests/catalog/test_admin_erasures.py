"""Retention classes, legal holds and erasures in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import LegalHold, RetentionClass
from catalog.services import erase, place_hold
from tests.factories import make_source, make_tenant, make_user


@pytest.fixture
def ada(db: None) -> User:
    """Of the staff, and admin of harbour."""
    return make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)


def test_operators_make_and_change_classes(client: Client, db: None) -> None:
    client.force_login(make_user("olga", is_staff=True, is_superuser=True))
    new = {"name": "month", "keep_days": 30, "action": "erase", "description": ""}

    client.post("/admin/catalog/retentionclass/add/", new)
    client.post(
        "/admin/catalog/retentionclass/month/change/", {**new, "keep_days": "60"}
    )

    assert RetentionClass.objects.get(name="month").keep_days == 60


def test_admins_of_a_tenant_see_classes_only(client: Client, ada: User) -> None:
    client.force_login(ada)

    assert client.get("/admin/catalog/retentionclass/").status_code == 200
    answer = client.post("/admin/catalog/retentionclass/add/", {"name": "day"})
    assert answer.status_code == 403


def test_an_admin_places_and_lifts_a_hold(client: Client, ada: User) -> None:
    client.force_login(ada)
    source = make_source(make_tenant("harbour"))

    client.post(
        "/admin/catalog/legalhold/add/",
        {
            "tenant": source.tenant_id,
            "source_number": source.pk,
            "reference": "CASE-1",
        },
    )
    hold = LegalHold.objects.get()
    assert (hold.source, hold.placed_by, hold.lifted_at) == (source, ada, None)
    assert client.get(f"/admin/catalog/legalhold/{hold.pk}/change/").status_code == 200

    client.post(
        "/admin/catalog/legalhold/",
        {"action": "lift", "_selected_action": [str(hold.pk)]},
    )
    hold.refresh_from_db()
    assert hold.lifted_by == ada


def test_no_hold_over_others(client: Client, ada: User) -> None:
    client.force_login(ada)
    foreign = make_source(make_tenant("meadow"))
    harbour = make_tenant("harbour")

    for tenant in (foreign.tenant_id, harbour.pk):
        answer = client.post(
            "/admin/catalog/legalhold/add/",
            {"tenant": tenant, "source_number": foreign.pk, "reference": "CASE-1"},
        )
        assert answer.status_code == 200  # the form again, with what is wrong
    theirs = place_hold(tenant=foreign.tenant, reference="CASE-2")
    client.post(
        "/admin/catalog/legalhold/",
        {"action": "lift", "_selected_action": [str(theirs.pk)]},
    )

    assert LegalHold.objects.get().lifted_at is None


def test_erasures_are_looked_at_only(client: Client, ada: User) -> None:
    client.force_login(ada)
    erasure = erase(source=make_source(make_tenant("harbour")), basis="request")
    path = f"/admin/catalog/erasure/{erasure.pk}"

    assert client.get(f"{path}/change/").status_code == 200
    assert client.post(f"{path}/delete/").status_code == 403
