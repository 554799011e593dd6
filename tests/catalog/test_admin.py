from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog import services
from catalog.models import Membership
from tests.factories import make_generation, make_source, make_tenant, make_user

WINDOWS = (
    "catalog/sourcemedia",
    "catalog/generation",
    "catalog/derivedartifact",
    "catalog/promotion",
    "catalog/goldencase",
    "catalog/goldenset",
    "catalog/delivery",
    "catalog/tenant",
    "catalog/membership",
    "catalog/retentionclass",
    "catalog/legalhold",
    "catalog/erasure",
)


@pytest.fixture
def ada(db: None) -> User:
    """Of the staff, and admin of harbour."""
    return make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)


@pytest.fixture
def operator(db: None) -> User:
    return make_user("olga", is_staff=True, is_superuser=True)


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(f"/admin/{path}/", data)


@pytest.mark.parametrize("window", WINDOWS)
def test_every_window_opens(client: Client, operator: User, window: str) -> None:
    make_generation()
    client.force_login(operator)

    assert client.get(f"/admin/{window}/").status_code == 200


@pytest.mark.django_db
def test_staff_without_a_role_see_nothing(client: Client) -> None:
    client.force_login(make_user("sam", make_tenant("harbour"), is_staff=True))

    assert client.get("/admin/").status_code == 200
    for window in WINDOWS:
        assert client.get(f"/admin/{window}/").status_code == 403


def test_reviewers_are_not_let_in(client: Client, alice: User) -> None:
    client.force_login(alice)

    response: Any = client.get("/admin/")

    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_an_admin_sees_the_own_tenants_rows_only(client: Client, ada: User) -> None:
    own = make_source(make_tenant("harbour"), name="own.pdf")
    other = make_source(make_tenant("meadow"), name="other.pdf")
    client.force_login(ada)

    text = client.get("/admin/catalog/sourcemedia/").content.decode()

    assert "own.pdf" in text
    assert "other.pdf" not in text
    assert "meadow" not in text
    page = "/admin/catalog/sourcemedia/{}/change/"
    assert client.get(page.format(own.pk)).status_code == 200
    assert client.get(page.format(other.pk)).status_code == 302


def test_a_tenant_filter_does_not_open_other_tenants(client: Client, ada: User) -> None:
    make_source(make_tenant("meadow"), name="other.pdf")
    client.force_login(ada)

    for query in ("tenant=meadow", "q=other.pdf", "tenant__slug=meadow"):
        text = client.get(f"/admin/catalog/sourcemedia/?{query}", follow=True)
        assert "other.pdf</" not in text.content.decode()


def test_rows_are_found_by_id(client: Client, operator: User) -> None:
    wanted = make_source(name="wanted.pdf")
    make_source(name="unwanted.pdf")
    client.force_login(operator)

    text = client.get(f"/admin/catalog/sourcemedia/?q={wanted.pk}").content.decode()

    assert ">wanted.pdf<" in text
    assert ">unwanted.pdf<" not in text


@pytest.mark.parametrize("query", ["q=%00", "q=x", "o=99", "p=99999", "state=%00"])
def test_malformed_parameters_are_no_server_error(
    client: Client, operator: User, query: str
) -> None:
    client.force_login(operator)

    response = client.get(f"/admin/catalog/generation/?{query}", follow=True)

    assert response.status_code < 500


def test_facts_can_be_neither_changed_nor_deleted(
    client: Client, operator: User
) -> None:
    source = make_generation().source
    client.force_login(operator)

    for place in ("change", "delete"):
        path = f"catalog/sourcemedia/{source.pk}/{place}"
        assert post(client, path, name="other.pdf", post="yes").status_code == 403
    assert post(client, "catalog/sourcemedia/add", name="x").status_code == 403


def test_a_delivery_is_found_by_what_it_carried(client: Client, operator: User) -> None:
    generation = make_generation()
    artifact = generation.artifacts.filter(slot="total").get()
    services.record_delivery(
        tenant=generation.source.tenant,
        recipient=operator,
        form="csv",
        artifact_ids=[artifact.pk],
    )
    client.force_login(operator)

    def rows(query: object) -> int:
        text = client.get(f"/admin/catalog/delivery/?q={query}").content.decode()
        return text.count('class="field-tenant')

    assert (rows(artifact.pk), rows(generation.pk)) == (1, 0)


def test_an_admin_takes_people_into_the_own_tenant(client: Client, ada: User) -> None:
    tenant = make_tenant("harbour")
    make_user("nina")
    client.force_login(ada)

    response = post(
        client,
        "catalog/membership/add",
        person="nina",
        tenant=tenant.pk,
        role="reviewer",
    )

    assert response.status_code == 302
    assert Membership.objects.filter(user__username="nina", tenant=tenant).exists()


def test_an_admin_cannot_reach_another_tenant(
    client: Client, ada: User, charlie: User
) -> None:
    meadow = make_tenant("meadow")
    client.force_login(ada)

    post(client, "catalog/membership/add", person="ada", tenant=meadow.pk, role="admin")
    theirs = Membership.objects.get(user=charlie)
    post(client, f"catalog/membership/{theirs.pk}/delete", post="yes")

    assert not Membership.objects.filter(user=ada, tenant=meadow).exists()
    assert Membership.objects.filter(pk=theirs.pk).exists()


def test_a_membership_is_given_once(client: Client, ada: User, alice: User) -> None:
    client.force_login(ada)

    response = post(
        client,
        "catalog/membership/add",
        person="alice",
        tenant=make_tenant("harbour").pk,
        role="manager",
    )

    assert response.status_code == 200
    assert "a member already" in response.content.decode()


def test_a_role_is_changed_and_the_person_stays(
    client: Client, ada: User, alice: User
) -> None:
    membership = Membership.objects.get(user=alice)
    client.force_login(ada)

    post(
        client,
        f"catalog/membership/{membership.pk}/change",
        person="ada",
        tenant=membership.tenant_id,
        role="manager",
    )

    membership.refresh_from_db()
    assert (membership.user, membership.role) == (alice, "manager")


def test_tokens_and_groups_have_no_window(client: Client, operator: User) -> None:
    client.force_login(operator)

    assert client.get("/admin/authtoken/tokenproxy/").status_code == 404
    assert client.get("/admin/auth/group/").status_code == 404


def test_people_are_for_operators(client: Client, ada: User, operator: User) -> None:
    client.force_login(ada)
    assert client.get("/admin/auth/user/").status_code == 403

    client.force_login(operator)
    page = f"/admin/auth/user/{ada.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(f"/admin/auth/user/{ada.pk}/delete/").status_code == 403


def test_no_page_has_scripts_of_its_own(client: Client, operator: User) -> None:
    source = make_source()
    client.force_login(operator)

    for path in (
        "",
        "catalog/sourcemedia/",
        f"catalog/sourcemedia/{source.pk}/change/",
    ):
        text = client.get(f"/admin/{path}").content.decode()
        assert "<script>" not in text
        assert " onclick=" not in text
        assert " style=" not in text
