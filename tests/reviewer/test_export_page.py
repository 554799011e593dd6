from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import DeliveredArtifact, Delivery, Generation
from tests.factories import (
    field_artifact,
    make_generation,
    make_source,
    make_task,
    make_tenant,
    make_user,
)

pytestmark = pytest.mark.django_db
URL = "/sources/export/"


@pytest.fixture
def mara(db: None) -> User:
    """The manager of harbour."""
    return make_user("mara", make_tenant("harbour"), role="manager")


def released(name: str, tenant: str = "harbour") -> Generation:
    return make_generation(
        make_source(make_tenant(tenant), name=name),
        disposition="auto_accept",
        reason="all_critical_verified",
        fields=(field_artifact("total", "21.20", status="verified"),),
    )


def sent(client: Client, query: str = "", form: str = "csv") -> str:
    response: Any = client.post(URL + query, {"tenant": "harbour", "form": form})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def refusal(client: Client, query: str = "", tenant: str = "harbour") -> str:
    answer = client.post(URL + query, {"tenant": tenant, "form": "csv"}, follow=True)
    assert answer.redirect_chain == [(f"/sources/?{query.removeprefix('?')}", 302)]
    assert not Delivery.objects.exists()
    return answer.content.decode()


def test_the_present_filter_says_what_leaves(client: Client, mara: User) -> None:
    released("tea.pdf")
    released("sugar.pdf")
    client.force_login(mara)
    [row] = csv.DictReader(io.StringIO(sent(client, "?q=tea")))
    assert (row["name"], row["value"]) == ("tea.pdf", "21.20")


def test_an_export_is_a_delivery_of_exactly_that(client: Client, mara: User) -> None:
    generation = released("tea.pdf")
    released("sugar.pdf")
    client.force_login(mara)
    [line] = sent(client, "?q=tea", form="json").splitlines()
    delivery = Delivery.objects.get()
    carried = DeliveredArtifact.objects.get(delivery=delivery).artifact
    assert (delivery.recipient, delivery.form) == (mara, "json")
    assert carried.generation == generation
    assert json.loads(line)["source_id"] == str(generation.source_id)


def test_what_waits_for_review_and_what_is_foreign_stays(
    client: Client, mara: User
) -> None:
    make_task(make_tenant("harbour"))
    released("theirs.pdf", tenant="meadow")
    client.force_login(mara)
    assert "None of these has released values yet." in refusal(client)


def test_an_unreadable_filter_exports_nothing(client: Client, mara: User) -> None:
    released("tea.pdf")
    client.force_login(mara)
    assert "Put the filters right first." in refusal(client, "?since=soon")


@pytest.mark.parametrize("tenant", ["harbour", "meadow", "nowhere"])
def test_a_reviewer_exports_nothing(client: Client, alice: User, tenant: str) -> None:
    released("tea.pdf")
    client.force_login(alice)
    assert "Only managers and admins" in refusal(client, tenant=tenant)
    assert URL not in client.get("/sources/").content.decode()


def test_a_manager_finds_the_buttons_above_the_list(client: Client, mara: User) -> None:
    released("tea.pdf")
    released("sugar.pdf")
    client.force_login(mara)
    html = client.get("/sources/?q=tea&after=x").content.decode()
    assert f'action="{URL}?q=tea"' in html
    assert 'value="csv"' in html
    assert 'value="json"' in html
    assert URL not in client.get("/sources/?tenant=meadow").content.decode()


def test_who_leads_two_tenants_chooses_one(client: Client) -> None:
    operator = make_user("olga", is_superuser=True)
    released("tea.pdf")
    released("hay.pdf", tenant="meadow")
    client.force_login(operator)
    assert '<option value="meadow">' in client.get("/sources/").content.decode()
    assert "tea.pdf" in sent(client)
    html = client.get("/sources/?tenant=harbour").content.decode()
    assert '<input type="hidden" name="tenant" value="harbour">' in html
